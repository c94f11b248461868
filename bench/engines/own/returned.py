"""From what own training code gives back to the columns of results: everything checked, nothing guessed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench import schema
from bench.base.errors import nearest

PARTS = ("test", "validation", "train")
KNOWN = [
    *(f"{part}_correct" for part in PARTS),
    *(f"{part}_total" for part in PARTS),
    "groups",
    "diverged",
    "data_hash",
]
METRICS = ["train_accuracy", "test_accuracy", "generalisation_gap", "train_loss", "test_loss", "loss_gap",
           "running_train_accuracy", "running_train_loss", "running_gap", "test_calibration_error"]  # fmt: skip
"""Columns of every table that training code may give as numbers."""
TAKEN = frozenset(each.name for each in (*schema.IDENTITY, *schema.OUTCOME, *schema.EXECUTION)) - {*KNOWN, *METRICS}
MOST = 2**31 - 1


class ReturnedError(ValueError):
    """What training code gave back cannot be used."""


@dataclass
class Measured:
    """Columns of the row, rows of the curve, and what was left out."""

    row: dict[str, Any]
    curve: list[dict[str, Any]]
    warnings: list[str] = field(default_factory=list)


def measured(given: object, curve: Sequence[Mapping[str, Any]], primary: str, classes: int | None) -> Measured:
    """Check what training code gave back.

    Parameters
    ----------
    given : mapping
        As `KNOWN` and `METRICS`, and any other numbers, each a metric.
    curve : sequence of mappings
        Numbers by name, an epoch each.
    primary : str
        The metric that must be there, and finite, or the trial has diverged.
    classes : int or None

    Raises
    ------
    ReturnedError
        What is wrong with it, and what is allowed.
    """
    if not isinstance(given, Mapping):
        raise ReturnedError(f"a dictionary is expected, with test_correct for instance, not {_told(given)}")
    if odd := [key for key in given if not isinstance(key, str)]:
        raise ReturnedError(f"{odd[0]!r} is no name of a metric")
    row: dict[str, Any] = {"classes": classes, "epochs": len(curve)}
    for part in PARTS:
        row |= _part(part, given)
    row |= _derived(row)
    found = Measured(row, [_point(number, point) for number, point in enumerate(curve, start=1)])
    for name, value in given.items():
        if name not in KNOWN and name != "curves":
            _metric(name, value, found, primary)
    _groups(given, row)
    row["data_hash"] = _text(given, "data_hash")
    _divergence(given, row, primary)
    row["loss_gap"] = row.get("loss_gap", _difference(row.get("test_loss"), row.get("train_loss")))
    row["running_gap"] = row.get(
        "running_gap", _difference(row.get("running_train_accuracy"), row.get("test_accuracy"))
    )
    return found


def _part(part: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return counts, and for test examples which ones were right."""
    correct, total = f"{part}_correct", f"{part}_total"
    right = given.get(correct)
    if right is None:
        return {} if given.get(total) is None else {total: _count(total, given[total], MOST)}
    if _is_scalar(right):
        if given.get(total) is None:
            raise ReturnedError(f"{correct} is {right!r} and there is no {total}; give both, or a boolean per example")
        examples = _count(total, given[total], MOST)
        return {correct: _count(correct, right, examples), total: examples}
    flags = _flags(correct, right)
    if given.get(total) is not None and _count(total, given[total], MOST) != len(flags):
        raise ReturnedError(f"{total} is {given[total]!r}, and {correct} has {len(flags)} examples")
    counts: dict[str, Any] = {correct: int(flags.sum()), total: len(flags)}
    return counts | ({"test_bits": np.packbits(flags).tobytes()} if part == "test" else {})


def _flags(name: str, value: Any) -> np.ndarray:
    """Return booleans, one per example."""
    found = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    if found.dtype != np.bool_ or found.ndim != 1 or not found.size:
        raise ReturnedError(
            f"{name} is {found.dtype} of shape {found.shape}; booleans are expected, one for each example, or a count"
        )
    return found


def _derived(row: Mapping[str, Any]) -> dict[str, Any]:
    rates = {
        f"{part}_accuracy": row[f"{part}_correct"] / row[f"{part}_total"]
        for part in ("test", "train")
        if row.get(f"{part}_correct") is not None
    }
    gap = _difference(rates.get("train_accuracy"), rates.get("test_accuracy"))
    return rates | ({} if gap is None else {"generalisation_gap": gap})


def _metric(name: str, value: Any, found: Measured, primary: str) -> None:
    """Note one metric: a number; what is not finite has diverged where it is a loss or the primary, else is null."""
    if name in TAKEN or name in ("condition", "seed", "curves", "test_groups"):
        raise ReturnedError(f"{name} is a column that the harness fills in; give the metric another name")
    if not _is_scalar(value):
        raise ReturnedError(f"{name} is {_told(value)}; a number is expected{nearest(name, [*KNOWN, *METRICS])}")
    number = _number(name, value)
    if name in found.row and found.row[name] is not None:
        if not math.isclose(number, found.row[name], rel_tol=1e-6, abs_tol=1e-9):
            raise ReturnedError(f"{name} is {number:g}, and by the counts it is {found.row[name]:g}")
        return
    if not math.isfinite(number) and name != primary and not name.endswith("_loss"):
        found.warnings.append(f"{name} is {number}: null in the results")
        number = None
    elif name in ("test_accuracy", "train_accuracy", "running_train_accuracy") and not 0 <= number <= 1:
        raise ReturnedError(f"{name} is {number:g}; a fraction from 0 to 1 is expected")
    found.row[name] = number


def _groups(given: Mapping[str, Any], row: dict[str, Any]) -> None:
    groups = given.get("groups")
    if groups is None:
        return
    found = np.asarray(groups.detach().cpu() if hasattr(groups, "detach") else groups)
    if found.ndim != 1 or found.dtype.kind not in "iu" or len(found) != row.get("test_total"):
        raise ReturnedError(
            f"groups is {found.dtype} of shape {found.shape}; a whole number is expected for each of the "
            f"{row.get('test_total')} test examples"
        )
    row["test_groups"] = found.astype("<i8").tobytes()


def _divergence(given: Mapping[str, Any], row: dict[str, Any], primary: str) -> None:
    said = given.get("diverged")
    if said is not None and not isinstance(said, bool | np.bool_):
        raise ReturnedError(f"diverged is {said!r}; true or false is expected")
    number = row.get(primary)
    if number is None:
        if not said:
            returned = sorted(name for name in row if row[name] is not None and name in given) or ["nothing"]
            raise ReturnedError(
                f"the primary metric {primary} was not given{nearest(primary, given)} (given: {', '.join(returned)})"
            )
    elif not math.isfinite(number):
        said = True
    if said is not None:
        row["diverged"] = bool(said)


def _point(number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    point: dict[str, Any] = {"epoch": number}
    for name, value in given.items():
        if name == "epoch":
            continue
        if name == "trial_id" or not _is_scalar(value):
            raise ReturnedError(f"curves: {name} is {_told(value)} at epoch {number}; a number is expected")
        point[name] = _number(f"curves: {name}", value)
    return point


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not (isinstance(value, str) and value):
        raise ReturnedError(f"{name} is {value!r}; a text is expected")
    return value


def _count(name: str, value: Any, most: int) -> int:
    """Return a whole number from 0 to `most`."""
    number = value.item() if hasattr(value, "item") else value
    whole = isinstance(number, int) or (isinstance(number, float) and number.is_integer())
    if isinstance(number, bool) or not whole:
        raise ReturnedError(f"{name} is {value!r}; a count is expected")
    if not (0 < number <= most if name.endswith("_total") else 0 <= number <= most):
        raise ReturnedError(f"{name} is {value!r}; a whole number up to {most} is expected")
    return int(number)


def _number(name: str, value: Any) -> float:
    """Return a number as a float, NaN for None."""
    try:
        return math.nan if value is None else float(value)
    except OverflowError:
        raise ReturnedError(f"{name} is a whole number beyond 10^308; a smaller one is expected") from None


def _is_scalar(value: Any) -> bool:
    if isinstance(value, bool | np.bool_ | str | bytes):
        return False
    if value is None or isinstance(value, int | float | np.number):
        return True
    return getattr(value, "shape", None) == () and hasattr(value, "item") and not isinstance(value.item(), bool)


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _told(value: object) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {str(value)[:60]!r}"
