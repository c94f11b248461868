"""Power, sequences, dose-response and components of variance, against base R (``further.R`` and ``further_r.csv``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.components import components, mean_squares
from analysis.dose_response import dose_response
from analysis.power import Design, upper_sd
from analysis.sequence import looks, planned_levels

HERE = Path(__file__).parent
RELATIVE = 1e-9
DATA = pd.read_csv(HERE / "further_data.csv")
BY_R = pd.read_csv(HERE / "further_r.csv", comment="#")


def of_group(group: str) -> pd.DataFrame:
    found = BY_R[BY_R["group"] == group]
    assert len(found)
    return found


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
        assert ours == pytest.approx(row.value, rel=1e-8), (row.case, row.key)


def test_confidence_sequence() -> None:
    differences = DATA[DATA["group"] == "sequence"]["value"].to_numpy()
    expected = of_group("sequence")
    seen = {f"{alpha:.10g} {look.n}": look for alpha in (0.05, 0.05 / 7) for look in looks(differences, alpha)}
    for row in expected.itertuples():
        assert getattr(seen[str(row.case)], str(row.key)) == pytest.approx(row.value, rel=RELATIVE), (row.case, row.key)
    bounded = set(expected[expected["key"] == "half_width"]["case"])
    assert {case for case, look in seen.items() if look.half_width is not None} == bounded
    assert all(look.log_e_value == 0 for look in seen.values() if look.n == 1)


def test_levels_of_planned_looks() -> None:
    """Five even looks: the boundaries that Lan and DeMets' O'Brien-Fleming spending is published with."""
    z = [float(stats.norm.isf(level / 2)) for level in planned_levels([0.2, 0.4, 0.6, 0.8, 1.0], 0.05)]
    assert z == pytest.approx([4.8769, 3.3570, 2.6803, 2.2898, 2.0310], abs=5e-5)
    assert planned_levels([1.0], 0.05) == pytest.approx([0.05], rel=1e-9)


def test_dose_response() -> None:
    rows = DATA[DATA["group"] == "dose"]
    table = rows.pivot_table(index="b", columns="a", values="value")
    found = dose_response(table.columns.to_numpy(), table.to_numpy(), table.to_numpy(), 0.05, lower_is_better=False)
    assert found["identified"]
    for row in of_group("dose").itertuples():
        assert found[str(row.key)] == pytest.approx(row.value, rel=RELATIVE), row.key


def test_components() -> None:
    rows = DATA[DATA["group"] == "components"].astype({"a": int, "b": int, "c": int})
    values = np.empty((4, 3, 5))
    values[rows["a"], rows["b"], rows["c"]] = rows["value"]
    found = {"".join(each.factors): each for each in components(values, "ABC", 0.05)}
    for row in of_group("components").itertuples():
        assert getattr(found[str(row.case)], str(row.key)) == pytest.approx(row.value, rel=RELATIVE), row.case
    assert sum(df for df, _ in mean_squares(values).values()) == values.size - 1


def test_upper_limit_of_a_standard_deviation() -> None:
    (row,) = of_group("sd").itertuples()
    assert upper_sd(0.4, 12) == pytest.approx(row.value, rel=RELATIVE)
