"""From paired log ratios to verdicts. Everything is in log seconds: log(head / base), positive is slower.

Regressed: the one-sided t test of 'slower by no more than the margin' (5% unless another is given) is rejected at
alpha after Holm over the benchmarks of the run, in the first rounds and, by the same criterion over those so accused,
in a fresh block of as many rounds. When nothing is slower by more than the margin, the first happens in at most alpha
of runs and both in at most alpha^2.
Improved: the mirror image in the first rounds; no second block, since it stops nobody.
Unchanged: neither, and the 1 - 2 alpha interval lies within the margin (two one-sided tests).
Inconclusive: anything else; also an accusation that the fresh block does not confirm.
Contaminated: the control moved, so nothing else can be told. Where the control is too noisy to be called unchanged by
the test above, all is inconclusive.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from scipy import optimize, stats

from analysis.methods.multiplicity import holm
from analysis.methods.paired_t import equivalence, moments, t_test
from analysis.tables.pairing import pair

REGRESSED, IMPROVED, UNCHANGED = "regressed", "improved", "unchanged"
INCONCLUSIVE, CONTAMINATED, NEW, GONE = "inconclusive", "contaminated", "new", "gone"

ALPHA = 0.05
MARGIN = math.log(1.05)
"""A slowdown of 5%; as a speed-up, its inverse."""

CONTROL_ALPHA, CONTROL_MARGIN = 0.01, math.log(1.01)
"""The control has moved where its 99% interval lies wholly beyond +-1%."""

POWER = 0.8


@dataclass(frozen=True)
class Estimate:
    """Log ratio head / base of one benchmark over the rounds of a block."""

    n: int
    mean: float
    standard_error: float
    low: float
    high: float
    """Ends of the t interval at 1 - 2 alpha."""
    p_slower: float
    """p-value of 'slower by at most the margin', one-sided."""
    p_faster: float
    """p-value of 'faster by at most the margin', one-sided."""
    equivalent: bool
    margin: float = MARGIN
    """Log ratio up to which slower is not regressed."""

    @property
    def df(self) -> int:
        """Degrees of freedom."""
        return self.n - 1


@dataclass(frozen=True)
class Verdict:
    """What is said of one benchmark, and why where the figures alone do not say it."""

    benchmark: str
    verdict: str
    first: Estimate | None = None
    fresh: Estimate | None = None
    why: str = ""
    family: int = 1
    """How many benchmarks Holm's method was over in the first rounds."""
    visible: float | None = None
    """Smallest slowdown, as a fraction, that this run would have called regressed with 80% probability."""


def estimate(head: np.ndarray, base: np.ndarray, margin: float = MARGIN) -> Estimate:
    """Return the estimate from logarithms `[rounds]` of both sides; where each round has one ratio, it is exact."""
    pairs = pair((REGRESSED, UNCHANGED), range(len(head)), head, base)
    if not pairs.varies:
        return _exact(pairs.n, float(np.mean(np.subtract(head, base))), margin)
    found, interval, same = moments(pairs), t_test(pairs, ALPHA).result, equivalence(pairs, ALPHA, margin).result
    assert interval.ci_low_90 is not None
    assert interval.ci_high_90 is not None
    assert same.equivalent is not None
    return Estimate(
        n=found.n,
        mean=found.mean,
        standard_error=found.standard_error,
        low=interval.ci_low_90,
        high=interval.ci_high_90,
        p_slower=float(stats.t.sf((found.mean - margin) / found.standard_error, found.df)),
        p_faster=float(stats.t.cdf((found.mean + margin) / found.standard_error, found.df)),
        equivalent=same.equivalent,
        margin=margin,
    )


def _exact(n: int, ratio: float, margin: float) -> Estimate:
    slower, faster = (float(shift <= margin) for shift in (ratio, -ratio))
    return Estimate(n, ratio, 0.0, ratio, ratio, slower, faster, abs(ratio) < margin, margin)


def moved(control: Estimate) -> bool:
    """Return whether the control, the same work on both sides, took longer on one of them."""
    reach = float(stats.t.isf(CONTROL_ALPHA / 2, control.df)) * control.standard_error
    return abs(control.mean) - reach > CONTROL_MARGIN


def blurred(control: Estimate) -> bool:
    """Return whether the control is not shown to lie within the margin, by the test that `unchanged` is given by."""
    return not control.equivalent


TOO_NOISY = "the control is too noisy to show that nothing else moved"
ALONE = "beyond the margin alone, not after Holm over the benchmarks"


def judge(family: Mapping[str, Estimate], control: Estimate) -> list[Verdict]:
    """Return the verdicts of the first rounds; `regressed` is an accusation until `confirm` has seen fresh ones."""
    if moved(control):
        return [Verdict(name, CONTAMINATED, each, why="the control moved") for name, each in family.items()]
    if blurred(control):
        return [Verdict(name, INCONCLUSIVE, each, why=TOO_NOISY) for name, each in family.items()]
    slower = holm([each.p_slower for each in family.values()])
    faster = holm([each.p_faster for each in family.values()])
    return [
        _verdict(Verdict(name, INCONCLUSIVE, each, family=len(family)), each, above, below)
        for (name, each), above, below in zip(family.items(), slower, faster, strict=True)
    ]


def accused(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the benchmarks that need fresh rounds."""
    return [each.benchmark for each in verdicts if each.verdict == REGRESSED]


def confirm(verdicts: Sequence[Verdict], fresh: Mapping[str, Estimate], control: Estimate) -> list[Verdict]:
    """Return the verdicts after fresh rounds of the accused and of the control."""
    names = accused(verdicts)
    adjusted = dict(zip(names, holm([fresh[name].p_slower for name in names]), strict=True))
    decided = []
    for each in verdicts:
        if each.verdict != REGRESSED:
            decided.append(each)
            continue
        again = replace(each, fresh=fresh[each.benchmark])
        if moved(control):
            again = replace(again, verdict=CONTAMINATED, why="the control moved in the fresh rounds")
        elif blurred(control):
            again = replace(again, verdict=INCONCLUSIVE, why=f"{TOO_NOISY} in the fresh rounds")
        elif adjusted[each.benchmark] >= ALPHA:
            again = replace(again, verdict=INCONCLUSIVE, why="slower at first; the fresh rounds did not confirm it")
        decided.append(again)
    return decided


def with_visible(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts, each with the smallest slowdown that its rounds could have seen."""
    return [
        replace(each, visible=smallest_visible(each.first, each.family))
        if each.first is not None and each.verdict != CONTAMINATED and not each.why.startswith(TOO_NOISY)
        else each
        for each in verdicts
    ]


def smallest_visible(seen: Estimate, family: int) -> float:
    """Return the smallest slowdown, as a fraction, that this run would have called regressed with 80% probability.

    By the noncentral t at the realised standard error: the first rounds at alpha / `family` (Holm's first step), and
    the fresh ones at alpha, as noisy. Each adds its probability of missing, so both together have the power.
    """

    def lacking(slowdown: float) -> float:
        shift = (slowdown - seen.margin) / seen.standard_error
        passes = [float(stats.nct.sf(stats.t.isf(level, seen.df), seen.df, shift)) for level in (ALPHA / family, ALPHA)]
        return math.prod(passes) - POWER

    if seen.standard_error == 0:
        return math.expm1(seen.margin)
    far = seen.margin + 4 * float(stats.t.isf(ALPHA / family, seen.df)) * seen.standard_error
    return math.expm1(cast("float", optimize.brentq(lacking, seen.margin, far)))


def _verdict(open_: Verdict, seen: Estimate, slower: float, faster: float) -> Verdict:
    """Return the verdict from the p-values after Holm; where they and the printed interval differ, say why."""
    if slower < ALPHA:
        return replace(open_, verdict=REGRESSED)
    if faster < ALPHA:
        return replace(open_, verdict=IMPROVED)
    if seen.equivalent:
        return replace(open_, verdict=UNCHANGED)
    return replace(open_, why=ALONE) if min(seen.p_slower, seen.p_faster) < ALPHA else open_
