"""Folds and random splits of one data set: nothing is claimed of seeds, and the corrected t test alone decides."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import analysis
from analysis.answer.compare import compare
from analysis.answer.gate import gate_versions
from analysis.base.errors import TableError
from analysis.cli import main
from analysis.figures import forest, raincloud
from analysis.report.evidence_of_table import evidence_of
from analysis.report.sections import answer as first_screen
from analysis.report.sections.order import OF_POOL, entries
from analysis.tables.loading import load
from analysis.tables.plan import Plan, PlannedAnalysis
from tests.results import write_trials

METRIC, FOLDS, FRACTION = "test_accuracy", 10, 0.1
OF_SEEDS = re.compile(r"new seeds|other seeds|more seeds|\d seeds|one seed each|exact limits")


def rows(folds: int = FOLDS, **more: object) -> pd.DataFrame:
    """Return folds on which “book” is better by far, and “wild” is not."""
    rng = np.random.default_rng(7)
    base = rng.normal(0.85, 0.01, folds)
    shifts = {"none": np.zeros(folds), "book": 0.01 + rng.normal(0, 0.003, folds), "wild": rng.normal(0, 0.003, folds)}
    made = [
        {"condition": label, "seed": fold, "fold": fold, METRIC: base[fold] + shift[fold], **more}
        for label, shift in shifts.items()
        for fold in range(folds)
    ]
    return pd.DataFrame(made)


def test_nothing_is_decided_where_the_share_held_out_is_not_known() -> None:
    found = analysis.compare(rows(), METRIC, "none", margin=0.001)
    for each in found.effects.values():
        told = each.headline
        assert (told.scope, told.estimand, told.verdict) == ("splits", "mean", "cannot_test")
        assert {told.low, told.high, told.p, told.interval, told.assumes} == {None}
        assert told.estimate == each.mean_difference
        assert (each.verdict, each.verdict_typical) == ("cannot_test", "cannot_test")
        assert "share training data" in str(told.reason)
        assert each.corrected_low is None and each.p_corrected is None
    assert found.omnibus.friedman_p is None and found.selection is None
    assert any("--test-fraction" in each for each in found.warnings)
    assert (found.to_json()["blocks"], found.to_json()["test_fraction"]) == ("splits", None)


def test_the_corrected_test_decides_where_it_is_known() -> None:
    found = analysis.compare(rows(), METRIC, "none", margin=0.001, test_fraction=FRACTION)
    book, wild = found.effects["book"], found.effects["wild"]
    d = np.array(list(book.differences.values()))
    reach = stats.t.isf(0.05 / 4, FOLDS - 1) * d.std(ddof=1) * (1 / FOLDS + FRACTION / (1 - FRACTION)) ** 0.5
    told = book.headline
    assert (told.low, told.high) == pytest.approx((d.mean() - reach, d.mean() + reach), rel=1e-9)
    assert (told.low, told.high, told.p) == (book.corrected_low, book.corrected_high, book.p_corrected)
    assert (told.scope, told.estimand, told.verdict, book.verdict) == ("splits", "mean", "superior", "superior")
    assert told.assumes == "normal differences with a correlation of 0.1 between any two splits"
    assert (wild.headline.verdict, book.verdict_typical) == ("inconclusive", "cannot_test")
    assert told.high - told.low > book.mean_high_simultaneous - book.mean_low_simultaneous
    assert (found.to_json()["blocks"], found.to_json()["test_fraction"]) == ("splits", FRACTION)


@pytest.mark.parametrize("fraction", [None, FRACTION])
@pytest.mark.parametrize("labels", [("none", "book"), ("none", "book", "wild")])
def test_no_word_is_of_seeds(fraction: float | None, labels: tuple[str, ...]) -> None:
    table = rows()[lambda frame: frame["condition"].isin(labels)].assign(status="ok")
    found = analysis.compare(table, METRIC, "none", margin=0.001, test_fraction=fraction)
    plan = PlannedAnalysis("none", METRIC, margin=0.001, test_fraction=fraction)
    evidence = evidence_of(found.table, plan, {METRIC: found})
    figures = " ".join(plot.caption(evidence) for plot in (forest.PLOT, raincloud.PLOT))
    for said in (str(found), figures):
        assert not OF_SEEDS.search(said), said
        assert "share training data" in said or fraction
    assert "approximate" in str(found) if fraction else "approximate CI" not in str(found)
    assert "10 splits" in str(found)
    assert first_screen.OVER_SPLITS in str(found) or fraction
    assert "seed" not in raincloud.PLOT.title


def test_a_plan_names_the_share_that_its_seeds_hold_out_as_splits() -> None:
    """Without a column that says by its name that seeds are folds."""
    bare = load(rows().drop(columns="fold"))
    planned = PlannedAnalysis("none", METRIC, test_fraction=FRACTION)
    table = replace(bare, plan=Plan("own", (), (), planned, {}))
    found, by_flag = compare(table, METRIC, "none"), compare(bare, METRIC, "none", test_fraction=FRACTION)
    assert found.effects["book"].headline == by_flag.effects["book"].headline
    assert found.effects["book"].headline.scope == "splits"
    other = compare(table, METRIC, "none", test_fraction=0.2)
    assert "test_fraction is 0.2; the analysis fixed before the data has 0.1" in other.warnings
    assert other.effects["book"].headline.low < found.effects["book"].headline.low


def test_the_share_of_a_plan_makes_its_seeds_splits_for_every_command(tmp_path: Path) -> None:
    given = {"control": "none", "primary": METRIC, "protocol": 2, "test_fraction": FRACTION}
    plan = {"conditions": [{"label": "none"}, {"label": "book"}, {"label": "wild"}], "analysis": given}
    trials = [
        {"trial_id": f"{row['condition']}{row['seed']}"} | row for row in rows().drop(columns="fold").to_dict("records")
    ]
    plan["trials"] = [{key: row[key] for key in ("trial_id", "condition", "seed")} for row in trials]
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    for row in trials:
        write_trials(tmp_path / "trials" / f"{row['trial_id']}.parquet", [row | {"status": "ok"}])
    assert not load(tmp_path).unit.independent
    assert analysis.compare(tmp_path, METRIC, "none").effects["book"].headline.scope == "splits"
    (tmp_path / "plan.json").write_text(json.dumps(plan | {"analysis": given | {"test_fraction": -1}}))
    with pytest.raises(TableError, match="test_fraction"):
        load(tmp_path)


def test_what_takes_independent_seeds_is_left_out_or_refused() -> None:
    found = analysis.compare(rows(), METRIC, "none")
    shown = {plot.name for entry in entries(found) for plot in entry.plots}
    assert shown == {"differences", "learning-curves", "raincloud"}
    assert len({plot.name for each in OF_POOL for plot in each.plots}) > 10
    with pytest.raises(TableError, match="takes independent seeds"):
        found.plot("p-calibration")
    assert found.plot("differences") is not None
    for ask in (analysis.sequential, analysis.selfcheck):
        with pytest.raises(TableError, match="takes independent seeds"):
            ask(rows(), METRIC, "none")
    crossed = rows().assign(a=lambda frame: frame["condition"] == "book", b=0)
    with pytest.raises(TableError, match="a factorial takes independent seeds"):
        analysis.factorial(crossed, METRIC)


def test_a_single_fold_is_one_split_on_which_seeds_are_independent() -> None:
    several = pd.concat([rows(fold=fold).assign(fold=fold) for fold in range(2)])
    table = load(several, where={"fold": "1"})
    assert table.unit.independent and not any("folds" in each for each in table.warnings)
    with pytest.raises(TableError, match="comes 2 times"):
        load(several)


def test_a_column_that_varies_between_conditions_alone_is_a_factor() -> None:
    frame = rows().assign(fold=lambda each: each["condition"])
    assert load(frame).unit.independent
    assert not load(rows()).unit.independent
    assert not load(rows().drop(columns="seed"), seed="fold").unit.independent


def test_images_are_not_crossed_with_splits() -> None:
    """Each split is tested on images of its own."""
    frame = rows().drop(columns=METRIC)
    right = np.random.default_rng(3).random((len(frame), 400)) < 0.8
    bits = {"test_bits": [np.packbits(each).tobytes() for each in right]}
    frame = frame.assign(test_correct=right.sum(axis=1), test_total=400, **bits)
    for asked, scope in (({}, "splits"), ({"test_fraction": FRACTION}, "splits")):
        effect = analysis.compare(frame, METRIC, "none", **asked).effects["book"]
        assert (effect.headline.scope, effect.test_set_floor, effect.verdict_crossed) == (scope, None, None)
    alone = analysis.compare(frame.drop(columns="fold"), METRIC, "none").effects["book"]
    assert alone.headline.scope == "seeds_and_images"


def test_seeds_are_splits_where_a_share_held_out_is_given() -> None:
    found = analysis.compare(rows().drop(columns="fold"), METRIC, "none", test_fraction=FRACTION)
    assert {each.headline.scope for each in found.effects.values()} == {"splits"}
    assert not found.unit.independent


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, float("nan"), 10.0])
def test_a_share_is_between_0_and_1(fraction: float) -> None:
    with pytest.raises(TableError, match="test_fraction"):
        analysis.compare(rows(), METRIC, "none", test_fraction=fraction)


def test_rates_have_no_limits_and_a_negative_control_no_interval() -> None:
    frame = rows().assign(stays_at_chance=lambda each: each["condition"] == "wild", status="ok")
    frame.loc[frame.index[12], "status"] = "diverged"
    found = analysis.compare(frame, METRIC, "none", test_fraction=FRACTION)
    told = found.divergence["book"]
    assert (told.n_diverged, told.rate_low, told.rate_high, told.p_mcnemar) == (1, None, None, None)
    assert {each.p_holm for each in found.bad_endings.values()} == {None}
    assert "“book” 1 of 10" in str(found) and "limits" not in str(found)
    apart = found.effects["wild"].headline
    assert (apart.verdict, apart.scope, apart.low, apart.interval) == (None, "splits", None, None)


@pytest.mark.parametrize(
    ("fraction", "exit_code"), [([], 5), (["--test-fraction", "0.1"], 0), (["--test-fraction", "0.8"], 5)]
)
def test_a_gate_holds_over_splits_by_the_corrected_test_alone(tmp_path, fraction: list[str], exit_code: int) -> None:
    table = tmp_path / "folds.csv"
    rows()[lambda frame: frame["condition"] != "wild"].to_csv(table, index=False)
    asked = ["--metric", METRIC, "--control", "none", "--margin", "0.001", "--require", "superior"]
    assert main(["gate", str(table), *asked, *fraction]) == exit_code


def test_two_versions_of_which_one_is_of_folds_are_compared_over_splits() -> None:
    versions = {name: load(rows() if name == "head" else rows().drop(columns="fold")) for name in ("base", "head")}
    found = gate_versions(versions["base"], versions["head"], METRIC, "equivalent", margin=0.1)
    assert {each.effect.headline.scope for each in found.conditions} == {"splits"}


def on_tasks(names: str = "abcd") -> pd.DataFrame:
    return pd.concat([rows(task=name).assign(**{METRIC: rows()[METRIC] + 0.001 * k}) for k, name in enumerate(names)])


def test_over_tasks_nothing_is_shown_without_the_share_held_out() -> None:
    found = analysis.compare(on_tasks(), METRIC, "none")
    for each in found.across.values():
        assert (each.these.verdict, each.new.verdict, each.these.low, each.new.low) == ("cannot_test",) * 2 + (
            None,
        ) * 2
        assert each.scope is None
    assert found.scores == () and len(found.pairs) == 3
    assert not OF_SEEDS.search(str(found))


def test_over_tasks_with_it_the_intervals_are_those_of_corrected_errors() -> None:
    found = analysis.compare(on_tasks(), METRIC, "none", test_fraction=FRACTION)
    book = found.across["book"]
    parts = [each.effects["book"] for each in found.tasks.values()]
    wide = [stats.t.isf(0.05 / 4, FOLDS - 1) * each.corrected_standard_error for each in parts]
    assert book.these.high - book.these.estimate == pytest.approx(np.hypot.reduce(wide) / 4, rel=1e-9)
    assert (book.scope, book.these.verdict) == ("splits", "superior")
    assert "for other splits of their data (approximately)" in str(found)
    assert not OF_SEEDS.search(str(found))


def test_splits_as_tasks_are_no_sample_of_tasks() -> None:
    seeds = [rows(task=0).assign(fold=fold, **{METRIC: rows()[METRIC] * (1 - 0.01 * fold)}) for fold in range(4)]
    found = analysis.compare(pd.concat(seeds).drop(columns="task"), METRIC, "none", task="fold")
    book = found.across["book"]
    assert (book.these.verdict, book.new.verdict, book.p_wilcoxon) == ("superior", "cannot_test", None)
    assert "no sample of tasks" in str(book.new.reason) and found.pairs == ()
