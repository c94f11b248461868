"""Goldens see a change of one part in 10^7, and more of a regulariser than the training that it is added to."""

from __future__ import annotations

import pytest

from bench.regularisers import REGULARISERS
from tests.golden.recorded import Entry, moved, read
from tests.golden.training import NEEDS, Training, trainings

PLAIN = Training("plain training").numbers()
IN_STEPS = {name for name, record in REGULARISERS.items() if record.whole} | {
    "dropout", "fixed_mask", "early_dropout", "late_dropout", "linear_dropout", "dropconnect", "input_dropout",
    "flip", "swa",
}  # fmt: skip
"""A whole number, a rate in whole 65,536ths, the probability of a flip, a share of the epochs."""


@pytest.mark.parametrize("name", sorted(REGULARISERS.keys() - IN_STEPS))
def test_a_strength_off_by_one_part_in_ten_million_moves_its_golden(name: str) -> None:
    golden = f"regulariser {name}"
    off = Training(golden, {name: REGULARISERS[name].typical * (1 + 1e-7)} | NEEDS.get(name, {}))
    assert moved(off.golden(), read()[golden], off.numbers())


@pytest.mark.parametrize("name", REGULARISERS)
def test_every_regulariser_acts_in_its_golden(name: str) -> None:
    (training,) = (each for each in trainings() if each.name == f"regulariser {name}")
    without = Training(training.name, NEEDS.get(name, {}))
    assert moved(training.golden(), Entry({}, without.numbers()), read()[training.name].numbers)
