"""Trials on several tasks whose differences are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import analysis

NAMES = ("fashion", "digits", "kuzushiji", "letters")
LABELS = ("none", "half", "book")


def rows(
    names: tuple[str, ...] = NAMES, seeds: int = 10, labels: tuple[str, ...] = LABELS, column: str = "task"
) -> pd.DataFrame:
    """Return trials on tasks whose conditions are a hundredth apart, but for noise."""
    rng = np.random.default_rng(11)
    made = [
        {column: name, "condition": label, "seed": seed, "test_accuracy": 0.4 + 0.03 * t + 0.01 * k + common + noise}
        for t, name in enumerate(names)
        for seed, common in enumerate(rng.normal(0, 0.01, seeds))
        for k, (label, noise) in enumerate(zip(labels, rng.normal(0, 0.003, len(labels)), strict=True))
    ]
    return pd.DataFrame(made)


def over(given: pd.DataFrame, **told: Any) -> analysis.ComparisonOverTasks:
    found = analysis.compare(given, "test_accuracy", "none", **told)
    assert isinstance(found, analysis.ComparisonOverTasks)
    return found


def losses(sizes: dict[str, float], seeds: int = 8) -> pd.DataFrame:
    """Return losses of two conditions a tenth apart, of these sizes on the tasks."""
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {"task": name, "condition": label, "seed": seed, "test_loss": size * factor * np.exp(rng.normal(0, 0.05))}
        for name, size in sizes.items()
        for label, factor in (("none", 1.0), ("half", 1.1))
        for seed in range(seeds)
    )


def single_runs(names: tuple[str, ...] = NAMES) -> pd.DataFrame:
    """Return one run of each condition on each task."""
    return rows(names)[lambda table: table["seed"] == 0]
