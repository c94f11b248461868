"""Power, sequences, dose-response, selection and components against base R (``further.R``, ``further_r.csv``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.methods.confidence_sequence import looks, planned_levels
from analysis.methods.dose_response import dose_response
from analysis.methods.power import Design, upper_sd
from analysis.methods.selection import selection
from analysis.methods.signed_rank import signed_rank
from analysis.methods.variance_components import components, mean_squares
from tests.oracles.agreement import agree

HERE = Path(__file__).parent
DATA = pd.read_csv(HERE / "further_data.csv")
BY_R = pd.read_csv(HERE / "further_r.csv", comment="#")
DOSES = [group for group in DATA["group"].unique() if group.startswith("dose")]


def of_group(group: str) -> pd.DataFrame:
    found = BY_R[BY_R["group"] == group]
    assert len(found)
    return found


def wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the values, a row for each seed (b) and a column for each rate or condition (a)."""
    return rows.sample(frac=1, random_state=2).pivot_table(index="b", columns="a", values="value")


def test_every_group_is_compared() -> None:
    here = {"power", "sequence", "planned", "selection", "components", "pairs", "sd", "signed_rank", *DOSES}
    assert set(BY_R["group"]) == here


def test_power() -> None:
    for row in of_group("power").itertuples():
        sd, delta, alpha, power, comparisons = (float(each) for each in str(row.case).split())
        design = Design(sd, alpha, power, int(comparisons))
        seeds = design.seeds(delta)
        assert seeds is not None
        ours = {
            "n": seeds,
            "achieved": design.achieved(seeds, delta),
            "detectable_difference": design.detectable(20),
        }[str(row.key)]
        agree(ours, row.value, ("power", row.case, row.key))


def test_confidence_sequence() -> None:
    differences = DATA[DATA["group"] == "sequence"]["value"].to_numpy()
    expected = of_group("sequence")
    seen = {f"{alpha:.10g} {look.n}": look for alpha in (0.05, 0.05 / 7) for look in looks(differences, alpha)}
    for row in expected.itertuples():
        agree(getattr(seen[str(row.case)], str(row.key)), row.value, ("sequence", row.case, row.key))
    bounded = set(expected[expected["key"] == "half_width"]["case"])
    assert {case for case, look in seen.items() if look.half_width is not None} == bounded
    assert all(look.log_e_value == 0 for look in seen.values() if look.n == 1)


def test_levels_of_planned_looks() -> None:
    for case, rows in of_group("planned").groupby("case"):
        *fractions, alpha = (float(each) for each in str(case).split())
        levels = planned_levels(fractions, alpha)
        assert len(levels) == len(rows)
        for level, z in zip(levels, rows["value"], strict=True):
            agree(float(stats.norm.isf(level / 2)), z, ("planned", case))


def test_levels_of_five_even_looks_are_the_published_ones() -> None:
    """Lan and DeMets' O'Brien-Fleming spending: to the four decimals that are printed."""
    z = [float(stats.norm.isf(level / 2)) for level in planned_levels([0.2, 0.4, 0.6, 0.8, 1.0], 0.05)]
    assert z == pytest.approx([4.8769, 3.3570, 2.6803, 2.2898, 2.0310], abs=5e-5)


@pytest.mark.parametrize("group", DOSES)
def test_dose_response(group: str) -> None:
    table = wide(DATA[DATA["group"] == group])
    rates, values = table.columns.to_numpy(float), table.to_numpy()
    found = dose_response(
        rates, values, values, 0.05, direction="lower" if group == "dose_loss" else "higher"
    ).to_json()
    for row in of_group(group).itertuples():
        agree(found[str(row.key)], row.value, (group, row.key))


@pytest.mark.parametrize("case", ["higher", "lower", "control"])
def test_selection(case: str) -> None:
    rows = DATA[DATA["group"] == "selection"]
    test, validation = (wide(rows[rows["c"] == split]).to_numpy() for split in (0, 1))
    if case == "control":
        ahead = np.arange(test.shape[1]) == 0
        test, validation = test + ahead, validation + ahead
    labels = [f"c{k}" for k in range(test.shape[1])]
    found = selection(labels, test, validation, 0.05, direction="lower" if case == "lower" else "higher").to_json()
    found["chosen_on_validation"] = labels.index(found["chosen_on_validation"])
    found |= {f"in_best_set_{k}": label in found["best_set"] for k, label in enumerate(labels)}
    expected = of_group("selection")
    for row in expected[expected["case"] == case].itertuples():
        agree(found[str(row.key)], row.value, ("selection", case, row.key))


@pytest.mark.parametrize(("group", "shape"), [("components", (4, 3, 5)), ("pairs", (5, 3))])
def test_components(group: str, shape: tuple[int, ...]) -> None:
    rows = DATA[DATA["group"] == group].astype({"a": int, "b": int, "c": int})
    values = np.empty(shape)
    values[tuple(rows[axis] for axis in "abc"[: len(shape)])] = rows["value"]
    found = {"".join(each.factors): each for each in components(values, "ABC"[: len(shape)], 0.05)}
    assert len(found) == 2 ** len(shape) - 1
    for row in of_group(group).itertuples():
        agree(getattr(found[str(row.case)], str(row.key)), row.value, (group, row.case, row.key))
    assert sum(df for df, _ in mean_squares(values).values()) == values.size - 1


def test_upper_limit_of_a_standard_deviation() -> None:
    (row,) = of_group("sd").itertuples()
    agree(upper_sd(0.4, 12), row.value, "sd")


def test_signed_ranks_of_many_seeds() -> None:
    for case, rows in of_group("signed_rank").groupby("case"):
        n, spread, shift = (int(each) for each in str(case).split())
        d = np.arange(1, n + 1) * 37 % 101 - shift
        v, p = signed_rank((d + (d > 0) * spread).astype(float))
        expected = rows.set_index("key")["value"]
        agree(v, expected["v"], ("signed_rank", case, "v"))
        agree(p, expected["p"], ("signed_rank", case, "p"))
