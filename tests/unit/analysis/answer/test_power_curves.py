"""Power by number of seeds: the noncentral t, the seeds that a plan takes, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.answer.compare import compare
from analysis.answer.comparison import Comparison
from analysis.answer.goals import Wanted, for_margin, margin_by_pilot
from analysis.answer.out_of_reach import report_design
from analysis.answer.power_curves import MOST_SEEDS, curves_of_plan, power_curves
from analysis.answer.sample_size import by_pilot, planned
from analysis.methods.power import EQUIVALENT, NOT_INFERIOR, Design, upper_sd
from analysis.tables.table import Table, from_frame

METRIC, SEEDS, MARGIN = "test_accuracy", 20, 0.002


def trials(**more: object) -> Table:
    rng = np.random.default_rng(5)
    spread = {"none": 0.0, "book": 0.004, "wild": 0.02}
    rows = [
        {"condition": label, "seed": seed, METRIC: 0.8 + rng.normal(0, sd) if sd else 0.8, "status": "ok"}
        for label, sd in spread.items()
        for seed in range(SEEDS)
    ]
    return from_frame(pd.DataFrame(rows).assign(**more))


def compared(margin: float | None = MARGIN, estimand: str = "mean", **more: object) -> Comparison:
    return compare(trials(**more), METRIC, "none", margin=margin, estimand=estimand)


def test_a_difference_of_the_margin_is_found_as_often_as_the_noncentral_t_says() -> None:
    whole = compared()
    found = power_curves(whole)
    assert found is not None and not found.over_images
    for each in found.conditions:
        curve, sd = each.curves[0], whole.effects[each.condition].sd_difference
        for value, seen in ((sd, curve.power), (upper_sd(sd, SEEDS), curve.power_upper)):
            n = np.array(curve.seeds)
            critical, shift = stats.t.isf(0.05 / 4, n - 1), MARGIN / value * np.sqrt(n)
            expected = stats.nct.sf(critical, n - 1, shift) + stats.nct.cdf(-critical, n - 1, shift)
            known = np.isfinite(expected)  # scipy's noncentral t gives up far out
            assert np.array(seen)[known] == pytest.approx(expected[known], abs=1e-6)
            assert known.sum() > 15 and min(np.array(seen)[~known], default=1.0) > 0.999
        assert SEEDS in curve.seeds


def test_curves_of_equivalence_reach_the_power_where_the_plan_does() -> None:
    whole = compared()
    found = power_curves(whole)
    assert found is not None
    book, wild = found.conditions
    design = Design(whole.effects["book"].sd_difference, 0.05, 0.8, 2, goal=EQUIVALENT, margin=MARGIN)
    needed, curve = design.seeds(0.0), book.curves[1]
    assert needed is not None
    for n, power in zip(curve.seeds, curve.power, strict=True):
        assert (power >= 0.8) == (n >= needed)
    assert curve.seeds == wild.curves[1].seeds
    assert needed < curve.seeds[-1] <= MOST_SEEDS


def test_not_being_worse_by_the_margin_has_nearly_the_curve_of_a_difference_of_it() -> None:
    whole = compared()
    found = power_curves(whole)
    assert found is not None
    sd = whole.effects["book"].sd_difference
    design = Design(sd, 0.05, 0.8, 2, goal=NOT_INFERIOR, margin=MARGIN)
    apart = [
        power - design.achieved(n, 0.0)
        for n, power in zip(found.conditions[0].curves[0].seeds, found.conditions[0].curves[0].power, strict=True)
    ]
    assert min(apart) >= 0 and max(apart) < 0.05 / 4


def test_the_typical_difference_has_curves_of_its_own() -> None:
    mean, typical = power_curves(compared()), power_curves(compared(estimand="typical"))
    assert mean is not None and typical is not None
    assert (mean.estimand, typical.estimand) == ("mean", "typical")
    assert typical.conditions[0].curves[0].power[0] == 0.0, "3 pairs have no interval of it"
    assert report_design(compared(estimand="typical").judged[0], 2).estimand == typical.estimand


def test_without_a_margin_or_without_spread_there_is_no_curve() -> None:
    assert power_curves(compared(margin=None)) is None
    constant = pd.DataFrame({"condition": ["none"] * 4 + ["book"] * 4, "seed": [0, 1, 2, 3] * 2, METRIC: 0.8})
    assert power_curves(compare(from_frame(constant), METRIC, "none", margin=MARGIN)) is None


def test_curves_of_a_plan_from_a_pilot_are_those_of_its_report() -> None:
    """The pilot's means, as power takes them by default, with the margin for both goals."""
    whole, table = compared(), trials()
    plan = margin_by_pilot(table, (METRIC, "none"), Design(1.0, 0.05, 0.8), None, Wanted(MARGIN, None, None))
    assert curves_of_plan(plan) == power_curves(whole)
    (curve,) = (
        curves_of_plan(by_pilot(table, (METRIC, "none"), Design(1.0, 0.05, 0.8), 2, delta=0.004, n=None))
        .conditions[0]
        .curves
    )
    design = Design(whole.effects["book"].sd_difference, 0.05, 0.8, 2)
    assert (curve.goal, curve.delta) == ("superior", 0.004)
    assert curve.power == pytest.approx([design.achieved(n, 0.004) for n in curve.seeds], rel=1e-12)


def test_a_plan_from_a_standard_deviation_has_curves_without_a_band_or_seeds_at_hand() -> None:
    design = Design(0.4, 0.05, 0.8)
    (each,) = curves_of_plan(for_margin(design, Wanted(0.3, None, None))).conditions
    assert (each.condition, each.n, [curve.goal for curve in each.curves]) == (
        "SD 0.4",
        None,
        ["superior", "equivalent"],
    )
    for curve, needed in zip(each.curves, (16, 17), strict=True):
        assert curve.power == curve.power_upper
        assert all((power >= 0.8) == (n >= needed) for n, power in zip(curve.seeds, curve.power, strict=True))
    beyond = curves_of_plan(for_margin(design, Wanted(0.3, 0.5, None)))
    assert [curve.goal for curve in beyond.conditions[0].curves] == ["superior"], "0.5 is not within 0.3"
    assert curves_of_plan(planned(design, None, 20)) is None
