"""What a study's seeds can test is said beforehand: which difference, and how many bad runs set an end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scipy import stats

from analysis.answer.power_curves import curves_of_spreads, typical_from
from analysis.methods.power import EQUIVALENT, SUPERIOR, Design
from analysis.wording.seeds import least_differences
from bench.assurance.reach import draw, found, reach
from bench.base.errors import UsageError
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


def test_the_table_of_differences_is_by_the_noncentral_t_and_says_at_which_spread_the_margin_is_found() -> None:
    study = Study.load("dropout").with_seeds(5)
    mean = replace(study, analysis=replace(study.analysis, estimand="mean", margin=0.002))
    head, *lines = found(mean).splitlines()
    assert "80% power" in head and "on this test set" in head
    for line, n in zip(lines, (5, 10, 20, 40), strict=True):
        seeds, least, _, spread, unit = line.split()
        critical, shift = stats.t.isf(0.05 / 12, n - 1), float(least) * n**0.5
        power = stats.nct.sf(critical, n - 1, shift) + stats.nct.cdf(-critical, n - 1, shift)
        assert (int(seeds), unit) == (n, "points")
        assert power == pytest.approx(0.8, abs=0.01)
        assert float(spread) == pytest.approx(0.2 / float(least), rel=0.005 / float(least) + 0.005)
    assert found(replace(mean, analysis=replace(mean.analysis, margin=None))).splitlines()[1].endswith(" SD")


def test_more_tasks_find_less_and_nothing_is_found_where_nothing_is_tested() -> None:
    study = Study.load("dropout").with_seeds(20)
    first, many = (float(found(study, tasks).splitlines()[1].split()[1]) for tasks in (1, 4))
    assert many > first
    assert found(study.until_decided()) == found(replace(study, conditions=study.conditions[:1])) == ""
    assert len(found(study.with_seeds(1)).splitlines()) == 3


def test_a_spread_at_which_so_many_seeds_find_the_margin_has_80_percent_power_there() -> None:
    least = least_differences(16, 6, 0.05, "typical")
    assert list(least) == [16, 32, 64, 128]
    for n, sd in least.items():
        told = curves_of_spreads(Design(1.0, 0.05, 0.8, 6, estimand="typical"), {"one": 0.1 / sd}, 0.1, n)
        ((superior, equivalent),) = (each.curves for each in told.conditions)
        assert (superior.goal, superior.delta, equivalent.goal, equivalent.delta) == (SUPERIOR, 0.1, EQUIVALENT, 0.0)
        assert dict(zip(superior.seeds, superior.power, strict=True))[n] == pytest.approx(0.8, abs=1e-6)


def test_below_the_seeds_that_the_typical_difference_takes_the_curve_is_that_of_the_mean(tmp_path: Path) -> None:
    asked = Design(1.0, 0.05, 0.8, 5, estimand="typical")
    least = least_differences(6, 5, 0.05, "typical")
    assert typical_from(asked) == 8 and next(iter(least)) == 6
    ((superior, _),) = (each.curves for each in curves_of_spreads(asked, {"one": 0.1 / least[6]}, 0.1, 6).conditions)
    assert dict(zip(superior.seeds, superior.power, strict=True))[6] == pytest.approx(0.8, abs=1e-6)
    assert typical_from(replace(asked, estimand="mean")) == 0
    said = draw(Study.load("dropout").with_seeds(6), 1, tmp_path / "p.svg")
    assert "the typical difference (with fewer than 8 seeds, of the mean difference)" in said


def test_the_power_of_a_study_is_drawn_in_the_unit_of_its_metric(tmp_path: Path) -> None:
    file = tmp_path / "power.svg"
    said = draw(Study.load("dropout"), 1, file)
    assert "a difference from 0, the true one 0.1 points" in said
    text = file.read_text(encoding="utf-8")
    assert "SD 0.0979 points" in text and "planned: n = 16" in text


def test_a_tiny_margin_has_a_panel_for_each_row_of_the_table(tmp_path: Path) -> None:
    study = Study.load("dropout")
    file = tmp_path / "p.svg"
    draw(replace(study, analysis=replace(study.analysis, margin=1e-9)), 1, file)
    assert file.read_text(encoding="utf-8").count("planned: n = 16") == 4


@pytest.mark.parametrize("seeds", [2, 10_001])
def test_numbers_of_seeds_that_no_axis_has_are_refused(seeds: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="shows 3 to 10,000 seeds"):
        draw(Study.load("dropout").with_seeds(seeds), 1, tmp_path / "p.svg")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"margin": None}, "set margin in"),
        ({"until": "decided"}, "a fixed number of independent seeds"),
        ({"test_fraction": 0.1}, "a fixed number of independent seeds"),
    ],
)
def test_a_figure_of_what_has_no_curve_is_refused(changed: dict[str, object], why: str, tmp_path: Path) -> None:
    study = Study.load("dropout")
    with pytest.raises(UsageError, match=why):
        draw(replace(study, analysis=replace(study.analysis, **changed)), 1, tmp_path / "p.svg")
    assert not list(tmp_path.iterdir())


def test_a_figure_with_one_condition_or_in_no_folder_is_refused(tmp_path: Path) -> None:
    study = Study.load("dropout")
    with pytest.raises(UsageError, match="nothing to show of 16 seeds and 0 comparisons"):
        draw(replace(study, conditions=study.conditions[:1]), 1, tmp_path / "p.svg")
    (tmp_path / "a file").touch()
    with pytest.raises(UsageError, match="a file"):
        draw(study, 1, tmp_path / "a file" / "p.svg")
