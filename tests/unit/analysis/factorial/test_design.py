"""Which conditions form a full factorial, and what is said where they do not."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import TableError
from analysis.factorial import of_study
from analysis.factorial.contrasts import effects, ends
from analysis.factorial.design import APART, AT_CHANCE, CONTROL, crossing
from analysis.factorial.factors import Factor
from analysis.tables.plan import Plan, PlannedAnalysis
from analysis.tables.table import Table, from_frame
from tests.unit.analysis.factorial.conftest import TWO


def refused(frame: pd.DataFrame, *names: str, conditions=None) -> str:
    with pytest.raises(TableError) as error:
        crossing(from_frame(frame), names or None, conditions)
    return str(error.value)


def with_control(table: Table, label: str) -> Table:
    return replace(table, plan=Plan("s", (), (), PlannedAnalysis(label, "test_accuracy"), {}))


def test_factors_are_found_and_cells_stand_in_the_order_of_their_levels(crossed) -> None:
    frame = crossed({"beta": (4, 1, 2), "kind": ("sgd", "adam")}).sample(frac=1, random_state=1)
    frame["score"] = np.arange(len(frame))
    found = crossing(from_frame(frame))
    assert [each.name for each in found.factors] == ["beta", "kind"]
    assert found.factors[0].levels == (1.0, 2.0, 4.0)
    assert set(found.factors[1].levels) == {"sgd", "adam"}
    told = [f"beta-{beta:g}_kind-{kind}" for beta, kind in found.combinations()]
    assert list(found.cells) == told


def test_layers_that_agree_are_one_factor(crossed) -> None:
    frame = crossed(TWO).rename(columns={"alpha": "dropout_1"})
    layers = frame.assign(dropout_2=frame["dropout_1"])
    found = crossing(from_frame(layers))
    assert [(each.name, each.columns) for each in found.factors] == [
        ("dropout", ("dropout_1", "dropout_2")), ("beta", ("beta",)),
    ]  # fmt: skip
    assert found.warnings == ()
    apart = crossing(from_frame(frame.assign(size=np.where(frame["beta"] > 0, "big", "small"))))
    assert [each.name for each in apart.factors] == ["dropout_1", "beta"]
    assert "beta and size vary together" in apart.warnings[0]


def test_layers_that_differ_are_one_factor_whose_levels_name_each_layer(crossed) -> None:
    frame = crossed(TWO | {"alpha": (0.0, 0.2)}).rename(columns={"alpha": "dropout_1"}).sample(frac=1, random_state=3)
    found = crossing(from_frame(frame.assign(dropout_2=np.where(frame["dropout_1"] > 0, 0.5, 0.0))))
    assert next((each.name, each.levels) for each in found.factors) == ("dropout", ("0", "(0.2, 0.5)"))
    assert found.warnings == ()
    assert next(iter(found.cells)).startswith("alpha-0.0")
    (main, *_) = effects(found)
    assert main.weights is not None


def test_pairs_of_rates_have_no_ends(crossed) -> None:
    frame = crossed(TWO | {"alpha": (0.0, 0.2, 0.5)}).rename(columns={"alpha": "dropout_1"})
    found = crossing(from_frame(frame.assign(dropout_2=frame["dropout_1"].map({0.0: 0.5, 0.2: 0.2, 0.5: 0.0}))))
    assert found.factors[0].levels == ("(0, 0.5)", "0.2", "(0.5, 0)")
    assert not found.factors[0].has_ends


def test_a_missing_combination_is_an_error_that_names_it(crossed) -> None:
    frame = crossed({"alpha": (0.1, 0.2, 0.3), "beta": (0.0, 1.0)})
    said = refused(frame[frame["condition"] != "alpha-0.2_beta-1.0"])
    assert "1 of 6 combinations of levels have no condition: alpha 0.2, beta 1" in said
    assert "--conditions" in said
    chosen = [label for label in frame["condition"].unique() if "alpha-0.2" not in label]
    found = crossing(from_frame(frame), None, chosen)
    assert found.factors[0].levels == (0.1, 0.3)
    assert len(found.outside) == 2


def test_faults_of_factors_that_are_named(crossed) -> None:
    frame = crossed(TWO).assign(gamma=3.0, delta=np.nan)
    assert "there is no factor 'alfa'; did you mean 'alpha'?" in refused(frame, "alfa", "beta")
    assert "'gamma' has one level" in refused(frame, "alpha", "gamma")
    assert "'delta' is empty in rows of condition" in refused(frame, "alpha", "delta")
    assert "'test_correct' varies within condition" in refused(frame, "alpha", "test_correct")
    assert "name two or more" in refused(frame, "alpha")
    assert "there is no condition 'nobody'" in refused(frame, conditions=["nobody"])
    three = crossed(TWO | {"gamma": (1, 2)})
    assert "all stand at alpha 0.2, beta 0; name the factor" in refused(three, "alpha", "beta")


def test_a_table_without_two_factors_is_no_factorial(crossed) -> None:
    one = crossed({"alpha": (0.1, 0.2)})
    assert "vary in 1 factor ('alpha'); a factorial needs 2" in refused(one)
    assert of_study(from_frame(one), "test_accuracy") is None
    assert of_study(from_frame(crossed(TWO)), "test_accuracy") is not None


def test_conditions_that_cannot_be_cells_stand_outside_and_that_is_said(crossed) -> None:
    frame = crossed(TWO)
    first = frame[frame["condition"] == frame["condition"].iloc[0]]
    strange = first.assign(condition="strange", alpha=0.9, beta=7.0)
    dropped = first.assign(condition="all", alpha=1.0, beta=0.0, stays_at_chance=True)
    found = crossing(from_frame(pd.concat([strange, frame.assign(stays_at_chance=False), dropped])))
    assert dict(found.outside) == {"strange": APART, "all": AT_CHANCE}
    assert len(found.cells) == 4
    told = of_study(from_frame(pd.concat([strange, frame])), "test_accuracy")
    assert told is not None
    assert any("'strange' is left out" in each for each in told.warnings)


def test_the_control_of_a_grid_may_stand_outside_it_and_no_other_condition_may(crossed) -> None:
    frame = crossed(TWO)
    first = frame[frame["condition"] == frame["condition"].iloc[0]]
    none = pd.concat([first.assign(condition="none", alpha=0.0), frame])
    found = crossing(with_control(from_frame(none), "none"))
    assert found.outside == (("none", CONTROL),)
    with pytest.raises(TableError, match=re.escape("no condition: alpha 0, beta 1")):
        crossing(from_frame(none))


def test_of_names_the_controls_stands_first_and_numbers_keep_their_order(crossed) -> None:
    table = from_frame(crossed({"alpha": (0.2, 0.5), "kind": ("a", "b", "c")}))
    found = crossing(with_control(table, "alpha-0.5_kind-c"))
    assert [each.levels for each in found.factors] == [(0.2, 0.5), ("c", "a", "b")]
    assert found.cells[:3] == ("alpha-0.2_kind-c", "alpha-0.2_kind-a", "alpha-0.2_kind-b")
    assert [each.name for each in effects(found)[1].against_reference] == ["kind: a", "kind: b"]
    assert [each.between for each in effects(found)[1].against_reference] == [(("c", "a"),), (("c", "b"),)]
    told = of_study(with_control(table, "alpha-0.5_kind-c"), "test_accuracy")
    assert told is not None
    plain = of_study(table, "test_accuracy")
    assert plain is not None
    (a, _), (_, c) = told.effects[1].against_reference, plain.effects[1].against_reference
    assert a.mean_difference == pytest.approx(-c.mean_difference, rel=1e-12)


def test_weights_are_exact_and_say_the_sign() -> None:
    assert ends(Factor("a", ("a",), (0.2, 0.5))) == (-1, 1)
    assert ends(Factor("a", ("a",), ("sgd", "adam"))) == (-1, 1)
    assert ends(Factor("a", ("a",), (0.0, 0.1, 0.5))) == (-1, 0, 1)


def test_effects_split_the_cells_and_names_of_many_levels_have_no_sign(crossed) -> None:
    found = effects(crossing(from_frame(crossed({"alpha": (1, 2), "kind": ("a", "b", "c"), "beta": (0, 5)}))))
    assert [each.df for each in found] == [1, 2, 1, 2, 1, 2, 2]
    whole = sum(each.projection for each in found) + np.full((12, 12), 1 / 12)
    assert np.allclose(whole, np.eye(12), atol=1e-14)
    assert [each.weights is None for each in found] == [False, True, False, True, False, True, True]
    assert [each.name for each in found[1].against_reference] == ["kind: b", "kind: c"]
    for each in (*found, *found[1].against_reference):
        if each.weights is not None:
            weights = np.array([float(one) for one in each.weights])
            assert np.allclose(each.projection @ weights, weights)
