"""Performance profiles against counting by hand, and their band against every resample there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from analysis.methods.performance_profile import performance_profiles

RUNS = [np.array([0.1, 0.4]), np.array([0.2, 0.3, 0.7])]


def test_the_share_is_that_of_all_runs_in_the_direction_of_the_metric() -> None:
    up, none, down = (performance_profiles({"a": RUNS}, 0.05, way)[0] for way in ("higher", None, "lower"))
    values = np.concatenate(RUNS)
    assert up.share == none.share == tuple(np.mean(values > each) for each in up.thresholds)
    assert down.share == tuple(np.mean(values < each) for each in down.thresholds)
    assert (up.n_tasks, up.n_runs) == (2, 5)


@pytest.mark.parametrize("alpha", [0.05, 0.3])
def test_the_band_is_that_of_every_resample_within_tasks(alpha: float) -> None:
    (found,) = performance_profiles({"a": RUNS}, alpha, "higher")
    drawn = np.array(
        [
            np.concatenate([one, two])
            for one in itertools.product(RUNS[0], repeat=2)
            for two in itertools.product(RUNS[1], repeat=3)
        ]
    )
    for place in range(0, 121, 10):
        counts = np.sort((drawn > found.thresholds[place]).sum(axis=1))
        ends = [counts[int(np.ceil(level * len(counts) - 1e-9)) - 1] / 5 for level in (alpha / 2, 1 - alpha / 2)]
        assert [found.low[place], found.high[place]] == pytest.approx(ends)


def test_a_run_that_lost_to_every_other_is_counted_and_stretches_no_axis() -> None:
    runs = [*RUNS, np.array([-np.inf, 0.5])]
    (found,) = performance_profiles({"a": runs}, 0.05, "higher")
    assert found.share[0] == 6 / 7
    assert 0 < found.thresholds[0] < 0.1
    assert 0.7 < found.thresholds[-1] < 0.8
