"""Factorials against aov and t.test, curves of collapse against R's survival (``factorial.R``, ``factorial_r.csv``)."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multivariate import test_mvmean as hotelling

from analysis.factorial import factorial
from analysis.factorial.result import FactorialEffect
from analysis.methods.survival import Followed, scores, survival
from analysis.tables.table import from_frame
from tests.oracles.agreement import agree

HERE = Path(__file__).parent
DATA = pd.read_csv(HERE / "factorial_data.csv")
BY_R = pd.read_csv(HERE / "factorial_r.csv", comment="#", dtype={"case": str})
GROUPS = [group for group in DATA["group"].unique() if group.startswith("f")]
OMNIBUS = ("f", "df1", "df2", "p", "epsilon", "p_gg")
LINE = {"mean_difference": "slope", "ci_low": "slope_low", "ci_high": "slope_high", "p_t": "slope_p"}
"""R's numbers of what a line rises from the lowest to the highest level, and ours of its slope."""


def of_group(group: str) -> pd.DataFrame:
    found = BY_R[BY_R["group"] == group]
    assert len(found)
    return found


def analysed(group: str) -> dict[str, FactorialEffect]:
    """Return all effects under R's names, from rows in another order and without counts."""
    rows = DATA[DATA["group"] == group].dropna(axis=1, how="all").drop(columns="group")
    factors = [name for name in "abc" if name in rows]
    label = rows[factors].astype(str).agg("-".join, axis=1)
    table = from_frame(rows.assign(condition=label).sample(frac=1, random_state=3), chance=0.1)
    found = factorial(table, "value")
    return {_by_r(effect): effect for effect in (*found.effects, *found.simple_effects)}


def _by_r(effect: FactorialEffect) -> str:
    if effect.at is not None:
        return f"{effect.factors[0]}@{effect.at.factor}={effect.at.level:g}"
    return effect.effect.upper().replace(" × ", ":")


def test_every_group_is_compared() -> None:
    assert set(BY_R["group"]) == {*GROUPS, "survival"}


@pytest.mark.parametrize("group", GROUPS)
def test_effects(group: str) -> None:
    found, expected = analysed(group), of_group(group)
    assert set(found) == set(expected["case"])
    for row in expected.itertuples():
        effect, key, where = found[str(row.case)], str(row.key), (group, row.case, row.key)
        if key in OMNIBUS:
            agree(getattr(effect.omnibus, key), row.value, where)
        elif effect.df == 1:
            agree(getattr(effect.contrast, key), row.value, where)
        elif len(effect.factors) == 1 and key in LINE:
            levels = DATA[DATA["group"] == group][effect.factors[0]]
            rise = 1.0 if key == "p_t" else float(levels.max() - levels.min())
            agree(getattr(effect, LINE[key]) * rise, row.value, where)


@pytest.mark.parametrize("group", GROUPS)
def test_contrasts_are_of_the_end_levels(group: str) -> None:
    """Against t.test of scipy on differences of cell means; with two levels R has them all."""
    rows = DATA[DATA["group"] == group].dropna(axis=1, how="all")
    others = [name for name in "abc" if name in rows]
    ends = {name: (rows[name].min(), rows[name].max()) for name in others}
    for effect in analysed(group).values():
        at = rows if effect.at is None else rows[rows[effect.at.factor] == effect.at.level]
        wide = at.pivot_table(index="seed", columns=list(effect.factors), values="value", aggfunc="mean")
        d = sum(
            (-1) ** (len(effect.factors) - sum(places)) * wide[_key([ends[name][place] for name, place in named])]
            for places in itertools.product((0, 1), repeat=len(effect.factors))
            for named in [list(zip(effect.factors, places, strict=True))]
        )
        test = stats.ttest_1samp(d, 0)
        ours = effect.contrast
        assert ours.contrast == "ends"
        for key, theirs in (("mean_difference", d.mean()), ("t", test.statistic), ("p_t", test.pvalue)):
            agree(getattr(ours, key), float(theirs), (group, effect.effect, "ends", key), near_zero=1e-3)
        low, high = test.confidence_interval(0.95)
        agree(ours.ci_low, float(low), (group, effect.effect, "ends", "low"))
        agree(ours.ci_high, float(high), (group, effect.effect, "ends", "high"))
        walsh = [(x + y) / 2 for x, y in itertools.combinations_with_replacement(d, 2)]
        agree(ours.typical_difference, float(np.median(walsh)), (group, effect.effect, "typical"), near_zero=1e-3)


def _key(levels: list[float]) -> object:
    return levels[0] if len(levels) == 1 else tuple(levels)


def _hotelling(residuals: np.ndarray) -> tuple[float, float]:
    if residuals.shape[1] > 1:
        tested = hotelling(residuals)
        return float(tested.statistic), float(tested.pvalue)
    single = stats.ttest_1samp(residuals[:, 0], 0)
    return float(single.statistic) ** 2, float(single.pvalue)


@pytest.mark.parametrize("scores", ["raw", "log", "rank"])
def test_lack_of_fit_of_a_line_agrees_with_hotellings_test_of_statsmodels(scores: str) -> None:
    """On the residuals of each seed's own line at the first levels - 2 levels; the slope is polyfit's."""
    rows = DATA[DATA["group"] == "f34"].assign(a=lambda one: one["a"] + 0.05)
    label = rows["a"].astype(str) + "-" + rows["b"].astype(str)
    table = from_frame(rows.drop(columns=["group", "c"]).assign(condition=label), chance=0.1)
    found = {each.effect: each for each in factorial(table, "value", scores=scores).effects}
    for name in "ab":
        wide = rows.pivot_table(index="seed", columns=name, values="value", aggfunc="mean")
        levels = wide.columns.to_numpy(float)
        x = {"raw": levels, "log": np.log(levels), "rank": np.arange(len(levels))}[scores]
        fits = np.array([np.polyfit(x, own, 1) for own in wide.to_numpy()])
        residuals = np.array([own - np.polyval(fit, x) for fit, own in zip(fits, wide.to_numpy(), strict=True)])
        f, p = _hotelling(residuals[:, : len(levels) - 2])
        assert found[name].scores == scores
        agree(found[name].slope, fits[:, 0].mean(), (scores, name, "slope"))
        agree(found[name].lack_of_fit_f, f, (scores, name, "f"))
        agree(found[name].lack_of_fit_p, p, (scores, name, "p"))
    assert found["a × b"].slope is None


@pytest.mark.parametrize("group", GROUPS)
def test_f_of_one_dimension_is_t_squared(group: str) -> None:
    plain = [each for each in analysed(group).values() if each.df == 1]
    for effect in plain:
        agree(effect.omnibus.f, effect.contrast.t**2, (group, effect.effect, "t squared"))
        agree(effect.omnibus.p_gg, effect.contrast.p_t, (group, effect.effect, "p"))
    assert bool(plain) == (group != "f34")


@pytest.mark.parametrize("group", GROUPS)
def test_simple_effects_add_up(group: str) -> None:
    """Their mean over the levels of the other factor is the main effect; of two, the difference is the interaction."""
    found = analysed(group)
    levels = {name: sorted(DATA[DATA["group"] == group][name].unique()) for name in "ab"}
    for varied, held in ("ab", "ba"):
        each = [found[f"{varied}@{held}={level:g}"].contrast.mean_difference for level in levels[held]]
        agree(sum(each) / len(each), found[varied.upper()].contrast.mean_difference, (group, varied, "mean"))
        if len(each) == 2:
            agree(each[1] - each[0], found["A:B"].contrast.mean_difference, (group, varied, "difference"))


def followed() -> list[Followed]:
    rows = DATA[DATA["group"] == "survival"]
    return [Followed(str(int(row.a)), int(row.seed), int(row.b), row.c == 1) for row in rows.itertuples()]


def test_curves_of_collapse() -> None:
    found = survival(followed(), ["0", "1", "2"], "0", 0.05)
    assert found is not None
    expected = of_group("survival")
    points = {
        f"{each.condition} {epoch}": {key: getattr(each, key)[index] for key in ("survival", "low", "high", "at_risk")}
        for each in found.curves
        for index, epoch in enumerate(each.epochs)
    }
    curves = expected[expected["case"].str.contains(" ")]
    assert set(curves["case"]) == set(points)
    for row in curves.itertuples():
        agree(points[str(row.case)][str(row.key)], row.value, ("survival", row.case, row.key))
    for row in expected[expected["key"] == "p_log_rank"].itertuples():
        agree(found.of(str(row.case)).p_log_rank, row.value, ("survival", row.case, row.key))


def test_scores_add_up_to_observed_minus_expected() -> None:
    for row in of_group("survival").query("key == 'observed_minus_expected'").itertuples():
        rows = DATA[(DATA["group"] == "survival") & DATA["a"].isin([0.0, float(str(row.case))])]
        found = scores(rows["b"].to_numpy(float), rows["c"].to_numpy() == 1)
        agree(float(found[rows["a"].to_numpy() != 0].sum()), row.value, ("survival", row.case, row.key), near_zero=1.0)
        assert abs(found.sum()) < 1e-12
