"""Seeds and images crossed, against base R (``crossed.R``; its output is ``crossed_r.csv``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.compare import compare
from analysis.crossed import crossed, mean_squares
from analysis.table import from_frame

HERE = Path(__file__).parent
DATA = pd.read_csv(HERE / "crossed_data.csv")
BY_R = pd.read_csv(HERE / "crossed_r.csv", comment="#")
DATASETS = list(DATA["dataset"].unique())


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


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_number_agrees_with_r(dataset: str) -> None:
    by_r = BY_R[BY_R["dataset"] == dataset].set_index("key")["value"]
    gap = dataset == "gap"
    gains = matrix(dataset, "condition") - matrix(dataset, "control")
    offset = matrix(dataset, "offset")[:, 0] if gap else None
    ms = mean_squares((offset[:, None] if offset is not None else 0) + (-gains if gap else gains))
    found = crossed(-gains if gap else gains, offset)
    assert found is not None
    assert vars(ms) == pytest.approx(
        {"seeds": by_r["ms_seeds"], "images": by_r["ms_images"], "interaction": by_r["ms_interaction"]}, rel=1e-9
    )
    metric = "generalisation_gap" if gap else "test_accuracy"
    (entry,) = compare(from_frame(table(dataset)), metric, "control").to_json()["comparisons"]
    assert entry["mean_difference"] == pytest.approx(by_r["mean"], rel=1e-9)
    for key in by_r.index[by_r.index.isin(entry)]:
        assert entry[key] == pytest.approx(by_r[key], rel=1e-9, abs=1e-12), key
    assert by_r.index.isin(entry).sum() == 6
    assert entry["ci_low_crossed_simultaneous"] == pytest.approx(by_r["ci_low_crossed"], rel=1e-9)


def test_r_covers_every_data_set() -> None:
    assert list(BY_R["dataset"].unique()) == DATASETS
