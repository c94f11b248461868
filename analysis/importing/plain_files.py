"""Files of plain values: text, JSON, YAML, CSV, parquet. Nothing that is read is ever executed."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from analysis.base.errors import TableError, listed
from analysis.importing.runs import Setting
from analysis.tables.dialect import content_of, in_plain_notation
from analysis.tables.encoding import as_utf8, without_statement
from analysis.tables.reading import NO_FILE
from analysis.tables.separators import header_of

_DEEPEST, _MOST = 40, 20_000
"""Beyond these, nested settings are no settings: an alias in YAML may stand for itself, or for a billion others."""


_LONGEST = 4096
"""Bits beyond which a whole number is infinite: hexadecimal ones of YAML have no limit, and Python prints no such."""


class _PlainValues(yaml.SafeLoader):
    """YAML of plain values, and of tuples, which PyTorch Lightning writes as such: they are read as lists."""


def _tuple(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> list[Any]:
    return loader.construct_sequence(node, deep=True)


_PlainValues.add_constructor("tag:yaml.org,2002:python/tuple", _tuple)


PACKED = ".gz"


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a file, without gzip; raise TableError where it cannot be read."""
    return _unpacked(path)[0]


def _unpacked(path: Path) -> tuple[bytes, bool]:
    if path.exists() and not path.is_file():
        raise TableError(path, [NO_FILE])
    try:
        return content_of(path)
    except OSError as error:
        raise TableError(path, [f"cannot be read: {error.strerror or error}"]) from error


def ending(path: Path) -> str:
    """Return how the name of a file ends, in small letters and without the .gz of a compressed one: ``.csv``."""
    return Path(path.name.lower().removesuffix(PACKED)).suffix


def lying(folder: Path, name: str) -> Path | None:
    """Return the file of that name in a folder, or the same with .gz; None where neither is there."""
    return next((file for each in (name, f"{name}{PACKED}") if (file := folder / each).is_file()), None)


def below(folder: Path, pattern: str) -> list[Path]:
    """Return the files below a folder that match a pattern, or the pattern with .gz."""
    return sorted({*folder.rglob(pattern), *folder.rglob(f"{pattern}{PACKED}")})


def text_of(path: Path) -> str:
    """Return a file as text; raise TableError where it is none."""
    return _text(path, bytes_of(path))


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(path, [f"is no UTF-8 text: {error.reason} at byte {error.start}"]) from error


def json_of(path: Path, text: str | None = None) -> Any:
    """Return the value of a JSON file, or of `text` that lies in it; raise TableError where it is none."""
    content = text_of(path) if text is None else text
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise TableError(path, [f"cannot be read as JSON: {error}"]) from error


def yaml_of(path: Path) -> Mapping[str, Any]:
    """Return the mapping of a YAML file, empty where the file is; raise TableError where it is none."""
    content = text_of(path)
    try:
        found = yaml.load(content, _PlainValues)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise TableError(path, [f"cannot be read as YAML of plain values: {' '.join(str(error).split())}"]) from error
    return _mapping(path, {} if found is None else found)


def _mapping(path: Path, found: object) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise TableError(path, [f"holds a {type(found).__name__}; expected names with values"])
    return found


def rows_of(path: Path, notes: list[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV with a header, each cell as text.

    A table that went through a spreadsheet is read too, with semicolons or tabs, decimal commas and per cent signs: its
    numbers become plain ones, and one of the `notes` says so.

    Raises
    ------
    TableError
        No text, no header, two columns of one name, no rows, or a row of another length.
    """
    content, stated = without_statement(as_utf8(path, bytes_of(path)))
    text = _text(path, content)
    try:
        _, separator = header_of(path, content, stated)
        header, *lines = [*csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)] or [[]]
    except csv.Error as error:
        raise TableError(path, [f"cannot be read as a CSV: {error}"]) from error
    if not header:
        raise TableError(path, ["is empty; expected a CSV with a header and rows"])
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise TableError(path, [f"has several columns of one name: {listed(twice)}; each may come once"])
    lines = [cells if any(cell.strip() for cell in cells) else [] for cells in lines]
    faults = [
        f"line {i} has {len(cells)} cells; allowed: {len(header)}, as the header has"
        for i, cells in enumerate(lines, 2)
        if cells and len(cells) != len(header)
    ]
    if faults:
        raise TableError(path, faults)
    columns = {name: [cells[i] for cells in lines if cells] for i, name in enumerate(header)}
    columns, dialect = in_plain_notation(path, columns, separator, zipped=_unpacked(path)[1])
    notes += [f"{path.name}: {dialect}"] if dialect else []
    return [dict(zip(header, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def parquet_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a parquet file; raise TableError where it is none."""
    try:
        return pq.read_table(path).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise TableError(path, [f"cannot be read as parquet: {error}"]) from error


def flat(path: Path, nested: Mapping[str, Any]) -> dict[str, Setting]:
    """Return nested settings with dots between their keys; lists, and what is no plain value, as text.

    Raises
    ------
    TableError
        Settings without end.
    """
    found: dict[str, Setting] = {}
    for name, value in _leaves(path, nested, ""):
        found[name] = value
        if len(found) > _MOST:
            raise TableError(path, [f"has more than {_MOST} settings"])
    return found


def _leaves(path: Path, nested: Mapping[str, Any], above: str, depth: int = 0) -> Iterator[tuple[str, Setting]]:
    if depth > _DEEPEST:
        raise TableError(path, [f"has settings nested more than {_DEEPEST} deep"])
    for key, value in nested.items():
        name = f"{above}{key}"
        if isinstance(value, Mapping):
            yield from _leaves(path, value, f"{name}.", depth + 1)
        elif isinstance(value, int) and value.bit_length() > _LONGEST:
            yield name, math.inf if value > 0 else -math.inf
        elif value is None or isinstance(value, str | int | float | bool):
            yield name, value
        else:
            yield name, _as_text(path, name, value)


def _as_text(path: Path, name: str, value: object) -> str:
    try:
        text = json.dumps(value, default=str)
    except (ValueError, RecursionError) as error:
        raise TableError(path, [f"{name} cannot be read: {error}"]) from error
    return text if len(text) <= _MOST else f"{text[:_MOST]}..."


def number(text: object) -> float | int | None:
    """Return a cell as a number, an int where it is written as one and a float can hold it; None where it is none."""
    if isinstance(text, bool) or text is None:
        return None
    if isinstance(text, float):
        return text
    for kind in (int, float):
        try:
            found = kind(text) if isinstance(text, int) else kind(str(text).replace("_", "x"))
        except (ValueError, OverflowError):
            continue
        if isinstance(found, int) and abs(found) > sys.float_info.max:
            return math.inf if found > 0 else -math.inf
        return found
    return None
