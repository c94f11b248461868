"""Results are frozen records with named fields; here is the one way in which they become JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar


@dataclass(frozen=True, kw_only=True)
class Record:
    """A result: its fields are the keys of the JSON that it becomes, in their order."""

    @classmethod
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


R = TypeVar("R", bound=Record)


def merged(kind: type[R], *parts: Record, **further: object) -> R:
    """Return a record of this `kind`, whose fields come from its parts and from what is given `further`."""
    return kind(**{name: getattr(part, name) for part in parts for name in part.names()}, **further)
