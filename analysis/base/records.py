"""Results are frozen records with named fields; here is the one way in which they become JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeVar


@dataclass(frozen=True, kw_only=True)
class Record:
    """A result: its fields are the keys of the JSON that it becomes, in their order."""

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        """Return the names of the fields: those of the bases from first to last, then its own."""
        inherited = [name for base in cls.__bases__ if issubclass(base, Record) for name in base.names()]
        return tuple(dict.fromkeys([*inherited, *(field.name for field in fields(cls))]))

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary of JSON types: finite numbers, strings, booleans, None, lists and dictionaries."""
        return {name: to_json(getattr(self, name)) for name in self.names()}


def to_json(value: object) -> Any:
    """Return records, mappings and sequences of plain values as JSON types.

    Raises
    ------
    TypeError
        A value that is none of these.
    """
    if isinstance(value, Record):
        return value.to_json()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): to_json(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [to_json(each) for each in value]
    raise TypeError(f"{type(value).__name__} in a result; expected records, mappings, sequences and plain values")


def json_text(value: object) -> str:
    """Return a result as the text of a JSON file: what holds plain values alone is on one line, as pairs of seeds are.

    Raises
    ------
    TypeError, ValueError
        A value that JSON has no form for.
    """
    return _laid_out(to_json(value), "\n") + "\n"


def _laid_out(value: Any, line: str) -> str:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(isinstance(each, dict | list) for each in inner):
        return json.dumps(value, allow_nan=False, ensure_ascii=False)
    below = line + "  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {_laid_out(each, below)}" for key, each in value.items()]
        return "{" + below + f",{below}".join(parts) + line + "}"
    return "[" + below + f",{below}".join(_laid_out(each, below) for each in value) + line + "]"


R = TypeVar("R", bound=Record)


def merged(kind: type[R], *parts: Record, **further: object) -> R:
    """Return a record of this `kind`, whose fields come from its parts and from what is given `further`."""
    return kind(**{name: getattr(part, name) for part in parts for name in part.names()}, **further)
