"""What a study's seeds can test is said beforehand: which difference, and how many bad runs set an end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.assurance.reach import reach
from bench.study.study import Study

TESTED, ALONE = "typical difference is tested", "1 bad run alone can set an end"


@pytest.mark.parametrize(
    ("seeds", "first", "second"),
    [
        (2, "With 2 seeds and 6 conditions beside the control nothing can be tested", None),
        (7, "the mean difference is tested, assuming normal differences: the typical difference takes 8 seeds", None),
        (8, TESTED, f"{ALONE} of an interval of the typical difference with 8 seeds; from 16 seeds on it takes 2."),
        (16, TESTED, "2 bad runs can set an end"),
    ],
)
def test_the_default_study_with_other_numbers_of_seeds(seeds: int, first: str, second: str | None) -> None:
    said = reach(Study.load("dropout").with_seeds(seeds))
    assert first in said[0]
    assert len(said) == 1 + (second is not None)
    assert second is None or second in said[1]


def test_the_comparisons_of_all_tasks_are_one_family() -> None:
    study = Study.load("dropout")
    alone, many = reach(study.with_seeds(8)), reach(study.with_seeds(8), 4)
    assert TESTED in alone[0]
    assert "6 conditions beside the control on 4 tasks the mean difference is tested" in many[0]
    assert "takes 10 seeds" in many[0]
    assert "2 bad runs" in reach(study.with_seeds(16))[1]
    assert "1 bad run alone" in reach(study.with_seeds(16), 4)[1]


def test_a_plan_of_the_mean_and_one_that_is_not_of_a_fixed_number_of_seeds() -> None:
    study = Study.load("dropout")
    (said,) = reach(replace(study, analysis=replace(study.analysis, estimand="mean")))
    assert "the mean difference is tested, assuming normal differences." in said
    assert reach(study.until_decided()) == []
    assert reach(replace(study, conditions=study.conditions[:1])) == []
