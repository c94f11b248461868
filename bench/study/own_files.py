"""The files of own training code: which ones it needs, and the hash of what they say."""

from __future__ import annotations

import ast
import hashlib
import importlib.machinery
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.record.code_hash import code_hash


def needed_by(file: Path, folder: Path) -> list[Path]:
    """Return a Python file and every module in `folder` that it imports, directly or not, by its text.

    A module that Python finds elsewhere first (the folder comes last on the path) is none of the folder's. An import
    whose name is made while the code runs cannot be seen; the trial that makes it fails, and says which file to name.
    """
    found: dict[Path, None] = {}
    waiting = [file]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = None
        waiting += [each for name in _imported(path, folder) for each in _modules(name, folder)]
    return list(found)


def files_hash(folder: Path, files: Iterable[str]) -> str:
    """Return 16 digits of the hash of files in `folder`: Python by what it does, everything else by its bytes."""
    parts = [f"{name} {_hash_of(folder / name)}" for name in sorted(files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _hash_of(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".py":
        try:
            return code_hash(content.decode("utf-8"))
        except UnicodeDecodeError:
            pass  # Python in another encoding is hashed as it lies
    return hashlib.sha256(content).hexdigest()


def _imported(path: Path, folder: Path) -> Iterator[str]:
    """Yield the names of modules that a file imports, those given to importlib as a text among them."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return
    package = _package(path, folder)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{each.name}" if base else each.name for each in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.args[0].value


def _package(path: Path, folder: Path) -> list[str]:
    try:
        return list(path.relative_to(folder).parent.parts)
    except ValueError:
        return []


def _modules(name: str, folder: Path) -> Iterator[Path]:
    """Yield the files of a module and of the packages around it, as far as they lie in the folder."""
    parts = name.split(".")
    if not parts[0] or _is_elsewhere(parts[0], folder):
        return
    for depth in range(1, len(parts) + 1):
        place = folder.joinpath(*parts[:depth])
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if path.is_file():
                yield path
                break


def _is_elsewhere(name: str, folder: Path) -> bool:
    """Return whether Python finds a module of this name before it looks in the folder."""
    if name in sys.builtin_module_names or name in sys.stdlib_module_names:
        return True
    path = [each for each in sys.path if Path(each or ".").resolve() != folder]
    return importlib.machinery.PathFinder.find_spec(name, path) is not None
