"""Seeds and groups of items crossed, against base R (``groups.R``; its output is ``groups_r.csv``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.answer.variance import variance_by_source
from analysis.methods.random_effects import without_each
from analysis.tables.item_groups import ItemGroups
from analysis.tables.table import from_frame
from tests.oracles.agreement import agree

HERE = Path(__file__).parent
DATA = pd.read_csv(HERE / "groups_data.csv")
BY_R = pd.read_csv(HERE / "groups_r.csv", comment="#")
DATASETS = list(DATA["dataset"].unique())


def table(dataset: str) -> pd.DataFrame:
    """Return the data set as rows of trials, with training counts of a million images for the offset of a gap."""
    rows = []
    for seed, own in DATA[DATA["dataset"] == dataset].groupby("seed"):
        for condition in ("condition", "control"):
            right = own[condition].to_numpy(bool)
            gained = round(1e6 * own["offset"].iloc[0]) if condition == "condition" else 0
            rows.append(
                {
                    "condition": condition,
                    "seed": seed,
                    "test_correct": int(right.sum()),
                    "test_total": len(right),
                    "test_bits": np.packbits(right).tobytes(),
                    "test_groups": own["group"].to_numpy(),
                    "train_correct": 800_000 + gained,
                    "train_total": 1_000_000,
                    "status": "ok",
                }
            )
    return pd.DataFrame(rows).sample(frac=1, random_state=1)


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_number_agrees_with_r(dataset: str) -> None:
    by_r = BY_R[BY_R["dataset"] == dataset].set_index("key")["value"]
    metric = "generalisation_gap" if dataset == "gap" else "test_accuracy"
    made = compare(from_frame(table(dataset)), metric, "control", estimand="mean")
    (entry,) = made.to_json()["comparisons"]
    assert len(by_r) == 16
    for key, value in by_r.items():
        agree(entry[key], value, (dataset, key), near_zero=1e-9)
    told = entry["headline"]
    assert told["scope"] == ("seeds_and_images" if dataset == "single" else "seeds_and_groups")
    assert (told["low"], told["high"], told["p"]) == (
        entry["mean_low_crossed_simultaneous"], entry["mean_high_crossed_simultaneous"],
        entry["p_mean_crossed_adjusted"],
    )  # fmt: skip


def test_r_covers_every_data_set() -> None:
    assert list(BY_R["dataset"].unique()) == DATASETS


def test_groups_of_one_item_each_change_no_digit() -> None:
    rows = table("single")
    for metric in ("test_accuracy", "generalisation_gap"):
        for estimand in ("typical", "mean"):
            grouped, plain = (
                compare(from_frame(each), metric, "control", estimand=estimand).to_json()
                for each in (rows, rows.drop(columns="test_groups"))
            )
            assert grouped == plain


def test_a_pseudo_value_is_what_leaving_the_group_out_shows() -> None:
    rng = np.random.default_rng(3)
    gains, group = rng.integers(-1, 2, (4, 37)), rng.permutation(np.arange(37) % 5 * (np.arange(37) % 7 > 0))
    labels = np.unique(group)
    whole = gains.mean(axis=1)
    made = np.column_stack(
        [len(labels) * whole - (len(labels) - 1) * gains[:, group != label].mean(axis=1) for label in labels]
    )
    groups = ItemGroups.of(group)
    assert groups is not None
    assert without_each(gains.astype(float), groups) + whole[:, None] == pytest.approx(made, rel=1e-12, abs=1e-12)
    assert groups.effective == pytest.approx(37**2 / sum((group == label).sum() ** 2 for label in labels))


def test_what_a_new_test_set_would_show_is_of_new_groups() -> None:
    """An arm's variance over seeds, split by mean squares of seeds and groups of like size."""
    rows = table("alike")
    (found,) = (
        each
        for each in variance_by_source(from_frame(rows), "test_accuracy", 0.05).conditions
        if each.condition == "condition"
    )
    data = DATA[DATA["dataset"] == "alike"]
    cells = data.pivot_table(index="seed", columns="group", values="condition", aggfunc="mean").to_numpy()
    by_seed = cells.mean(axis=1)
    left = cells - by_seed[:, None] - cells.mean(axis=0) + cells.mean()
    churn = (left**2).sum() / ((len(cells) - 1) * (cells.shape[1] - 1)) / cells.shape[1]
    assert found.test_set is not None
    assert found.test_set.total == pytest.approx(by_seed.var(ddof=1), rel=1e-9)
    assert found.test_set.churn == pytest.approx(churn, rel=1e-9)
    assert found.test_set.lasting == pytest.approx(max(0.0, by_seed.var(ddof=1) - churn), rel=1e-9, abs=1e-15)
