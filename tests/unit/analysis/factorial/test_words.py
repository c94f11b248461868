"""Sentences, text and the command: the same numbers and verdicts as the object."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from analysis.cli import main
from analysis.factorial import factorial
from analysis.factorial.result import EffectTest, FactorialEffect
from analysis.report.sections.factorial import effects_grid
from analysis.tables.table import from_frame
from analysis.wording import factorial as words
from analysis.wording.factorial_terminal import render
from analysis.wording.verdicts import short
from tests.unit.analysis.factorial.conftest import TWO


def effects(frame: pd.DataFrame, margin: float | None = 0.004):
    return {each.effect: each for each in factorial(from_frame(frame), "test_accuracy", margin=margin).effects}


def test_a_main_effect_and_an_interaction_in_words(crossed) -> None:
    found = effects(crossed(TWO, seeds=12, gains={"alpha": 25, "both": -40}))
    main_effect, interaction = (words.sentence(found[name]) for name in ("beta", "alpha × beta"))
    assert main_effect.startswith(
        "test_accuracy is lower at beta 1 than at beta 0, by more than the margin of 0.4 points"
    )
    assert main_effect.endswith("; 12 seeds; p = 0.0015).")
    assert interaction.startswith("The change in test_accuracy from alpha 0.2 to 0.5 is lower at beta 1 than at beta 0")
    for name in ("beta", "alpha × beta"):
        told = found[name].contrast
        assert f"{100 * told.headline.estimate:+.2f} points" in words.sentence(found[name])
        assert "; 12 seeds; p " in words.sentence(found[name])


def test_simple_effects_are_told_where_the_interaction_is_there(crossed) -> None:
    frame = crossed(TWO, seeds=12, gains={"alpha": 25, "both": -40})
    found = factorial(from_frame(frame), "test_accuracy", margin=0.004)
    told = words.simple_told(found)
    assert told == list(found.simple_effects)
    said = words.sentence(told[1])
    assert said.startswith(
        "test_accuracy at beta 1 is lower at alpha 0.5 than at alpha 0.2, by more than the margin of 0.4 points"
    )
    assert "hold for all effects at once" in render(found)
    assert all(words.sentence(each) in render(found) for each in told)
    assert words.WHY_SIMPLE in render(found)


@pytest.mark.parametrize("gains", [{"alpha": 25}, {}])
def test_simple_effects_are_not_told_where_it_is_not(crossed, gains) -> None:
    found = factorial(from_frame(crossed(TWO, seeds=12, gains=gains)), "test_accuracy", margin=0.02)
    assert found.effects[2].contrast.headline.verdict in ("equivalent", "inconclusive")
    assert words.simple_told(found) == []
    assert words.WHY_SIMPLE not in render(found)


def test_of_three_factors_only_those_of_the_interaction_that_is_there(crossed) -> None:
    found = factorial(from_frame(crossed(TWO | {"gamma": (1, 2)}, seeds=14)), "test_accuracy", margin=0.02)
    assert words.simple_told(found) == []
    chosen = found.effects[4]
    assert chosen.effect == "alpha × gamma"
    told = replace(chosen.contrast, headline=replace(chosen.contrast.headline, verdict="inferior"))
    there = (*found.effects[:4], replace(chosen, contrast=told), *found.effects[5:])
    assert [each.effect for each in words.simple_told(replace(found, effects=there))] == [
        "alpha at gamma 1", "alpha at gamma 2", "gamma at alpha 0.2", "gamma at alpha 0.5",
    ]  # fmt: skip


def test_a_curve_that_comes_back_is_there_by_its_f(crossed) -> None:
    frame = crossed({"alpha": (0.0, 0.5, 1.0), "beta": (0.0, 1.0)}, seeds=8)
    frame.loc[(frame["alpha"] == 0.5) & (frame["beta"] == 1.0), "test_correct"] += 40
    found = factorial(from_frame(frame), "test_accuracy", margin=0.004)
    interaction = found.effects[2]
    assert interaction.contrast.headline.verdict in ("equivalent", "inconclusive")
    assert words.is_there(interaction)
    assert words.simple_told(found)
    few = factorial(from_frame(frame[frame["seed"] < 4]), "test_accuracy", margin=0.004)
    assert few.effects[2].omnibus.p_holm < 0.05
    assert not words.is_there(few.effects[2])
    assert "4 seeds are too few for a verdict" in words.sentence(few.effects[2])


def test_undecided_and_too_few_claim_nothing(crossed) -> None:
    undecided = effects(crossed(TWO), 0.0001)["alpha × beta"]
    assert undecided.contrast.headline.verdict == "inconclusive"
    said = words.sentence(undecided)
    assert said.startswith("It is undecided whether the change in test_accuracy from alpha 0.2 to 0.5 is higher or")
    few = words.sentence(effects(crossed(TWO, seeds=2, gains={"alpha": 50}))["alpha"])
    assert few.startswith("alpha cannot be tested: it changes test_accuracy by +5.70 points (2 seeds). 2 seeds are")
    assert "higher" not in few
    assert "assuming normal differences" in words.sentence(effects(crossed(TWO, seeds=3, gains={"alpha": 50}))["alpha"])


def test_lines_and_names_are_told_apart(crossed) -> None:
    found = effects(crossed({"alpha": (0.0, 0.1, 0.5), "kind": ("a", "b", "c")}, gains={"alpha": 20}))
    ends = words.sentence(found["alpha"])
    assert ends.startswith("test_accuracy is higher at alpha 0.5 than at alpha 0, by more than")
    assert "The levels of alpha differ in some way: F(" in ends
    names = words.sentence(found["kind"])
    assert names.startswith("test_accuracy is equivalent at kind b and at kind a, to within 0.4 points: ")
    assert "at kind c and at kind a" in names
    assert "No difference between the levels of kind is shown: F(" in names
    both = words.sentence(found["alpha × kind"])
    assert both.startswith("alpha × kind has no sign: some of its levels are names without an order. No interaction of")
    test = found["kind"].omnibus
    ends = f"F({test.epsilon * test.df1:.3g}, {test.epsilon * test.df2:.3g}) = {test.f:.3g}"
    assert ends in names


def test_a_slope_has_its_unit_and_none_is_described_where_it_does_not_fit(crossed) -> None:
    frame = crossed({"alpha": (0.0, 0.1, 0.2), "beta": (0.0, 1.0)}, gains={"alpha": 20})
    told = effects(frame)["alpha"]
    said = words.sentence(told)
    assert told.lack_of_fit_p > 0.05
    ends = f"{100 * told.slope_low:+.3g} to {100 * told.slope_high:+.3g}"
    assert f"Slope: {100 * told.slope:+.3g} points per unit of alpha (95% t interval {ends}, p " in said
    assert f"lack of fit F = {told.lack_of_fit_f:.3g}, p = " in said
    frame.loc[frame["alpha"] == 0.1, "test_correct"] += 60
    bent = words.sentence(effects(frame)["alpha"])
    assert "Slope" not in bent
    assert "No straight line is described: the levels of alpha do not lie on one (lack of fit F = " in bent
    few = words.sentence(effects(crossed({"alpha": (0.0, 0.1, 0.2), "beta": (0.0, 1.0)}, seeds=1))["alpha"])
    assert "(lack of fit not tested: it takes 2 seeds or more)" in few
    frame["test_correct"] = 800 + frame["seed"]
    steady = words.sentence(effects(frame)["alpha"])
    assert "(lack of fit not tested: what a line leaves does not vary)" in steady


def test_three_factors_and_what_was_left_out(crossed) -> None:
    frame = crossed(TWO | {"gamma": (1, 2)})
    frame.loc[(frame["seed"] == 0) & (frame["gamma"] == 1) & (frame["alpha"] == 0.2), ["status"]] = "diverged"
    said = words.sentence(effects(frame)["alpha × beta × gamma"])
    assert "the interaction of alpha and beta in test_accuracy" in said
    assert "given that every cell trained (1 of 8 seeds left out)" in said


def test_a_table_names_the_levels_of_a_factor_that_has_others_in_between(crossed) -> None:
    """A verdict on the end levels is none on the factor: a curve that comes back is equivalent there."""
    factors = {"alpha": [0.2, 0.5, 0.8], "beta": [0.0, 1.0]}
    found = factorial(from_frame(crossed(factors, gains={"alpha": 25})), "test_accuracy", margin=0.004)
    labels = [words.label_of(each, each.contrast) for each in found.effects]
    assert labels == ["alpha: 0.2 to 0.8", "beta", "alpha × beta"]
    assert "\nalpha: 0.2 to 0.8  " in render(found)
    assert [row[0] for row in effects_grid(found).rows] == labels


def test_text_has_every_effect_cell_and_warning(crossed) -> None:
    frame = crossed(TWO, gains={"alpha": 25})
    frame = frame[(frame["seed"] != 2) | (frame["alpha"] == 0.2)]
    found = factorial(from_frame(frame), "test_accuracy", margin=0.004)
    text = render(found)
    for each in found.effects:
        (row,) = [line for line in text.splitlines() if line.startswith(f"{each.effect}  ")][-1:]
        assert f"{100 * each.contrast.headline.estimate:+.3f}" in row
        assert row.endswith(f"  {short(each.contrast)}")
    assert all(cell.condition in text for cell in found.cells)
    assert all(warning in text for warning in found.warnings)
    assert "in no complete block" in text
    assert " F " not in text, "of one dimension the contrast says it all"


@pytest.mark.slow
def test_the_command(crossed, tmp_path, capsys) -> None:
    path = tmp_path / "table.csv"
    frame = crossed(TWO, gains={"alpha": 25})
    frame.to_csv(path, index=False)
    asked = ["factorial", str(path), "--metric", "test_accuracy", "--margin", "0.004"]
    assert main([*asked, "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads(json.dumps(factorial(from_frame(frame), "test_accuracy", margin=0.004).to_json()))
    assert main([*asked, "--factors", "beta", "alpha"]) == 0
    assert "beta × alpha" in capsys.readouterr().out
    assert main([*asked, "--factors", "alpha", "gamma"]) == 2
    assert "there is no factor 'gamma'" in capsys.readouterr().err
    assert main([*asked, "--conditions", *frame["condition"].unique()[:3]]) == 2
    assert "1 of 4 combinations" in capsys.readouterr().err


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_direction_of_benefit_turns_the_verdict_and_not_the_sign(crossed, direction) -> None:
    frame = crossed(TWO, gains={"alpha": 25})
    effect = factorial(from_frame(frame), "test_accuracy", margin=0.004, direction=direction).effects[0]
    contrast = effect.contrast
    assert contrast is not None
    assert contrast.mean_difference > 0
    assert contrast.verdict == ("inferior" if direction == "lower" else "superior")
    assert "is higher at alpha 0.5" in words.sentence(effect)


@pytest.mark.parametrize(("change", "there"), [({}, True), ({"p_holm": 0.06}, False), ({"n": 4}, False)])
def test_f_is_there_by_its_adjusted_p_and_enough_seeds(change, there) -> None:
    test = EffectTest(**{"f": 9.0, "n": 8, "alpha": 0.05, "p_gg": 0.02, "p_holm": 0.04} | change)
    effect = FactorialEffect(effect="kind", factors=("kind",), kind=None, df=2, omnibus=test, contrast=None)
    assert words.is_there(effect) is there
    assert not words.is_there(replace(effect, df=1))
