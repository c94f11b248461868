"""Made-up studies for the laws: counts with many ties and zeros, scores, correctness of test images; and how to ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from analysis.answer.compare import compare
from analysis.tables.table import from_frame

law = settings(derandomize=True, deadline=None, max_examples=20, database=None)

RANKS = ("wilcoxon_v", "p_wilcoxon")
CENTRE = ("hodges_lehmann", "hodges_lehmann_low", "hodges_lehmann_high")
SHARES = (
    "improvement_paired", "improvement_paired_low", "improvement_paired_high", "improvement_fresh", "cliffs_delta",
)  # fmt: skip
CROSSED_ALONE = (
    "se_crossed", "df_crossed", "ci_low_crossed", "ci_high_crossed", "p_crossed", "test_set_floor", "test_images",
)  # fmt: skip
UNADJUSTED = (
    "n_pairs", "mean_difference", "sd_difference", "standard_error", "t", "df", "p_t", "ci_low", "ci_high",
    "ci_low_90", "ci_high_90", "p_sign_flip", "p_min_attainable", "p_tost", "equivalent", "cohen_dz", "hedges_gz",
    "cohen_dz_low", "cohen_dz_high", "pair_correlation", "variance_reduction", *RANKS, *CENTRE, *SHARES,
    *CROSSED_ALONE,
)  # fmt: skip
P_KEYS = (
    "p_t", "p_sign_flip", "p_max_t", "p_max_t_step_down", "p_holm", "p_bh", "p_tost", "p_wilcoxon", "p_crossed",
    "p_crossed_adjusted",
)  # fmt: skip
INTERVALS = (
    "ci_low", "ci_high", "ci_low_90", "ci_high_90", "ci_low_simultaneous", "ci_high_simultaneous",
    "ci_low_simultaneous_90", "ci_high_simultaneous_90", "ci_low_crossed", "ci_high_crossed",
    "ci_low_crossed_simultaneous", "ci_high_crossed_simultaneous", "ci_low_crossed_simultaneous_90",
    "ci_high_crossed_simultaneous_90", "hodges_lehmann_low", "hodges_lehmann_high",
)  # fmt: skip
TOTAL = 1000

SEEDS, ARMS, FEW_SEEDS, IMAGES = st.integers(2, 10), st.integers(2, 4), st.integers(2, 7), st.integers(2, 19)

MIRRORED = {
    "superior": "inferior",
    "positive_but_negligible": "negative_but_negligible",
    "positive_magnitude_unclear": "negative_magnitude_unclear",
}
MIRRORED |= {value: key for key, value in MIRRORED.items()}
"""Verdicts that swapping the arms, or the direction of benefit, turns into others."""


@st.composite
def studies(draw, n=SEEDS, conditions=ARMS):
    """Counts [n seeds] per condition: few distinct values, so that ties and zeros come often."""
    size = draw(n)
    arms = draw(conditions)
    columns = st.lists(st.integers(380, 420), min_size=size, max_size=size)
    labels = ["control", *(f"c{i}" for i in range(1, arms))]
    return {label: draw(columns) for label in labels}


def frame_of(study: Mapping[str, Sequence[int]], scale: int = 1, shift: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"condition": label, "seed": seed, "test_correct": count * scale + shift, "test_total": TOTAL * scale}
            for label, counts in study.items()
            for seed, count in enumerate(counts)
        ]
    )


@st.composite
def correctness(draw, seeds=FEW_SEEDS, images=IMAGES, conditions=ARMS):
    """Return whether each test image was right, {condition: [S, N]}: images differ in how hard they are."""
    shape = draw(seeds), draw(images)
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    ease = rng.uniform(0, 1, shape[1])
    labels = ["control", *(f"c{i}" for i in range(1, draw(conditions)))]
    return {label: rng.random(shape) < np.clip(ease + rng.normal(0, 0.2), 0, 1) for label in labels}


def frame_of_images(right: Mapping[str, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "condition": label,
                "seed": seed,
                "test_correct": int(row.sum()),
                "test_total": len(row),
                "test_bits": np.packbits(row).tobytes(),
                "status": "ok",
            }
            for label, rows in right.items()
            for seed, row in enumerate(rows)
        ]
    )


def scores(**arms: Iterable[float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"condition": label, "seed": seed, "score": float(value)}
            for label, values in arms.items()
            for seed, value in enumerate(values)
        ]
    )


def answer(frame: pd.DataFrame, control: str = "control", metric: str = "test_accuracy", **options: Any) -> Any:
    return compare(from_frame(frame), metric, control, **({"margin": 0.01} | options)).to_json()


def by_condition(result: Mapping[str, Any]) -> dict[str, Any]:
    return {entry["condition"]: entry for entry in result["comparisons"]}


def same(first: Mapping[str, Any], second: Mapping[str, Any], keys: Iterable[str], rel: float = 1e-9) -> None:
    for key in keys:
        if first[key] is None or isinstance(first[key], bool | str):
            assert first[key] == second[key], key
            assert type(first[key]) is type(second[key]), key
        else:
            assert first[key] == pytest.approx(second[key], rel=rel, abs=1e-13), key


def mirrored(first: Mapping[str, Any], second: Mapping[str, Any], keys: Iterable[tuple[str, str]]) -> None:
    """Assert that each key of the first is the negative of its mirror image in the second, or null as that is."""
    for key, mirror in keys:
        if first[key] is None:
            assert second[mirror] is None, key
        else:
            assert first[key] == pytest.approx(-second[mirror], rel=1e-9, abs=1e-13), key
