"""Values of settings as TOML has them, in a form that can be compared, hashed and written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Frozen:
    """A table of settings: what a dictionary is, and can be hashed."""

    items: tuple[tuple[str, Any], ...]


def freeze(value: Any) -> Any:
    """Return a value with tuples for lists and `Frozen` for tables, inside as well."""
    if isinstance(value, Mapping):
        return Frozen(tuple((key, freeze(item)) for key, item in value.items()))
    return tuple(map(freeze, value)) if isinstance(value, list | tuple) else value


def thaw(value: Any) -> Any:
    """Return what was frozen, with lists and dictionaries."""
    if isinstance(value, Frozen):
        return {key: thaw(item) for key, item in value.items}
    return list(map(thaw, value)) if isinstance(value, tuple) else value


def canonical(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return frozen settings as JSON has them, with a whole number and its float told apart."""
    return {key: thaw(value) for key, value in items}


def factor(value: Any) -> float | str:
    """Return a setting as a column of results has it: a number as a float, everything else as text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return float(value)
    return value if isinstance(value, str) else json.dumps(thaw(value), separators=(",", ":"))
