"""Seeds and images crossed, against base R (``crossed.R``; its output is ``crossed_r.csv``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.methods.random_effects import crossed, mean_squares
from analysis.methods.variance_components import split_seed_variance
from analysis.tables.images import PackedGains
from analysis.tables.table import from_frame
from tests.oracles.agreement import agree

HERE = Path(__file__).parent
DATA = pd.read_csv(HERE / "crossed_data.csv")
BY_R = pd.read_csv(HERE / "crossed_r.csv", comment="#")
DATASETS = list(DATA["dataset"].unique())
NAMES = list(BY_R["dataset"].unique())


def matrix(dataset: str, column: str) -> np.ndarray:
    rows = DATA[DATA["dataset"] == dataset]
    return rows.pivot_table(index="seed", columns="image", values=column).to_numpy()


def table(dataset: str) -> pd.DataFrame:
    """Return the data set as rows of trials, with bits, and training counts of a million images for the offset."""
    rows = []
    offset = matrix(dataset, "offset")[:, 0]
    for condition in ("condition", "control"):
        for seed, right in enumerate(matrix(dataset, condition).astype(bool)):
            gained = round(1e6 * offset[seed]) if condition == "condition" else 0
            rows.append(
                {
                    "condition": condition,
                    "seed": seed,
                    "test_correct": int(right.sum()),
                    "test_total": len(right),
                    "test_bits": np.packbits(right).tobytes(),
                    "train_correct": 900_000 + gained,
                    "train_total": 1_000_000,
                    "status": "ok",
                }
            )
    return pd.DataFrame(rows).sample(frac=1, random_state=1)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_agrees_with_r(name: str) -> None:
    """A data set with "-less" lacks its first seed: in the table the control alone does."""
    dataset = name.removesuffix("-less")
    first = int(name != dataset)
    by_r = BY_R[BY_R["dataset"] == name].set_index("key")["value"]
    gap = dataset == "gap"
    gains = (matrix(dataset, "condition") - matrix(dataset, "control"))[first:]
    offset = matrix(dataset, "offset")[first:, 0] if gap else None
    ms = mean_squares((offset[:, None] if offset is not None else 0) + (-gains if gap else gains))
    found = crossed(-gains if gap else gains, offset)
    assert found is not None
    for key, ours in (("ms_seeds", ms.seeds), ("ms_images", ms.images), ("ms_interaction", ms.interaction)):
        agree(ours, by_r[key], (name, key))
    metric = "generalisation_gap" if gap else "test_accuracy"
    rows = table(dataset)
    rows = rows[(rows["condition"] == "condition") | (rows["seed"] >= first)]
    (entry,) = compare(from_frame(rows), metric, "control").to_json()["comparisons"]
    assert entry["seeds_lost"] == list(range(first))
    agree(entry["mean_difference"], by_r["mean"], (name, "mean"), near_zero=1e-6)
    keys = by_r.index[by_r.index.isin(entry)]
    assert len(keys) == 6
    for key in keys:
        agree(entry[key], by_r[key], (name, key))
    agree(entry["ci_low_crossed_simultaneous"], by_r["ci_low_crossed"], (name, "simultaneous"))


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_split_of_an_arms_variance_agrees_with_r(dataset: str) -> None:
    by_r = BY_R[BY_R["dataset"] == dataset].set_index("key")["value"]
    for key, ours in vars(split_seed_variance(matrix(dataset, "condition"))).items():
        agree(ours, by_r[f"split_{key}"], (dataset, key))


def test_r_covers_every_data_set() -> None:
    assert [name for name in NAMES if not name.endswith("-less")] == DATASETS


def test_one_seed_and_gains_that_do_not_vary_have_no_crossed_estimate() -> None:
    assert crossed(np.array([[1.0, 0.0, -1.0]])) is None
    assert crossed(np.array([[1.0], [0.0]])) is None
    assert crossed(np.zeros((3, 4))) is None
    assert crossed(np.ones((3, 4))) is None


@pytest.mark.parametrize("seeds", [2, 31, 32, 33, 70])
def test_gains_that_are_unpacked_some_seeds_at_a_time_have_the_mean_squares_of_the_whole_table(seeds: int) -> None:
    rng = np.random.default_rng(seeds)
    more, less = (rng.random((seeds, 203)) < share for share in (0.8, 0.6))
    packed = PackedGains(np.packbits(more, axis=1), np.packbits(less, axis=1), 203)
    gains = more.astype(float) - less
    by_seed, by_image = gains.mean(axis=1) - gains.mean(), gains.mean(axis=0) - gains.mean()
    left = gains - gains.mean() - by_seed[:, None] - by_image
    found = mean_squares(packed)
    assert found.mean == pytest.approx(gains.mean(), rel=1e-12)
    assert found.seeds == pytest.approx(203 * (by_seed**2).sum() / (seeds - 1), rel=1e-12)
    assert found.images == pytest.approx(seeds * (by_image**2).sum() / 202, rel=1e-12)
    assert found.interaction == pytest.approx((left**2).sum() / (seeds - 1) / 202, rel=1e-12)
