"""Seeds: exact whole numbers, or names, which are numbered in their order and come out as names again."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analysis.base.records import Record
from analysis.tables.dialect import EMPTY

_EXACT, _STORED, _DIGITS = 2**53, 2**63, 40
"""Decimal numbers below the first are exact, whole ones below the second are stored as such; longer ones are none."""

_HASH = 4

Held = TypeVar("Held")


def seeds_of(frame: pd.DataFrame) -> pd.Series:
    """Return the column ``seed`` as exact whole numbers; None where it is none, and for true and false."""
    seeds = frame["seed"]
    whole = isinstance(seeds.dtype, np.dtype) and seeds.dtype.kind == "i"
    if whole:
        return seeds.astype(object)
    found = (_whole(cell) for cell in seeds)
    return pd.Series(
        [each if each is not None and abs(each) < _STORED else None for each in found], index=seeds.index, dtype=object
    )


def names_of(frame: pd.DataFrame) -> pd.Series | None:
    """Return the column ``seed`` as names, where its cells are words, or whole numbers too large to be stored as such.

    Numbers among words are names where all are of one length from `_HASH` on, as hashes are; else they are a fault.
    """
    seeds = frame["seed"]
    numbers = [_whole(cell) for cell in seeds]
    if None not in numbers:
        return pd.Series([str(number) for number in numbers], seeds.index)
    texts = [unicodedata.normalize("NFC", cell).strip() if isinstance(cell, str) else "" for cell in seeds]
    if any(text in EMPTY for text in texts):
        return None
    words = sum(_number(text) is None for text in texts)
    return pd.Series(texts, seeds.index) if words == len(texts) or (words and are_hashes(texts)) else None


def are_hashes(texts: Sequence[str]) -> bool:
    """Return whether texts, numbers among them, are all of one length, as hashes are."""
    lengths = {*map(len, texts)}
    return len(lengths) == 1 and min(lengths) >= _HASH


def numbered(names: pd.Series) -> tuple[pd.Series, tuple[str, ...]]:
    """Return the number of each name, and the names by number: in order of appearance, of whole numbers by size."""
    order = tuple(dict.fromkeys(names))
    if all(_number(name) is not None for name in order):
        order = tuple(sorted(order, key=int))
    return names.map({name: number for number, name in enumerate(order)}), order


def equal_as_numbers(labels: Sequence[str]) -> list[str]:
    """Return a warning for each group of labels that are different texts of one number: 0.1 and 0.10."""
    groups: dict[Decimal, list[str]] = {}
    for label in labels:
        if (value := _number(label)) is not None and value.is_finite():
            groups.setdefault(value, []).append(label)
    return [
        f"the labels {', '.join(map(repr, group))} are one number and {len(group)} conditions: where they are one, "
        "write them alike"
        for group in groups.values()
        if len(group) > 1
    ]


def with_names(value: Held, names: Sequence[str]) -> Held:
    """Return a result with the names of its seeds in place of their numbers."""
    if not names:
        return value
    if isinstance(value, Record):
        made = {name: _named(name, getattr(value, name), names) for name in _fields(value)}
        return replace(value, **(made | {"seed": names[made["seed"]]} if {"seed", "difference"} <= set(made) else made))
    if isinstance(value, tuple):
        return tuple(with_names(each, names) for each in value)  # pyrefly: ignore[bad-return]
    if isinstance(value, Mapping):
        return {key: with_names(each, names) for key, each in value.items()}  # pyrefly: ignore[bad-return]
    return value


_ONE, _SEVERAL = ("extreme_seed",), ("seeds", "seeds_lost")
"""Fields of results that hold seeds; ``seed`` beside a difference is one too, elsewhere that of random numbers."""


def _fields(value: Record) -> tuple[str, ...]:
    return tuple(value.__dataclass_fields__)


def _named(field: str, value: Any, names: Sequence[str]) -> Any:
    if field in _ONE and value is not None:
        return names[value]
    if field in _SEVERAL and isinstance(value, tuple):
        return tuple(names[each] for each in value)
    return with_names(value, names)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _whole(cell: object) -> int | None:
    """Return a number exactly; None for what is no whole number, or a float that may stand for several."""
    if isinstance(cell, str):
        cell = _number(cell.strip().removesuffix(",0"))
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, int | float | Decimal | np.integer | np.floating):
        return None
    if isinstance(cell, float | np.floating) and not (abs(cell) < _EXACT and cell == np.floor(cell)):
        return None
    if isinstance(cell, Decimal) and not (cell.is_finite() and cell.adjusted() <= _DIGITS and cell == int(cell)):
        return None
    return int(cell)
