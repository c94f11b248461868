"""Rung 4: trials of the engine at the precision and of the reference have one distribution, within margins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bench import schema
from bench.assurance.certify import judge, looks
from bench.assurance.certify.finding import Check, Finding
from bench.assurance.certify.setting import Setting
from bench.assurance.certify.two_arms import ENGINE, REFERENCE, train_arms
from bench.data import DATA_SETS

NAME = "distribution"
CLAIM = "trials of the engine and of the reference agree in means, spreads, collapses and spikes, within margins"

MEAN_MARGINS = {"test_accuracy": 0.01, "running_train_loss": 0.005, "generalisation_gap": 0.003}
"""Fractions and nats, at the last epoch. A pilot of 40 trials of four epochs had SDs of 0.015, 0.0057 and 0.0026 in
both arms together. 200 trials an arm decide a margin of 0.33 SDs at a first look with 80% power: 0.0049, 0.0019 and
0.0009."""
SPREAD_MARGIN = 1.5
"""Ratio of standard deviations, either way."""
COLLAPSE_MARGIN = 0.05
SPIKE_MARGIN = 0.10
"""Differences of shares of trials."""
MARGINS = (
    "; ".join(f"mean of {name} {margin:g}" for name, margin in MEAN_MARGINS.items())
    + f"; spreads {SPREAD_MARGIN:g} times; share that collapses {COLLAPSE_MARGIN:g}; share that spikes {SPIKE_MARGIN:g}"
)
SPIKE = 0.02
"""Nats: a trial spikes where its running loss rises by more from an epoch to the next."""
FEWEST = 6
"""Trials an arm that the intervals need."""


def climb(setting: Setting) -> Finding:
    """Train what is missing of both arms, and judge."""
    rows = train_arms(setting)
    keys = ([row["key"] for row in rows[arm]] for arm in (ENGINE, REFERENCE))
    look = looks.take(setting.folder / "looks.jsonl", *keys)
    found = judge_arms(rows[ENGINE], rows[REFERENCE], DATA_SETS[setting.recipe.data].classes, look.alpha)
    return replace(found, notes={"look": look.number, "alpha": look.alpha})


def judge_arms(
    engine: list[dict[str, Any]], reference: list[dict[str, Any]], classes: int, alpha: float = judge.ALPHA
) -> Finding:
    """Compare the arms: means and spreads over the trials that trained, shares over all."""
    broke = [np.array([collapsed(row, classes) for row in arm]) for arm in (engine, reference)]
    spiked = [np.array([spikes(row) for row in arm]) for arm in (engine, reference)]
    trained = [
        [row for row, broken in zip(arm, gone, strict=True) if not broken]
        for arm, gone in zip((engine, reference), broke, strict=True)
    ]
    rule = judge.Rule(2 * len(MEAN_MARGINS) + 2, alpha)
    checks: list[Check] = []
    if min(map(len, trained)) >= FEWEST:
        for metric, margin in MEAN_MARGINS.items():
            ours, theirs = (np.array([METRICS[metric](row) for row in arm]) for arm in trained)
            checks.append(judge.mean(f"mean of {metric}", ours, theirs, margin, rule))
            checks.append(judge.spread(f"spread of {metric}", ours, theirs, SPREAD_MARGIN, rule))
    else:
        left = {"engine": len(trained[0]), "reference": len(trained[1]), "fewest": FEWEST}
        checks.append(Check("means and spreads", None, {"trials_that_trained": left}))
    checks.append(judge.share("share of trials that collapse", broke[0], broke[1], COLLAPSE_MARGIN, rule))
    checks.append(judge.share("share of trials that spike", spiked[0], spiked[1], SPIKE_MARGIN, rule))
    return Finding(NAME, CLAIM, checks)


METRICS = {
    "test_accuracy": lambda row: row["test_accuracy"][-1],
    "running_train_loss": lambda row: row["running_train_loss"][-1],
    "generalisation_gap": lambda row: row["train_accuracy"] - row["test_accuracy"][-1],
}
"""Metrics of a trial, at its last epoch; the gap is the clean one."""


def collapsed(row: dict[str, Any], classes: int) -> bool:
    """Tell whether a trial diverged, by the rule of the harness: not finite, or at chance at the end."""
    finite = np.isfinite(row["running_train_loss"]).all()
    at_chance = schema.is_at_chance(row["test_accuracy"][-1], 1 / classes)
    return bool(schema.has_diverged(finite, at_chance, stays_at_chance=False))


def spikes(row: dict[str, Any]) -> bool:
    """Tell whether the running loss ever rose by more than SPIKE from an epoch to the next, or was not finite."""
    rises = np.diff(row["running_train_loss"])
    return bool((rises > SPIKE).any() or not np.isfinite(rises).all())
