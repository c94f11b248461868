"""Late test accuracy: exact, over the epochs that were fixed, and no trial without it left out in silence."""

import json
from fractions import Fraction
from statistics import median

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.answer.compare import compare
from analysis.base.errors import TableError
from analysis.cli import main
from analysis.report.gather import gather
from analysis.tables.late_training import late_median
from analysis.tables.loading import load
from analysis.tables.metric import measure, metrics_of
from bench.schema import CURVES
from bench.schema.curves import with_curves
from bench.schema.known_metrics import BAD_ENDING, HIGHER, LATE, LATE_EPOCHS, bad_ending_of, direction_of, is_fraction
from tests import late_training as page
from tests.results import write, write_trials

LABELS, SEEDS, EPOCHS, TOTAL = ("none", "book"), range(8), 7, 300
COUNTS = {
    f"{label}{seed}": [200 + (37 * seed + 61 * epoch + 13 * place * (seed + epoch)) % 60 for epoch in range(EPOCHS)]
    for place, label in enumerate(LABELS)
    for seed in SEEDS
}
"""Test images classified rightly after each epoch, by trial."""


def rows(counts=COUNTS, **more):
    return [
        {"trial_id": f"{label}{seed}", "condition": label, "seed": seed, "device": "cpu", "precision": "float32",
         "status": "ok", "classes": 10, "test_correct": counts[f"{label}{seed}"][-1], "test_total": TOTAL} | more
        for label in LABELS
        for seed in SEEDS
    ]  # fmt: skip


def points(trial_id, correct):
    return [
        {"trial_id": trial_id, "epoch": epoch, "test_accuracy": None if each is None else each / TOTAL}
        for epoch, each in enumerate(correct, start=1)
    ]


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes a results folder; curves of some trials may be other than they should be."""

    def written(counts=COUNTS, without=(), analysis=None):
        for row in rows():
            write_trials(tmp_path / "trials" / f"{row['trial_id']}.parquet", [row])
        for trial_id, correct in (COUNTS | counts).items():
            if trial_id not in without:
                curve = pa.Table.from_pylist(points(trial_id, correct), schema=CURVES)
                write(tmp_path / "curves" / f"{trial_id}.parquet", curve)
        if analysis is not None:
            plan = {
                "schema_version": 1, "study": "s", "conditions": [{"label": label} for label in LABELS],
                "analysis": {"control": "none", "primary": "test_accuracy", "protocol": 2} | analysis,
                "trials": [
                    {name: row[name] for name in ("trial_id", "condition", "seed", "device", "precision")}
                    for row in rows()
                ],
            }  # fmt: skip
            (tmp_path / "plan.json").write_text(json.dumps(plan))
        return tmp_path

    return written


def test_the_registry_knows_it():
    assert (direction_of(LATE), is_fraction(LATE), bad_ending_of(LATE)) == (HIGHER, True, BAD_ENDING)


@pytest.mark.parametrize("epochs", range(1, EPOCHS + 1))
def test_the_median_of_the_last_epochs_is_exact(folder, epochs):
    found = measure(load(folder(), late_epochs=epochs), LATE)
    assert found.scale == 2 * TOTAL
    for label, arm in found.arms.items():
        expected = [median(Fraction(each, TOTAL) for each in COUNTS[f"{label}{seed}"][-epochs:]) for seed in SEEDS]
        assert [Fraction(int(each), found.scale) for each in arm.numerator] == expected
        assert arm.value.tolist() == [float(each) for each in expected]


def test_equal_medians_of_unequal_epochs_are_ties(folder):
    counts = {"none0": [0, 0, 0, 240, 241, 243, 244], "book0": [0, 0, 0, 242, 100, 242, 299]}
    (first, *_) = compare(load(folder(counts), late_epochs=4), LATE, "none").effects["book"].pairs
    assert (first.control, first.condition, first.difference) == (242 / TOTAL, 242 / TOTAL, 0.0)


def test_accuracies_that_are_no_counts_stay_fractions():
    assert late_median(np.array([0.5, 0.2, 0.4]), 10) == (0.4, 8.0, 20)
    value, *counts = late_median(np.array([0.5, 0.25, 0.4]), 10)
    assert value == 0.4
    assert np.isnan(counts).all()
    assert late_median(np.array([0.25]), np.nan)[0] == 0.25


def test_curves_in_the_rows_of_a_table_are_as_good(folder, tmp_path):
    curves = pa.concat_tables([pa.Table.from_pylist(points(*each), schema=CURVES) for each in COUNTS.items()])
    trials = pa.Table.from_pandas(pd.DataFrame(rows()), preserve_index=False)
    pq.write_table(with_curves(trials, curves), tmp_path / "table.parquet")
    table = load(tmp_path / "table.parquet")
    assert LATE in metrics_of(table)
    assert table.late_epochs == LATE_EPOCHS
    of_folder, of_table = (compare(each, LATE, "none").effects["book"] for each in (load(folder()), table))
    assert of_folder.pairs == of_table.pairs


def test_a_trial_without_enough_epochs_is_named(folder):
    counts = {"book3": COUNTS["book3"][:2], "book5": [*COUNTS["book5"][:-1], None]}
    table = load(folder(counts, without=["none6"]), late_epochs=3)
    found = compare(table, LATE, "none")
    assert {(each.condition, each.seeds): each.reason for each in found.dropped if each.reason.startswith("no ")} == {
        ("none", (6,)): f"no {LATE}: the trial has no curve",
        ("book", (3,)): f"no {LATE}: its curve has 2 epochs, and late_epochs is 3",
        ("book", (5,)): f"no {LATE}: test accuracy is empty in some of its last 3 epochs",
        ("none", (3, 5)): f"no partner: 'book' has no {LATE} at this seed",
        ("book", (6,)): f"no partner: 'none' has no {LATE} at this seed",
    }
    assert found.effects["book"].n_pairs == 5


def test_where_no_curve_is_long_enough_it_is_an_error(folder, capsys):
    source = folder()
    assert main(["compare", str(source), "--metric", LATE, "--control", "none", "--late-epochs", "8"]) == 2
    assert "needs test accuracies of the last 8 epochs: its curve has 7 epochs" in capsys.readouterr().err
    assert main(["compare", str(source), "--metric", LATE, "--control", "none", "--late-epochs", "0"]) == 2
    assert "late_epochs is 0; allowed: a whole number above 0" in capsys.readouterr().err


def test_a_table_without_curves_has_no_such_metric(tmp_path):
    pd.DataFrame(rows()).to_csv(tmp_path / "table.csv", index=False)
    with pytest.raises(TableError, match=f"there is no metric '{LATE}'"):
        measure(load(tmp_path / "table.csv"), LATE)


def test_a_column_of_that_name_is_taken_as_it_stands(tmp_path):
    pd.DataFrame(rows(late_test_accuracy=0.25)).to_csv(tmp_path / "table.csv", index=False)
    assert set(measure(load(tmp_path / "table.csv"), LATE).arms["book"].value) == {0.25}


@pytest.mark.parametrize(
    ("planned", "given", "epochs", "said"),
    [
        (None, None, LATE_EPOCHS, "last 4 epochs: the level of late training, not that of the final weights; the "
         "analysis fixed before the data does not fix how many"),
        (3, None, 3, "last 3 epochs: the level of late training, not that of the final weights"),
        (3, 2, 2, "last 2 epochs: the level of late training, not that of the final weights; the analysis fixed before "
         "the data has late_epochs 3"),
        (1, None, 1, f"{LATE} is test accuracy after the last epoch"),
    ],
)  # fmt: skip
def test_how_many_epochs_comes_from_the_plan_and_is_stated(folder, planned, given, epochs, said):
    table = load(folder(analysis={"late_epochs": planned}), late_epochs=given)
    assert table.late_epochs == epochs
    (note,) = [
        each for each in compare(table, LATE, "none").warnings if each.startswith(f"{LATE} is ") and "epoch" in each
    ]
    assert note.endswith(said)


@pytest.mark.parametrize("command", ["compare", "sequential", "selfcheck", "power --delta 0.01 --pilot"])
def test_every_command_that_takes_a_metric_takes_it(folder, command, capsys):
    asked = [*command.split(), str(folder(analysis={})), "--metric", LATE, "--json", "-"]
    shown = []
    for epochs in "36":
        assert main([*asked, "--late-epochs", epochs]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] != shown[1]


@pytest.mark.slow
def test_the_report_compares_it_where_curves_are_long_enough(folder):
    source = folder(analysis={"late_epochs": 3})
    assert LATE in gather(source).pools[0].evidence.comparisons
    assert LATE not in gather(source, {"late_epochs": 8}).pools[0].evidence.comparisons


@pytest.mark.slow
def test_the_factorial_of_a_committed_study_takes_it(capsys):
    asked = ["factorial", str(page.ROOT / "results/epochs"), "--metric", LATE, "--json", "-"]
    spread = []
    for epochs in "15":
        assert main([*asked, "--late-epochs", epochs]) == 0
        effects = json.loads(capsys.readouterr().out)["effects"]
        spread.append(max(each["contrast"]["standard_error"] for each in effects))
    assert spread[1] < spread[0] / 2


@pytest.mark.slow
def test_the_default_is_what_other_studies_than_the_reference_choose():
    assert "reference" not in page.STUDIES
    assert page.least(page.costs(), "both") == LATE_EPOCHS
    assert page.page() == page.PAGE.read_text(encoding="utf-8"), page.COMMAND
