"""Factors with several levels against emmeans and multcomp (``levels.R``; its output is ``levels_r.csv``)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.factorial import factorial
from analysis.factorial.result import Factorial
from analysis.factorial.slopes import Slope, slope
from analysis.tables.plan import Plan, PlannedAnalysis
from analysis.tables.table import from_frame
from tests.oracles.agreement import agree

HERE = Path(__file__).parent
DATA = pd.read_csv(HERE / "factorial_data.csv")
BY_R = pd.read_csv(HERE / "levels_r.csv", comment="#", dtype={"case": str})
GROUPS = list(BY_R["group"].unique())
REFERENCE = 2
"""Which level of the factor of names the control has."""


def analysed(group: str) -> Factorial:
    """Return the factorial from rows in another order; names are made of the second factor's levels."""
    rows = DATA[DATA["group"] == ("f34" if group == "named" else group)].dropna(axis=1, how="all").drop(columns="group")
    factors = [name for name in "abc" if name in rows]
    rows = rows.assign(condition=rows[factors].astype(str).agg("-".join, axis=1))
    plan = None
    if group == "named":
        place = rows["b"].rank(method="dense").astype(int)
        rows = rows.assign(b=place.map("n{}".format))
        control = rows.loc[place == REFERENCE, "condition"].iloc[0]
        plan = Plan("made", (), (), PlannedAnalysis(control, "value"), {})
    table = from_frame(rows.sample(frac=1, random_state=7), chance=0.1)
    return factorial(replace(table, plan=plan), "value")


@pytest.mark.parametrize("group", GROUPS)
def test_contrasts_of_end_levels_and_against_the_reference(group: str) -> None:
    """Estimates, standard errors, t, and Bonferroni's intervals and p over all main effects and interactions."""
    found = {}
    for effect in analysed(group).effects:
        for one in (effect.contrast, *effect.against_reference):
            if one is not None:
                found[_by_r(one.condition)] = one
    rows = BY_R[(BY_R["group"] == group) & ~BY_R["case"].str.contains("~")]
    assert set(found) == set(rows["case"])
    for case, key, value in zip(rows["case"], rows["key"], rows["value"], strict=True):
        agree(getattr(found[case], key), value, (group, case, key), near_zero=1e-3)
        assert found[case].contrast == ("reference" if "=" in case else "ends")


def _by_r(name: str) -> str:
    factors, _, level = name.partition(": n")
    return factors.upper().replace(" × ", ":") + (f"={level}" if level else "")


LINES = BY_R[BY_R["case"].str.contains("~")]


@pytest.mark.parametrize(("group", "case"), list(LINES[["group", "case"]].drop_duplicates().itertuples(index=False)))
def test_slopes_and_their_lack_of_fit(group: str, case: str) -> None:
    """By the level means of every seed; over the levels themselves, the factorial says the same."""
    name, _, scores = case.lower().partition("~")
    rows = DATA[DATA["group"] == ("f34" if group == "named" else group)]
    means = rows.pivot_table(index="seed", columns=name, values="value", aggfunc="mean")
    found: list[Slope] = [slope(list(means.columns), means.to_numpy(), scores, 0.05)]
    if scores == "raw":
        found += [each for each in analysed(group).effects if each.effect == name]
        assert len(found) == 2
    mine = LINES[(LINES["group"] == group) & (LINES["case"] == case)]
    assert len(mine) == 6
    for each in found:
        assert each.scores == scores
        for key, value in zip(mine["key"], mine["value"], strict=True):
            agree(getattr(each, key), value, (group, case, key), near_zero=1e-3)
