"""Users' own code and data: Python files with regularisers and data sets, and data at a path, by name once loaded.

What is loaded here is loaded in every worker process too.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import re
import sys
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from bench import schema
from bench.base.errors import DataError, StudyError
from bench.data import DATA_SETS
from bench.data.data_set import DataSet
from bench.data.users import own_data_set
from bench.record.code_hash import code_hash
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Regulariser
from bench.study import fields, plugin_fields
from bench.study.keys import SECTIONS

SHIPPED = frozenset(REGULARISERS) | frozenset(DATA_SETS)
RESERVED = (
    frozenset(field.name for field in (*schema.IDENTITY, *schema.OUTCOME, *schema.EXECUTION))
    | frozenset(key for section in SECTIONS.values() for key in section)
    | {"label", "depth", "width"}
)
"""What a condition or a row of results has already."""


@dataclass(frozen=True)
class Plugin:
    """A loaded file, and the names that it gave."""

    path: Path
    sha256: str
    regularisers: tuple[str, ...]
    data_sets: tuple[str, ...]


Loaded = tuple[tuple[Path, ...], tuple[tuple[str, Path], ...]]
"""Plug-ins by path, and data by name and path: what another process needs."""

_plugins: dict[Path, Plugin] = {}
_data: dict[str, Path] = {}


def load(path: Path) -> Plugin:
    """Run the Python file at `path`, and register every `Regulariser` and `DataSet` that it names.

    A file that is loaded already, unchanged, is left as it is. Raise StudyError where it cannot be used.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise StudyError(f"{path}: plug-in cannot be read: it is no regular file")
    try:
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise StudyError(f"{path}: plug-in cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise StudyError(f"{path}: plug-in cannot be read: it is not UTF-8: {error}") from error
    sha256, code = hashlib.sha256(source.encode()).hexdigest(), code_hash(source)
    before = _plugins.get(path)
    if before is not None and before.sha256 == sha256:
        return before
    _check_is_plugin(path, source)
    found = vars(_run(path)).values()
    shipped = [*REGULARISERS.values(), *DATA_SETS.values()]
    own = [each for each in found if not any(each is one for one in shipped)]  # it may have imported some
    records = list({id(each): each for each in own if isinstance(each, Regulariser | DataSet)}.values())
    _check_names(path, [each.name for each in records])
    if wrong := [fault for each in records for fault in plugin_fields.faults(each)]:
        raise StudyError("\n".join(f"{path}: {fault}" for fault in wrong))
    regularisers = {each.name: replace(each, plugin=code) for each in records if isinstance(each, Regulariser)}
    data_sets = {each.name: replace(each, plugin=code) for each in records if isinstance(each, DataSet)}
    if before is not None:
        _forget(before)
    REGULARISERS.update(regularisers)
    DATA_SETS.update(data_sets)
    _plugins[path] = Plugin(path, sha256, tuple(regularisers), tuple(data_sets))
    return _plugins[path]


def load_data(name: str, path: Path) -> None:
    """Register the data at `path` under `name`; raise DataError where they cannot be used."""
    path = path.resolve()
    if name in DATA_SETS and name not in _data:
        raise DataError(f"{name} is the name of another data set; give yours at {path} a name of its own")
    DATA_SETS[name] = own_data_set(name, path)
    _data[name] = path


def loaded() -> Loaded:
    """Return what another process needs to `load_all`."""
    return tuple(_plugins), tuple(_data.items())


def load_all(everything: Loaded) -> None:
    """Load what is `loaded` in another process."""
    plugins, data = everything
    for path in plugins:
        load(path)
    for name, path in data:
        load_data(name, path)


def _check_is_plugin(path: Path, source: str) -> None:
    """Refuse a file that cannot give anything before any of it runs: what it gives is made of what bench has."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise StudyError(f"{path}: plug-in cannot be read as Python: {error}") from error
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names]
    if not any(name.split(".")[0] == "bench" for name in modules):
        raise StudyError(f"{path}: imports nothing of bench, so it is no plug-in, and was not run")


def _run(path: Path) -> ModuleType:
    """Return the module made of the file, under a name that is no other module's."""
    name = f"plugin_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise StudyError(f"{path}: a plug-in is a Python file, whose name ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        where = f"{path}:{lines[-1]}" if lines else f"{path}"
        raise StudyError(f"{where}: plug-in cannot be run: {type(error).__name__}: {error}") from error
    return module


def _check_names(path: Path, found: list[str]) -> None:
    """Check that the file gives something, and no name that is another's."""
    if not found:
        raise StudyError(f"{path}: gives neither a Regulariser nor a DataSet; assign at least one to a name")
    for name in found:
        if not (isinstance(name, str) and fields.NAME.fullmatch(name)):
            raise StudyError(f"{path}: {name!r} is no name; letters, digits, - _ and . are allowed, a text")
        if name in RESERVED or re.sub(r"_\d+$", "", name) in REGULARISERS.keys() - {name}:
            raise StudyError(f"{path}: {name} is a key of studies or a column of results; give yours another name")
        if found.count(name) > 1:
            raise StudyError(f"{path}: {name} is the name of {found.count(name)} records; each needs its own")
    others = {name: plugin.path for plugin in _plugins.values() for name in (*plugin.regularisers, *plugin.data_sets)}
    taken = {name: others.get(name) for name in found if name in SHIPPED or others.get(name, path) != path}
    for name, where in taken.items():
        whose = f"of {where}" if where else "of this harness"
        raise StudyError(f"{path}: {name} is a name {whose} already; give yours another")


def _forget(plugin: Plugin) -> None:
    """Take out of the registries what an earlier text of the file gave."""
    for name in plugin.regularisers:
        del REGULARISERS[name]
    for name in plugin.data_sets:
        del DATA_SETS[name]
