"""Made-up crossings of two or more factors, with counts of a test set of 1,000 images."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

IMAGES = 1_000


def make(
    levels: Mapping[str, Sequence[Any]],
    seeds: int = 8,
    gains: Mapping[str, float] | None = None,
    bits: bool = False,
) -> pd.DataFrame:
    """Return trials of every combination of `levels`; `gains` has images gained per place of a level, or ``both``."""
    rng = np.random.default_rng(5)
    rows = []
    for seed in range(seeds):
        block = rng.normal(0, 12)
        for places in itertools.product(*(range(len(each)) for each in levels.values())):
            at = dict(zip(levels, places, strict=True))
            gain = sum((gains or {}).get(name, 0.0) * place for name, place in at.items())
            gain += (gains or {}).get("both", 0.0) * all(places)
            right = round(850 + block + gain + rng.normal(0, 4))
            row = {
                "condition": "_".join(f"{name}-{levels[name][place]}" for name, place in at.items()),
                "seed": seed, "status": "ok", "classes": 10, "test_correct": right, "test_total": IMAGES,
                **{name: levels[name][place] for name, place in at.items()},
            }  # fmt: skip
            if bits:
                row["test_bits"] = np.packbits(rng.permutation(np.arange(IMAGES) < right)).tobytes()
            rows.append(row)
    return pd.DataFrame(rows)


TWO = {"alpha": (0.2, 0.5), "beta": (0.0, 1.0)}


@pytest.fixture
def crossed():
    """Return the function that makes a crossing."""
    return make
