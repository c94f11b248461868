"""How often the condition is the better one: at the same seed, and as a fresh run against a fresh one."""

from __future__ import annotations

import numpy as np

from analysis.methods.failure_rates import clopper_pearson
from analysis.methods.result import Finding, undefined
from analysis.tables.pairing import Pairs, clear_steps

PAIRED = ("improvement_paired", "improvement_paired_low", "improvement_paired_high")
FRESH = ("improvement_fresh", "cliffs_delta")


def improvement(pairs: Pairs, alpha: float, lower_is_better: bool) -> Finding:
    """Return the shares of seeds, and of pairs of runs, in which the condition is better; ties count half.

    improvement_paired: over seeds; its interval at 1 - alpha is Clopper and Pearson's, low from the wins alone, high
    from wins and ties. improvement_fresh: over the n (n - 1) pairs of runs with different seeds, since a fresh run
    shares no seed. cliffs_delta: wins less losses over all n^2 pairs (Cliff 1993).
    """
    n, sign = pairs.n, -1 if lower_is_better else 1
    if n == 0:
        return undefined(PAIRED + FRESH, "no pairs")
    better = np.sign(sign * clear_steps(pairs))
    wins, ties = int((better > 0).sum()), int((better == 0).sum())
    low, high = clopper_pearson(wins, n, alpha)[0], clopper_pearson(wins + ties, n, alpha)[1]
    paired = dict(zip(PAIRED, ((wins + ties / 2) / n, low, high), strict=True))
    apart = pairs.treated[:, None] - pairs.untreated[None, :]
    outcome = np.where(np.abs(apart) * pairs.scale <= _noise(pairs), 0.0, np.sign(sign * apart))
    delta = float(outcome.mean())
    if n == 1:
        alone = {"improvement_fresh": None, "cliffs_delta": delta}
        return Finding(paired | alone, ("improvement_fresh is null: 1 pair has no two seeds that differ",))
    others = (outcome.sum() - np.trace(outcome)) / (n * (n - 1))
    return Finding(paired | {"improvement_fresh": float((1 + others) / 2), "cliffs_delta": delta})


def _noise(pairs: Pairs) -> float:
    """Return what two values may differ by and still be equal, in steps: counts differ by 1 or not at all."""
    return 0.5 if pairs.resolution == 0 else pairs.noise
