"""Settings by the names that people give them: what is usually the condition, and what the seed."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.tables.names import last_part

CONDITIONS = (
    "condition", "method", "model", "algorithm", "algo", "group", "variant", "arm", "treatment", "setting",
    "regulariser", "regularizer", "optimiser", "optimizer", "approach", "experiment_name", "model_name", "classifier",
    "estimator", "architecture", "arch", "run_group",
)  # fmt: skip
"""``condition`` before all others; the rest are alike."""

SEEDS = (
    "seed", "random_seed", "random_state", "rng_seed", "run_seed", "global_seed", "seed_everything", "manual_seed",
    "rng", "replicate", "rep", "fold", "split",
)  # fmt: skip
"""The first that a log has is it."""


def matching(wanted: str, names: Iterable[str]) -> list[str]:
    """Return the name that is `wanted` exactly, else those whose last part it is."""
    known = list(names)
    if wanted in known:
        return [wanted]
    return [name for name in known if last_part(name) == last_part(wanted)]
