"""Trials on several tasks, made by rule."""

from __future__ import annotations

import numpy as np
import pandas as pd


def rows(tasks: int = 4, conditions: int = 3, seeds: int = 10, name: str = "task", label: str = "rate") -> pd.DataFrame:
    """Return accuracies that differ by task, seed and condition; the control is called none."""
    rng = np.random.default_rng(11)
    labels = ["none", *(f"{label}-0.{k}" for k in range(1, conditions))]
    gains = rng.normal(0.004 * np.arange(conditions), 0.006, (tasks, conditions))
    return pd.DataFrame(
        [
            {
                "task": f"{name}-{t}", "condition": each, "seed": seed, "classes": 10,
                "test_accuracy": 0.5 + 0.4 * t / tasks + common + gains[t, k] + rng.normal(0, 0.003),
            }
            for t in range(tasks)
            for seed, common in enumerate(rng.normal(0, 0.01, seeds))
            for k, each in enumerate(labels)
        ]
    )  # fmt: skip
