"""How the values of a metric are told: name, unit, digits. Fractions become per cent and percentage points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.wording.number_format import NOTHING, digits, exact, margin_text
from bench.schema.known_metrics import is_accuracy, is_fraction, is_seconds

NAMES = {
    "test_accuracy": "test accuracy",
    "late_test_accuracy": "late test accuracy",
    "train_accuracy": "training accuracy",
    "validation_accuracy": "validation accuracy",
    "generalisation_gap": "clean gap",
    "running_gap": "running gap",
    "loss_gap": "loss gap",
    "test_loss": "test loss",
    "train_loss": "training loss",
    "running_train_loss": "running training loss",
    "running_train_accuracy": "running training accuracy",
    "train_seconds": "training time",
}

NATS = ("train_loss", "validation_loss", "test_loss", "loss_gap", "running_train_loss")
"""Losses of the results' schema, cross-entropies; what another table's losses are measured in is not known."""

MINUS = "\N{MINUS SIGN}"

_MOST_OF_A_SHARE = 6
"""Decimals of a share in per cent at most."""


@dataclass(frozen=True)
class Unit:
    """How one metric is told.

    Parameters
    ----------
    name : str
        In words.
    value, difference : str
        Unit of a value and of a difference; empty where there is none.
    scale : float
        Times the stored number gives the number told.
    digits : int
        Decimals told.
    """

    name: str
    value: str
    difference: str
    scale: float
    digits: int

    def tell(self, number: float | None) -> str:
        """Return a value with its decimals, without unit; an en dash where there is none."""
        return plain(None if number is None else number * self.scale, self.digits)

    def tell_difference(self, number: float | None, margin: float | None = None) -> str:
        """Return a difference with its sign, without unit; an en dash where there is none.

        It has more decimals where fewer would put it on the wrong side of 0 or of the margin.
        """
        return NOTHING if number is None else self.tell_differences([number], margin)[0]

    def tell_differences(self, numbers: Sequence[float], margin: float | None) -> list[str]:
        """Return differences as `tell_difference` does, all with as many decimals as one of them needs."""
        told = [number * self.scale for number in numbers]
        known = [number for number in told if not math.isnan(number)]
        count = digits(known, None if margin is None else margin * self.scale, self.digits)
        return [signed(number, count) for number in told]

    def tell_margin(self, margin: float) -> str:
        """Return a margin exactly, without unit."""
        return margin_text(margin * self.scale)

    def margin_with_unit(self, margin: float) -> str:
        """Return a margin exactly, with its unit where there is one: ``0.2 points``, ``1 point``."""
        told = self.tell_margin(margin)
        unit = "point" if (told, self.difference) == ("1", "points") else self.difference
        return f"{told} {unit}".rstrip()


def unit_of(metric: str) -> Unit:
    """Return how `metric` is told."""
    name = NAMES.get(metric, metric.replace("_", " "))
    if is_fraction(metric):
        return Unit(name, "%" if is_accuracy(metric) else "points", "points", 100.0, 2)
    if metric in NATS:
        return Unit(name, "nats", "nats", 1.0, 4)
    return Unit(name, *(("s", "s") if is_seconds(metric) else ("", "")), 1.0, 4)


def plain(number: float | None, digits: int) -> str:
    """Return a number with a true minus sign, never a negative zero; an en dash where it is not a number."""
    if number is None or math.isnan(number):
        return NOTHING
    told = f"{exact(number):.{digits}f}"
    return told.lstrip("-") if float(told) == 0 else told.replace("-", MINUS)


def share_limits(low: float | None, high: float | None) -> str:
    """Return the limits of a share in per cent, with as many decimals as show that they differ."""
    if low is None or high is None:
        return NOTHING
    digits = 1
    while plain(100 * low, digits) == plain(100 * high, digits) and digits < _MOST_OF_A_SHARE and low < high:
        digits += 1
    return f"{plain(100 * low, digits)} to {plain(100 * high, digits)}"


def signed(number: float | None, digits: int) -> str:
    """Return a number with its sign; zero has none."""
    told = plain(number, digits)
    return f"+{told}" if number is not None and number > 0 and float(told) != 0 else told
