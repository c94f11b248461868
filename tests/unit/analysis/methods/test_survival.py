"""When a trial collapses, the curve of a condition, and its comparison with the control within seeds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from analysis.figures.evidence import Trial
from analysis.methods.survival import Followed, collapse, curve, scores, survival
from analysis.report.curves import followed

EPOCHS = np.arange(1, 7)
WELL = np.full(6, 0.8)
FINITE = np.ones((6, 2))


@pytest.mark.parametrize(
    ("accuracy", "when"),
    [
        ([0.8, 0.8, 0.1, 0.1, 0.1, 0.1], 3),
        ([0.8, 0.1, 0.8, 0.1, 0.12, 0.1], 4),  # it came back once: the last fall counts
        ([0.1, 0.1, 0.8, 0.8, 0.8, 0.8], None),
        ([0.1] * 6, 1),
        ([0.8, 0.8, 0.8, 0.8, 0.8, 0.15], 6),  # chance + 5 points is at chance
        ([0.8, 0.8, 0.8, 0.8, 0.8, 0.151], None),
    ],
)
def test_a_collapse_begins_where_it_stays(accuracy, when) -> None:
    assert collapse(EPOCHS, np.array(accuracy), FINITE, 0.1) == when


def test_a_loss_that_is_no_number_is_a_collapse_whatever_the_accuracy() -> None:
    losses = FINITE.copy()
    losses[3:, 1] = np.nan
    assert collapse(EPOCHS, WELL, losses, 0.1) == 4
    losses[5, 1] = 1.0
    assert collapse(EPOCHS, WELL, losses, None) is None
    assert collapse(EPOCHS, np.full(6, 0.1), FINITE, None) is None, "chance is not known"


def test_whether_is_said_by_the_table_and_when_by_the_curve() -> None:
    def read(diverged, accuracy):
        losses = dict.fromkeys(("running_train_loss", "test_loss"), np.ones(6))
        return Trial("a", 0, diverged, {}), {"epoch": EPOCHS, "test_accuracy": np.array(accuracy), **losses}

    bad = [0.8, 0.8, 0.1, 0.1, 0.1, 0.1]
    assert followed([read(True, bad)], 0.1) == [Followed("a", 0, 3, True, True)]
    assert followed([read(False, bad)], 0.1) == [Followed("a", 0, 6, False, True)]
    assert followed([read(True, WELL)], 0.1) == [Followed("a", 0, 6, True, False)]


def trials(condition, ends):
    """Return trials from (epoch, collapsed) by seed."""
    return [Followed(condition, seed, *end) for seed, end in enumerate(ends)]


def test_curve_by_hand() -> None:
    found = curve(trials("a", [(2, True), (4, True), (4, False), (5, False)]), 0.05)
    assert found.epochs == (2, 4, 5)
    assert found.survival == (0.75, 0.75 * 2 / 3, 0.75 * 2 / 3)
    assert found.at_risk == (4, 3, 1)
    greenwood = 1 / (4 * 3)
    z, base = 1.959963984540054, np.log(0.75)
    reach = z * np.sqrt(greenwood) / abs(base)
    assert found.low[0] == pytest.approx(0.75 ** np.exp(reach), rel=1e-10)
    assert found.high[0] == pytest.approx(0.75 ** np.exp(-reach), rel=1e-10)


def test_intervals_are_null_where_they_are_not_defined() -> None:
    alive = curve(trials("a", [(6, False)] * 4), 0.05)
    assert (alive.survival, alive.low, alive.high) == ((1.0,), (None,), (None,))
    gone = curve(trials("a", [(1, True), (2, True)]), 0.05)
    assert gone.survival == (0.5, 0.0)
    assert gone.low[0] is not None
    assert (gone.low[1], gone.high[1]) == (None, None)
    assert curve([], 0.05).epochs == ()


def test_the_test_within_seeds_is_all_swaps_of_arms() -> None:
    control = [(1, True), (2, True), (6, False), (3, True), (6, False), (5, True), (4, True), (6, False)]
    other = [(6, False), (6, False), (6, False), (6, False), (4, True), (6, False), (6, False), (6, False)]
    found = survival([*trials("c", control), *trials("a", other)], ["c", "a"], "c", 0.05)
    assert found is not None

    def statistic(one, two):
        both = [*one, *two]
        return scores(np.array([t for t, _ in both], float), np.array([e for _, e in both]))[: len(one)].sum()

    seen = abs(statistic(other, control))
    swapped = []
    for swaps in itertools.product((False, True), repeat=8):
        arms = [(b, a) if swap else (a, b) for a, b, swap in zip(other, control, swaps, strict=True)]
        swapped.append(abs(statistic([a for a, _ in arms], [b for _, b in arms])))
    assert found.of("a").p_log_rank == np.mean(np.array(swapped) >= seen - 1e-9)
    assert 0.02 < found.of("a").p_log_rank < 0.2


def test_nothing_is_said_without_a_collapse_and_no_p_without_a_difference() -> None:
    fine = [(6, False)] * 6
    both = [(2, True), *fine[1:]]
    assert survival([*trials("c", fine), *trials("a", fine)], ["c", "a"], "c", 0.05) is None
    found = survival([*trials("c", both), *trials("a", both), *trials("b", fine)], ["c", "a", "b"], "c", 0.05)
    assert found is not None
    assert found.of("a").p_log_rank is None
    assert found.of("b").p_log_rank == 1.0, "one pair: both flips are as far"
    assert found.of("c").n_pairs is None
    assert survival(trials("a", both), ["a"], "c", 0.05) is not None, "a control that is meant to stay at chance"


def test_p_is_adjusted_over_conditions_by_holm() -> None:
    control = [(1, True)] * 7
    fine, some = [(6, False)] * 7, [(6, False)] * 6 + [(1, True)]
    found = survival([*trials("c", control), *trials("a", fine), *trials("b", some)], ["c", "a", "b"], "c", 0.05)
    assert found is not None
    a, b = found.of("a"), found.of("b")
    assert (a.p_log_rank, a.p_log_rank_holm) == (2 / 2**7, 4 / 2**7)
    assert b.p_log_rank_holm == max(a.p_log_rank_holm, b.p_log_rank)
