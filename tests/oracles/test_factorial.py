"""Factorials against aov and t.test, curves of collapse against R's survival (``factorial.R``, ``factorial_r.csv``)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

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
        effect = found[str(row.case)]
        ours = effect.omnibus if row.key in OMNIBUS else effect.contrast
        agree(getattr(ours, str(row.key)), row.value, (group, row.case, row.key))


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
    return [Followed(str(int(row.a)), int(row.seed), int(row.b), row.c == 1) for row in rows.itertuples()]  # pyright: ignore[reportArgumentType]


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
