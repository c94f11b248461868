"""What the fields of users' own records must hold: a wrong one is told when the file is loaded, not when it is used."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from bench.data.data_set import DataSet
from bench.regularisers.record import HOOKS, Keeper, Regulariser

Check = tuple[str, Callable[[Any], bool]]
"""What is allowed, in words, and whether a value is."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_hashes(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(_is_text(file) and re.fullmatch("[0-9a-f]{64}", str(sha256)) for file, sha256 in value.items())
    )


TEXT: Check = ("a text that says something", _is_text)
NUMBER: Check = ("a number", _is_number)
COUNT: Check = ("a whole number from 1 on", _is_count)
SWITCH: Check = ("True or False", lambda value: isinstance(value, bool))
FUNCTION: Check = ("something that can be called", callable)
OF_REGULARISERS: dict[str, Check] = {
    **dict.fromkeys(("definition", "source", "reference"), TEXT),
    **dict.fromkeys(("null", "low", "high", "typical"), NUMBER),
    "each": ("'layer' or 'network'", lambda value: value in ("layer", "network")),
    **dict.fromkeys(HOOKS, ("None, or a function", lambda value: value is None or callable(value))),
    "keeper": (
        "None, or a class made from Keeper",
        lambda value: value is None or (isinstance(value, type) and issubclass(value, Keeper)),
    ),
    **dict.fromkeys(("once", "passes", "whole", "of_images", "validates"), SWITCH),
}
OF_DATA_SETS: dict[str, Check] = {
    **dict.fromkeys(("licence", "origin"), TEXT),
    **dict.fromkeys(("train_total", "test_total", "pixels", "classes"), COUNT),
    "image": (
        "None, or (rows, columns)",
        lambda value: value is None or (isinstance(value, tuple) and len(value) == 2 and all(map(_is_count, value))),
    ),
    "sha256": ("a SHA-256, 64 digits of 0-9 and a-f, by name of file", _are_hashes),
    **dict.fromkeys(("folder", "fetch", "read"), FUNCTION),
    "as_it_lies": SWITCH,
}
OF_LAYERS = ("hidden", "weights")
"""Hooks that may have a strength for each layer."""


def faults(record: Regulariser | DataSet) -> list[str]:
    """Return what is wrong with the fields of a record, a line each: which, what was given, what is allowed."""
    checks = OF_REGULARISERS if isinstance(record, Regulariser) else OF_DATA_SETS
    kind = "Regulariser" if isinstance(record, Regulariser) else "DataSet"
    found = [
        f"{field} is {getattr(record, field)!r}; {allowed} is expected"
        for field, (allowed, holds) in checks.items()
        if not holds(getattr(record, field))
    ]
    if not found:
        found = _of_strengths(record) if isinstance(record, Regulariser) else _of_sizes(record)
    return [f"{kind} {record.name!r}: {fault}" for fault in found]


def _of_strengths(record: Regulariser) -> list[str]:
    found = [
        f"{field} is {getattr(record, field):g}; a number from low {record.low:g} to high {record.high:g} is expected"
        for field in ("null", "typical")
        if not record.low <= getattr(record, field) <= record.high
    ]
    single = [name for name in record.hooks() if name not in OF_LAYERS]
    if record.each == "layer" and (single or record.passes):
        found.append(f"each is 'layer'; with {single[0] if single else 'passes'}, 'network' is expected")
    return found


def _of_sizes(record: DataSet) -> list[str]:
    if record.image is None or math.prod(record.image) == record.pixels:
        return []
    return [f"pixels is {record.pixels}; rows times columns of image {record.image} is expected"]
