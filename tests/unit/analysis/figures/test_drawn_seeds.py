"""Which seeds a figure shows one by one where there are very many."""

from __future__ import annotations

from itertools import pairwise

import pytest

from analysis.figures import rates
from analysis.figures.drawn_seeds import MOST, some, thinned


@pytest.mark.parametrize("number", [0, 1, MOST, MOST + 1, 10 * MOST, 12_500])
def test_marks_are_all_or_evenly_spaced_with_the_first_and_the_last(number):
    drawn = list(some(range(number)))
    assert len(drawn) == min(number, MOST)
    assert drawn[:1] == list(range(number))[:1]
    assert drawn[-1:] == list(range(number))[-1:]
    steps = {after - before for before, after in pairwise(drawn)}
    assert max(steps, default=0) - min(steps, default=0) <= 1


def test_a_caption_says_of_how_many_seeds_the_drawn_ones_are():
    assert thinned([MOST, 3]) == thinned([]) == ""
    assert thinned([3, 12_500]) == (
        " 250 of 12,500 seeds are drawn one by one, evenly spaced in their order; everything else is of all seeds."
    )


def test_the_line_of_a_seed_joins_its_trials_by_rising_rate(evidence):
    known = evidence(seeds=2, diverged=[("book", 0), ("mild", 1)])
    by_trial = {(each.condition, each.seed): 100 * each.values["test_accuracy"] for each in known.trials}
    found = rates._lines(known, "test_accuracy")
    assert list(found) == [0, 1]
    assert [x for x, _ in found[0]] == [0.0, 0.1, 0.7]
    assert [y for _, y in found[0]] == pytest.approx([by_trial[label, 0] for label in ("none", "mild", "strong")])
    assert [x for x, _ in found[1]] == [0.0, 0.7]
