"""Reading a TOML table strictly: every key known, every value checked, every fault collected."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bench.base.errors import nearest
from bench.schema.characters import BYTES, escaped
from bench.schema.paths import NAME

REQUIRED = object()
LARGEST = 1e300
MOST_SEEDS = 100_000
LONGEST_NAME, LONGEST_PATH = 255, 4096
"""Bytes of one name of a path, and of a whole path."""


@dataclass(frozen=True)
class Field:
    """One key of a table: `parse` returns the canonical value, or raises ValueError where it is not `allowed`."""

    parse: Callable[[Any], Any]
    allowed: str
    default: Any = REQUIRED


class Faults:
    """The faults found so far in one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[str] = []
        self.explained: set[str] = set()
        """Places whose values cannot be right, for a reason that has been noted."""

    def add(self, where: str, problem: str) -> None:
        """Note that what stands at `where` has a `problem`."""
        self.found.append(escaped(f"{self.file}: {where}: {problem}", but=BYTES))

    def unknown(self, where: str, key: str, allowed: list[str]) -> None:
        """Note that `key` means nothing at `where`."""
        self.add(f"{where} {key}", f"unknown key{nearest(key, allowed)} (allowed: {', '.join(allowed)})")

    def table(self, where: str, given: Any, fields: Mapping[str, Field]) -> dict[str, Any]:
        """Return the checked values of the table `given`, defaults filled in; None stands in for a faulty one."""
        if not isinstance(given, dict):
            self.add(where, f"{show(given)} was given; a table is expected")
            return {}
        for key in (name for name in given if name not in fields):
            self.unknown(where, key, list(fields))
        return {key: self.value(where, key, given, field) for key, field in fields.items()}

    def value(self, where: str, key: str, given: Mapping[str, Any], field: Field) -> Any:
        """Return the checked value of one key, its default where absent, or None where faulty."""
        if key not in given:
            if field.default is REQUIRED:
                self.add(f"{where} {key}", f"missing; {field.allowed} is expected")
                return None
            return field.default
        try:
            return field.parse(given[key])
        except ValueError as problem:
            if f"{where} {key}" in self.explained:
                return None
            detail = f" ({problem})" if str(problem) else ""
            self.add(f"{where} {key}", f"{show(given[key])} was given; {field.allowed} is expected{detail}")
            return None


def show(value: Any) -> str:
    """Return `value` as a TOML file would have it, what no terminal prints written out, cut to a readable length."""
    if isinstance(value, bool):
        return str(value).lower()
    try:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    except ValueError:  # Python prints no such number
        return "a number of thousands of digits"
    text = escaped(text)
    return text if len(text) <= 60 else text[:57] + "..."


def require(condition: bool, why: str = "") -> None:
    """Raise ValueError, saying `why`, unless `condition` holds."""
    if not condition:
        raise ValueError(why)


def name(value: Any) -> str:
    """Parse a name: it becomes part of labels and file names, so it is never a path."""
    require(isinstance(value, str) and NAME.fullmatch(value) is not None)
    return value


def count(value: Any) -> int:
    """Parse a positive whole number. TOML's true is none."""
    require(type(value) is int and 0 < value < 2**31)
    return value


def number(value: Any) -> float:
    """Parse a finite number, whole or not."""
    require(type(value) in (int, float) and abs(value) < LARGEST)
    return float(value)


def positive(value: Any) -> float:
    """Parse a finite number above 0."""
    require(number(value) > 0)
    return float(value)


def between(low: float, high: float) -> Callable[[Any], float]:
    """Return a parser of numbers in [`low`, `high`]."""

    def parse(value: Any) -> float:
        require(low <= number(value) <= high)
        return float(value)

    return parse


def inside_unit(value: Any) -> float:
    """Parse a number strictly between 0 and 1."""
    require(0 < number(value) < 1)
    return float(value)


def exactly(only: int) -> Callable[[Any], int]:
    """Return a parser of one number."""

    def parse(value: Any) -> int:
        require(type(value) is int and value == only)
        return value

    return parse


def flag(value: Any) -> bool:
    """Parse true or false."""
    require(isinstance(value, bool))
    return value


def text(value: Any) -> str:
    """Parse a text that is not empty."""
    require(isinstance(value, str) and value != "")
    return value


def path(value: Any) -> str:
    """Parse a text that can be a path: no NUL, and no longer than a file system takes."""
    given = text(value)
    require("\0" not in given, "a path holds no NUL")
    parts = [os.fsencode(part) for part in given.split("/")]
    require(max(map(len, parts)) <= LONGEST_NAME and sum(map(len, parts)) < LONGEST_PATH, "it is too long for a path")
    return given


def word(value: Any) -> str:
    """Parse a word of a command: a text without NUL."""
    require("\0" not in text(value), "a word of a command holds no NUL")
    return value


def choice(allowed: Collection[str]) -> Callable[[Any], str]:
    """Return a parser of one of `allowed`, as they are when it is called."""

    def parse(value: Any) -> str:
        require(isinstance(value, str))
        require(value in allowed, nearest(value, allowed).removeprefix("; "))
        return value

    return parse


def distinct(parse_item: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a parser of a non-empty list of different items."""

    def parse(value: Any) -> tuple[Any, ...]:
        items = several(parse_item)(value)
        repeated = [item for item, times in Counter(items).items() if times > 1]
        require(not repeated, f"{', '.join(map(str, repeated))} repeated")
        return items

    return parse


def several(parse_item: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a parser of a non-empty list."""

    def parse(value: Any) -> tuple[Any, ...]:
        require(isinstance(value, list) and len(value) > 0)
        return tuple(parse_item(item) for item in value)

    return parse


SOURCES = ("init", "order", "mask")
"""Sources of randomness in a trial."""


def seeds(value: Any) -> tuple[int, ...] | dict[str, int]:
    """Parse a count n, meaning 0..n-1; a list of different whole numbers from 0; or a table of counts by source.

    A table crosses the sources: each of its counts has its own seeds, 0..count-1, and one that is left out has one.
    """
    if isinstance(value, dict):
        given = table_of(count, list(SOURCES))(value)
        levels = {name: given.get(name, 1) for name in SOURCES}
        require(math.prod(levels.values()) <= MOST_SEEDS, f"at most {MOST_SEEDS:,} combinations")
        return levels

    def seed(item: Any) -> int:
        require(type(item) is int and 0 <= item < 2**63)
        return item

    if isinstance(value, list):
        return distinct(seed)(value)
    require(count(value) <= MOST_SEEDS, f"a count; write [{value}] for one seed")
    return tuple(range(value))


def table_of(parse_value: Callable[[Any], Any], keys: list[str] | None = None) -> Callable[[Any], dict[str, Any]]:
    """Return a parser of a table with some of `keys`; with any where there are none."""

    def parse(value: Any) -> dict[str, Any]:
        require(isinstance(value, dict))
        unknown = [] if keys is None else [key for key in value if key not in keys]
        require(not unknown, "; ".join(f"unknown key {key}{nearest(key, keys or [])}" for key in unknown))
        return {key: parse_value(item) for key, item in value.items()}

    return parse
