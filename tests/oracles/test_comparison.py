"""Every number of a comparison against base R (``comparison.R``; its output is ``comparison_r.csv``)."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.tables.table import load
from tests.oracles.agreement import agree

HERE = Path(__file__).parent
DATA = pd.read_csv(HERE / "comparison_data.csv")
BY_R = pd.read_csv(HERE / "comparison_r.csv", comment="#")
DATASETS = list(DATA["dataset"].unique())


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Our own answers, by data set: counts of 10000 images, or a loss with four decimals."""
    folder = tmp_path_factory.mktemp("tables")
    answers = {}
    for dataset, rows in DATA.groupby("dataset"):
        loss = dataset == "loss"
        table = rows[["condition", "seed"]].assign(status="ok")
        table = (
            table.assign(test_loss=rows["value"])
            if loss
            else table.assign(test_correct=rows["value"].astype(int), test_total=10_000)
        )
        path = folder / f"{dataset}.csv"
        table.sample(frac=1, random_state=3).to_csv(path, index=False)
        metric, margin = ("test_loss", 0.005) if loss else ("test_accuracy", 0.002)
        answers[dataset] = compare(load(path), metric, "none", margin=margin).to_json()
    return answers


def test_r_covers_every_data_set():
    assert set(BY_R["dataset"]) == set(DATASETS)
    assert (HERE / "comparison_r.csv").read_text().startswith("# R version")


@pytest.mark.parametrize("key", sorted(BY_R["key"].unique()))
def test_agrees_with_r(results, key):
    expected = BY_R[BY_R["key"] == key]
    assert len(expected) >= 2
    where = "conditions" if key in ("mean", "sd", "median", "trimmed_mean") else "comparisons"
    for row in expected.itertuples():
        result = results[row.dataset]
        if row.condition == "omnibus":
            entry = result["omnibus"]
        else:
            entry = next(each for each in result[where] if each["condition"] == row.condition)
        agree(entry[key], row.value, (row.dataset, row.condition, key))


TYPICAL = {
    "hodges_lehmann": "typical_difference", "hodges_lehmann_low": "typical_low", "hodges_lehmann_high": "typical_high",
}  # fmt: skip


@pytest.mark.parametrize("key", TYPICAL)
def test_the_typical_difference_alone_is_r_s_pseudomedian(results, key):
    """``wilcox.test(d, conf.int = TRUE)`` where nothing diverged."""
    for row in BY_R[BY_R["key"] == key].itertuples():
        (entry,) = (each for each in results[row.dataset]["comparisons"] if each["condition"] == row.condition)
        agree(entry[TYPICAL[key]], row.value, (row.dataset, row.condition, key))


def test_equivalence_is_the_inner_interval_inside_the_margin(results):
    for dataset, margin in ((name, 0.005 if name == "loss" else 0.002) for name in DATASETS):
        for entry in results[dataset]["comparisons"]:
            if entry["p_t"] is None:
                assert entry["equivalent"] is None
                continue
            inside = -margin < entry["ci_low_90"] and entry["ci_high_90"] < margin
            assert entry["equivalent"] is inside
            assert (entry["p_tost"] < 0.05) is inside
