"""What the catalogue's examples are computed on, and how their answers are printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.records import Record
from analysis.methods.result import Finding
from analysis.tables.loading import load_tasks
from analysis.tables.pairing import Pairs, pair
from analysis.tables.table import Table, from_frame
from analysis.tables.tasks import Tasks

RATES = {"none": 0.0, "low": 0.1, "middle": 0.3, "high": 0.5}
SEEDS, IMAGES, TRAIN = 8, 40, 200
COLLAPSED = ("high", 5)
"""Condition and seed of the one trial that diverges."""

_EASE = (0, 9, 12, 6)  # extra chances of each condition, in hundredths
_VALIDATION = 60
_WIDTH = 96


def sleep() -> Pairs:
    """Return Student's pairs of 1908: hours of sleep gained by ten patients with either drug, in tenths of an hour."""
    first = np.array([7, -16, -2, -12, -1, 34, 37, 8, 0, 20])
    second = np.array([19, 8, 11, 1, -1, 44, 55, 16, 46, 34])
    return pair(("second drug", "first drug"), range(10), second, first, 10)


def pairs(*differences: float, condition: str = "condition") -> Pairs:
    """Return the pairs of a condition with a control that is 0 at every seed, so that these are the differences."""
    return pair((condition, "control"), range(len(differences)), np.array(differences), np.zeros(len(differences)))


def table() -> Table:
    """Return a checked table made by rule: 4 conditions, 8 seeds, counts, and bits of 40 test images."""
    return from_frame(frame())


def tasks() -> Tasks:
    """Return the tables of three tasks: that of `table`, and two in which the same runs come out otherwise."""
    whole = frame().assign(task="one").drop(columns="test_bits")
    gain = np.array([list(RATES).index(label) for label in whole["condition"]])
    others = [
        whole.assign(task=name, test_correct=whole["test_correct"] - (whole["seed"] * times + gain) % 3)
        for name, times in (("two", 1), ("three", 2))
    ]
    found = load_tasks(pd.concat([whole, *others], ignore_index=True))
    assert isinstance(found, Tasks)
    return found


def frame() -> pd.DataFrame:
    """Return the rows of `table`, one per trial."""
    rows = []
    for k, (label, rows_right) in enumerate(_right().items()):
        for seed in range(SEEDS):
            lost = (label, seed) == COLLAPSED
            bits = np.arange(IMAGES) % 10 == 0 if lost else rows_right[seed]
            rows.append(
                {
                    "condition": label,
                    "seed": seed,
                    "rate": RATES[label],
                    "status": "diverged" if lost else "ok",
                    "classes": 10,
                    "test_correct": int(bits.sum()),
                    "test_total": IMAGES,
                    "train_correct": 20 if lost else 180 - 4 * k + seed * (k + 1) % 3,
                    "train_total": TRAIN,
                    "validation_correct": 6 if lost else 45 + _EASE[k] // 3 + seed * 3 % 4,
                    "validation_total": _VALIDATION,
                    "test_bits": np.packbits(bits).tobytes(),
                }
            )
    return pd.DataFrame(rows)


def _right() -> dict[str, np.ndarray]:
    """Return whether each test image was right, {condition: bool [SEEDS, IMAGES]}."""
    seed, image = np.arange(SEEDS)[:, None], np.arange(IMAGES)[None, :]
    draw = (seed * 37 + image * 61 + seed * image * 13) % 97
    hard = image * 29 % 60
    return {label: draw + 3 * ((seed * (k + 2)) % 5) < 95 + _EASE[k] - hard for k, label in enumerate(RATES)}


def show(found: Any, *keys: str) -> None:
    """Print an answer, or these keys of it, with six digits; a mapping of conditions to answers line by line."""
    values = _plain(found)
    if isinstance(values, Mapping) and all(isinstance(each, Finding) for each in values.values()):
        for label, each in values.items():
            _say([f"{label}: {first}" if not place else first for place, first in enumerate(_told(_plain(each), keys))])
    else:
        _say(_told(values, keys))


def _plain(found: Any) -> Any:
    record = found.result if isinstance(found, Finding) else found
    if isinstance(record, Record):
        return {name: getattr(record, name) for name in record.names()}
    return vars(record) if dataclasses.is_dataclass(record) else record


def _told(values: Any, keys: tuple[str, ...]) -> list[str]:
    if not isinstance(values, Mapping):
        return [_cell(values)]
    return [f"{key} = {_cell(values[key])}" for key in keys or values]


def _cell(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list | tuple):
        return f"[{', '.join(_cell(each) for each in value)}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _say(parts: Sequence[str]) -> None:
    """Print `parts` with commas between them, in lines of at most `_WIDTH` that never break within one."""
    lines = [""]
    for place, part in enumerate(parts):
        told = part + ("," if place < len(parts) - 1 else "")
        if lines[-1].strip() and len(lines[-1]) + len(told) > _WIDTH:
            lines.append("  ")
        lines[-1] += told + " "
    print("\n".join(line.rstrip() for line in lines))
