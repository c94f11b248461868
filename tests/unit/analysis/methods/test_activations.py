"""Statistics of hidden units by hand: means, t intervals, the variance by theory, and differences paired by seed."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.figures.evidence import Trial
from analysis.methods.activations import LeftOut, VarianceDifference, activations
from analysis.methods.recorded_units import Recorded, layer_of, points
from analysis.report.curves import recorded

T_2 = 4.302652729911275
"""The 97.5% point of t on 2 degrees of freedom."""
REACH = T_2 * 0.1 / np.sqrt(3)
"""Of three values with a standard deviation of 0.1."""


def at(before, after):
    """Return one epoch: mean, variance and share of zeros of both sides."""
    return np.array([before, after], float)


def trial(condition, seed, variances, diverged=False, layer=1):
    """Return a trial with a variance for each epoch, four times as large after the mask, and mean 1."""
    epochs = {epoch: at((1, each, 0.5), (1, 4 * each, 0.75)) for epoch, each in enumerate(variances, start=1)}
    return Recorded(condition, seed, diverged, {layer: epochs})


CONTROL = [trial("none", seed, (1.0, each)) for seed, each in enumerate((0.2, 0.3, 0.4))]
BOOK = [trial("book", seed, (0.5, each)) for seed, each in enumerate((0.1, 0.3, 0.2))]
RATES = {"none": (0.0, 0.0), "book": (0.2, 0.5)}


def one(entries, **given):
    (found,) = [each for each in entries if all(getattr(each, key) == value for key, value in given.items())]
    return found


def test_the_variance_by_epoch_is_the_mean_over_seeds_with_its_t_interval():
    found = activations([*CONTROL, *BOOK], RATES, "none", 0.05)
    assert found is not None
    curve = one(found.curves, condition="book", side="before")
    assert (curve.layer, curve.epochs, curve.n) == (1, (1, 2), (3, 3))
    assert curve.variance == pytest.approx((0.5, 0.2))
    assert curve.low == pytest.approx((0.5, 0.2 - REACH))
    assert curve.high == pytest.approx((0.5, 0.2 + REACH))
    assert one(found.curves, condition="book", side="after").variance == pytest.approx((2.0, 0.8))


def test_the_ends_are_those_of_the_last_epoch():
    found = activations([*CONTROL, *BOOK], RATES, "none", 0.05)
    assert found is not None
    end = one(found.ends, condition="none", side="after")
    assert (end.n, end.mean, end.mean_low, end.zeros, end.zeros_high) == (3, 1, 1, 0.75, 0.75)
    assert [end.variance, end.variance_low] == pytest.approx([1.2, 1.2 - 4 * REACH])


def test_differences_are_paired_by_seed_whatever_the_order():
    found = activations([*reversed(CONTROL), *BOOK, trial("book", 7, (9.0, 9.0))], RATES, "none", 0.05)
    assert found is not None
    before = one(found.differences, side="before")
    assert (before.condition, before.n_pairs) == ("book", 3)
    assert [before.difference, before.low, before.high] == pytest.approx([-0.1, -0.1 - REACH, -0.1 + REACH])
    assert one(found.differences, side="after").difference == pytest.approx(-0.4)


def test_the_interval_is_at_the_level_asked_for():
    found = activations([*CONTROL, *BOOK], RATES, "none", 0.5)
    assert found is not None
    assert one(found.differences, side="before").high == pytest.approx(-0.1 + 0.816496580927726 * 0.1 / 3**0.5)


@pytest.mark.parametrize(
    ("rates", "layer", "told"),
    [
        ((0.5, 0.0), 1, 3.0),
        ((0.5,), 2, 3.0),  # one rate for every layer
        ((0.5, 0.0), 2, 2 / 3),
        ((), 1, None),
        ((1.0, 1.0), 1, None),
        ((0.5, 0.5), 3, None),
    ],
)
def test_the_variance_by_theory(rates, layer, told):
    """Mean and variance before the mask of 1 and 0.5, 0 and 1, 2 and 0.5: at rate 1/2 the variance is 2, 2 and 5."""
    units = [(1, 0.5), (0, 1.0), (2, 0.5)]
    mine = [Recorded("a", seed, False, {layer: {1: at((*each, 0), (0, 0, 0))}}) for seed, each in enumerate(units)]
    found = activations(mine, {"a": rates}, "none", 0.05)
    assert found is not None
    by_theory = [one(found.ends, side=side).variance_by_theory for side in ("before", "after")]
    assert by_theory[0] is None
    assert by_theory[1] == (None if told is None else pytest.approx(told))


def test_trials_that_diverged_are_counted_and_in_no_number():
    broken = [trial("book", 3, (1e6, 1e6), diverged=True), trial("none", 3, (7.0, 7.0))]
    found = activations([*CONTROL, *BOOK, *broken], RATES, "none", 0.05)
    assert found is not None
    assert found.left_out == (
        LeftOut(condition="none", n=4, diverged=0),
        LeftOut(condition="book", n=4, diverged=1),
    )
    assert one(found.ends, condition="book", side="before").variance == pytest.approx(0.2)
    assert one(found.curves, condition="book", side="before").n == (3, 3)
    assert one(found.differences, side="before").n_pairs == 3


def test_where_all_diverged_there_are_counts_alone():
    found = activations([trial("none", 0, (1.0,), diverged=True)], RATES, "none", 0.05)
    assert found is not None
    assert (found.curves, found.ends, found.differences) == ((), (), ())
    assert found.left_out == (LeftOut(condition="none", n=1, diverged=1),)


def test_one_seed_has_no_interval_and_no_pair_no_difference():
    found = activations([CONTROL[0], BOOK[1]], RATES, "none", 0.05)
    assert found is not None
    assert one(found.ends, condition="book", side="before").variance_low is None
    assert one(found.curves, condition="book", side="before").low == (None, None)
    before = one(found.differences, side="before")
    assert before == VarianceDifference(condition="book", layer=1, side="before", n_pairs=0)
    assert (before.difference, before.low, before.high) == (None, None, None)


def test_layers_that_the_control_lacks_have_no_difference():
    found = activations([*CONTROL, trial("book", 0, (1.0,), layer=2)], RATES, "none", 0.05)
    assert found is not None
    assert found.layers == (1, 2)
    assert found.differences == ()


def test_nothing_recorded_is_nothing_and_other_conditions_are_not_told():
    assert activations([], RATES, "none", 0.05) is None
    assert activations([trial("all", 0, (1.0,))], RATES, "none", 0.05) is None


def curve(**more):
    names = ("mean_1", "variance_1", "zeros_1")
    values = {f"{side}_{name}": np.array([1.0, 2.0]) for side in ("activation", "masked") for name in names}
    return {"epoch": np.array([1, 2]), "test_accuracy": np.array([0.5, 0.6]), **values, **more}


def test_columns_are_known_by_their_names():
    told = {name: layer_of(name) for name in ("activation_mean_1", "masked_zeros_12", "masked_variance_0", "epoch")}
    assert told == {"activation_mean_1": 1, "masked_zeros_12": 12, "masked_variance_0": None, "epoch": None}
    assert layer_of("activation_mean_1_again") is None


def test_epochs_with_a_number_that_is_not_finite_are_left_out():
    read = curve(masked_zeros_1=np.array([np.nan, 0.5]))
    assert {epoch: each.tolist() for epoch, each in points(read["epoch"], read, 1).items()} == {
        2: [[2.0, 2.0, 2.0], [2.0, 2.0, 0.5]]
    }
    assert points(read["epoch"], read, 2) == {}


def test_curves_without_the_columns_record_nothing():
    bare = {name: each for name, each in curve().items() if layer_of(name) is None}
    empty = curve(masked_mean_1=np.array([np.nan, np.nan]))
    trials = [Trial("a", seed, seed == 2, {}) for seed in range(4)]
    found = recorded(list(zip(trials, (curve(), bare, empty, empty), strict=True)))
    assert [(each.seed, each.diverged, list(each.layers)) for each in found] == [(0, False, [1]), (2, True, [])]
