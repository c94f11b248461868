"""Do the error rates hold on these very data? Signs of the centred differences are flipped, and every claim counted.

Centred differences with flipped signs are data in which nothing differs, shaped as the user's own. What is claimed of
them is an error. That holds as far as the differences are symmetric: flips say nothing of skewness.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from analysis.finding import why_untestable
from analysis.multiplicity import common_seeds
from analysis.paired_t import half_width
from analysis.pairing import Pairs
from analysis.sign_flip import EXACT_UP_TO, flip, flip_chunks
from analysis.simultaneous import critical_values

FLIPS = 2_000
SEED = 20_240_302
"""Of the flips above `EXACT_UP_TO` seeds; recorded."""
SURE = 0.999
"""An error rate fails above the quantile at this level of what `FLIPS` draws at the nominal rate come to."""

FAILS, CONSERVATIVE, HOLDS = "fails", "conservative", "holds"
NOTE = "Flips leave every difference as far from the mean as it is: they cannot show what skewness does."


@dataclass(frozen=True)
class Check:
    """One error rate: what it is promised to be, what it came to, and what it may come to."""

    name: str
    nominal: float
    achieved: float
    limit: float
    floor: float

    @property
    def verdict(self) -> str:
        """Fails above the limit, conservative below the floor."""
        return FAILS if self.achieved > self.limit else CONSERVATIVE if self.achieved < self.floor else HOLDS


def self_check(family: Sequence[Pairs], alpha: float) -> dict[str, Any]:
    """Return n, flips, exhaustive, seed, note and the checks, each with its verdict.

    Parameters
    ----------
    family : sequence of Pairs
        The conditions of one metric. They are taken on the seeds that all have.
    alpha : float

    Notes
    -----
    All flips are enumerated up to 14 seeds; above, `FLIPS` are drawn. A rate fails above the binomial limit of `FLIPS`
    draws plus one step of the lattice, 2 / 2^n, and is conservative as far below. Enumerated rates have the same
    limits: of one sample the t test's rate is not alpha but near it (5.3% is ordinary at n = 12), and a check that
    called this a failure would accuse nearly every sound table.
    """
    seeds = common_seeds([pairs for pairs in family if why_untestable(pairs) is None])
    inside = [each for pairs in family if (each := pairs.on(seeds)).n >= 2 and each.varies]
    n = len(seeds)
    found = {"n": n, "conditions": [pairs.condition for pairs in inside], "seed": SEED, "note": NOTE}
    if not inside:
        return found | {"flips": 0, "exhaustive": False, "checks": []}
    centred = np.column_stack([pairs.differences - pairs.differences.mean() for pairs in inside])
    t = np.concatenate([_t(centred, signs) for signs in _signs(n)])
    rates = {
        "t test, each condition, worst": float((np.abs(t) > half_width(1 - alpha, n - 1)).mean(axis=0).max()),
        "simultaneous intervals, any condition": float(
            (np.abs(t) > np.array(critical_values(inside, [alpha])[0])).any(axis=1).mean()
        ),
        "max-t, any condition": _max_t_errors(centred, t, alpha),
    }
    checks = [Check(name, alpha, rate, *_bounds(alpha, n)) for name, rate in rates.items()]
    told = [vars(check) | {"verdict": check.verdict} for check in checks]
    return found | {"flips": len(t), "exhaustive": n <= EXACT_UP_TO, "checks": told}


def _signs(n: int) -> Iterator[np.ndarray]:
    """Yield rows of signs, -1 or 1, [flips, n]."""
    if n <= EXACT_UP_TO:
        yield from (1 - 2 * flipped for flipped in flip_chunks(n))
        return
    yield np.random.Generator(np.random.PCG64([SEED, n])).choice([-1.0, 1.0], (FLIPS, n))


def _t(centred: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Return the t statistics [flips, K] of `centred` [n, K] with `signs` [flips, n]; a lack of variation is inf."""
    n = len(centred)
    mean = signs @ centred / n
    variance = ((centred**2).sum(axis=0) / n - mean**2) * n / (n - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return mean / np.sqrt(np.maximum(variance, 0.0) / n)


def _max_t_errors(centred: np.ndarray, t: np.ndarray, alpha: float) -> float:
    """Return the share of the flipped data of which the max-t test claims anything at `alpha`.

    Flips of flipped data are flips of the data, so one reference serves them all.
    """
    n = len(centred)
    reference = np.sort(flip(centred, np.zeros(centred.shape[1])).u.max(axis=1))
    squared = t**2
    u = np.sqrt(np.where(np.isinf(squared), n, n * squared / (n - 1 + squared)))
    reached = len(reference) - np.searchsorted(reference, u.max(axis=1) * (1 - 1e-9), side="left")
    return float((reached / len(reference) <= alpha).mean())


def _bounds(alpha: float, n: int) -> tuple[float, float]:
    """Return above which error rate a check fails, and below which it is conservative."""
    step = 2.0 ** (1 - n)
    high, low = (float(stats.binom.ppf(level, FLIPS, alpha)) / FLIPS for level in (SURE, 1 - SURE))
    return high + step, low - step
