"""A second opinion that is not ours: the Bayesian signed-rank test of baycomp, beside the verdict."""

from __future__ import annotations

import numpy as np

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.base.errors import TableError
from analysis.methods import verdict
from analysis.methods.cross_check import CrossCheck
from bench.schema.known_metrics import LOWER

BETTER, EQUIVALENT, WORSE = "better", "equivalent", "worse"
DRAWS, SEED, FEWEST = 50_000, 0, 5

_POINTS_TO = {
    verdict.SUPERIOR: BETTER,
    verdict.POSITIVE_BUT_NEGLIGIBLE: EQUIVALENT,
    verdict.EQUIVALENT: EQUIVALENT,
    verdict.NEGATIVE_BUT_NEGLIGIBLE: EQUIVALENT,
    verdict.INFERIOR: WORSE,
}
"""Where a verdict points; every other points nowhere."""


def cross_check(whole: Comparison) -> tuple[CrossCheck, ...]:
    """Ask baycomp's Bayesian signed-rank test (Benavoli et al. 2014) about each condition that has enough pairs.

    Over the differences of complete pairs, with the margin as region of practical equivalence; not adjusted for the
    number of conditions. 50,000 draws from a fixed seed, so it says the same again.

    Raises
    ------
    TableError
        baycomp is not installed; no margin; a direction that is not known; splits in place of seeds.
    """
    faults = []
    if whole.margin is None:
        faults.append("a cross-check needs --margin: the region of practical equivalence")
    if whole.direction is None:
        faults.append("a cross-check needs to know which values are better: --higher-is-better or --lower-is-better")
    if not whole.unit.independent:
        faults.append("a cross-check is of independent seeds; splits of one data set share training data")
    try:
        from baycomp import SignedRankTest  # noqa: PLC0415 - an optional extra
    except ImportError:
        faults.append("a cross-check needs baycomp: python -m pip install 'regularisation-bench[bayes]'")
        raise TableError("cross-check", faults) from None
    if faults or whole.margin is None:
        raise TableError("cross-check", faults)
    return tuple(_of(each, whole, SignedRankTest) for each in whole.judged if len(each.pairs) >= FEWEST)


def _of(effect: Effect, whole: Comparison, test: type) -> CrossCheck:
    treated = np.array([pair.condition for pair in effect.pairs])
    untreated = np.array([pair.control for pair in effect.pairs])
    told = test.probs(untreated, treated, rope=whole.margin, nsamples=DRAWS, random_state=SEED)
    lower, within, higher = (float(each) for each in told)
    better, worse = (lower, higher) if whole.direction == LOWER else (higher, lower)
    by_word = {BETTER: better, EQUIVALENT: within, WORSE: worse}
    return CrossCheck(
        condition=effect.condition,
        n=len(effect.pairs),
        p_better=better,
        p_equivalent=within,
        p_worse=worse,
        points_to=next((word for word, p in by_word.items() if p > 1 - whole.alpha), None),
        verdict_points_to=_POINTS_TO.get(effect.headline.verdict or ""),
    )
