"""The drop rate: what is asked for, and the same for every unit, row, call and input."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy import stats

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.limits import binomial, most_unlike
from bench.checks.dropout.masks import AXES, CALL, ROW, UNIT, Masks, distinct
from bench.checks.dropout.probing import LEVELS
from bench.checks.dropout.verdicts import Figure, Found, Verdict

NOISE_ONLY = "no unit is dropped: it is noise, see kept-values"
NOTHING = "nothing or everything is dropped, so that there is no rate to compare"


def drop_rate(case: Case) -> Verdict:
    """Each unit is dropped with probability p: the share of zeros, within exact binomial limits."""

    return case.at_each_rate(
        "drop-rate", lambda masks: share(masks, case.alpha), "units are dropped at the rate that was set", _wrong_rate
    )


def share(masks: Masks, alpha: float) -> Found:
    """Return the share of what is dropped, within exact binomial limits of the rate."""
    if not masks.drops:
        return NOISE_ONLY
    dropped, _ = masks.drawn
    low, high = binomial(dropped.size, masks.rate, alpha)
    n = dropped.size
    return Figure(float(dropped.mean()), masks.rate, low / n, high / n, n, masks.rate)


def _wrong_rate(figure: Figure) -> str:
    p, measured, room = figure.rate or 0.0, figure.measured, figure.high - figure.low
    if measured == 0:
        return "nothing is ever dropped: draw a mask and multiply by it in training mode"
    if abs(measured - (1 - p)) < room:
        return f"units are dropped with probability 1 - p = {1 - p:g}: p is the rate of dropping, not of keeping"
    if abs(measured - (1 + p) / 2) < room:
        return f"units are dropped with probability (1 + p) / 2 = {(1 + p) / 2:g}: draw on [0, 1), not on [-1, 1)"
    if abs(measured - stats.norm.cdf(p)) < room:
        return f"units are dropped where a normal number is below p, with probability {measured:.4g}: draw uniform ones"
    return f"units are dropped at rate {measured:.4g} in place of {p:g}: drop where a uniform number is below p"


def _by_axis(law: str, axis: int, advice: str) -> Law:
    """Return the law that the rate is the same all along `axis`."""

    def judge(case: Case) -> Verdict:
        return case.at_each_rate(
            law,
            lambda masks: unlike_along(masks, axis, case.alpha) if masks.drops else NOISE_ONLY,
            f"every {AXES[axis]} has the same drop rate",
            lambda figure: (
                f"{figure.where} is dropped at rate {figure.measured:.4g}, all at {figure.expected:.4g}: {advice}"
            ),
        )

    return Law(law, f"the drop rate of every {AXES[axis]} is that of all", judge, statistical=True)


@lru_cache(maxsize=6)  # several laws ask; of two rates and three axes all answers are kept
def unlike_along(masks: Masks, axis: int, alpha: float) -> Found:
    """Return the rate of the unit, row or call that is least like the others."""
    others = tuple(each for each in (CALL, ROW, UNIT) if each != axis)
    dropped, _ = distinct(masks, others)
    if dropped.all() or not dropped.any():
        return NOTHING
    counts = dropped.sum(axis=others)
    worst, figure = most_unlike(counts, np.full(len(counts), dropped.size // len(counts)), alpha)
    return replace(figure, rate=masks.rate, where=f"{AXES[axis]} {worst}")


@lru_cache(maxsize=2)
def unlike_by_input(masks: Masks, alpha: float) -> Found:
    """Return the rate at the input value that is least like the others."""
    if not masks.drops:
        return NOISE_ONLY
    if masks.dropped.all() or not masks.dropped.any():
        return NOTHING
    groups = [masks.dropped[masks.values == level] for level in LEVELS]
    counts, sizes = (np.array([f(group) for group in groups]) for f in (np.sum, np.size))
    worst, figure = most_unlike(counts, sizes, alpha)
    return replace(figure, rate=masks.rate, where=f"inputs of {LEVELS[worst]:g}")


def by_input(case: Case) -> Verdict:
    """Whether a unit is dropped has nothing to do with its value."""

    return case.at_each_rate(
        "rate-by-input",
        lambda masks: unlike_by_input(masks, case.alpha),
        "the drop rate does not depend on the input's value",
        lambda figure: (
            f"{figure.where} are dropped at rate {figure.measured:.4g}, all together at {figure.expected:.4g}:"
            " draw the mask without looking at the input"
        ),
    )


RATE_LAWS = (
    Law("drop-rate", "each unit is dropped with probability p", drop_rate, statistical=True),
    _by_axis("rate-by-unit", UNIT, "draw a number for every unit, and let each be dropped"),
    _by_axis("rate-by-row", ROW, "draw a number for every row of the batch"),
    _by_axis("rate-by-call", CALL, "the rate must stay as it was set, from the first call to the last"),
    Law("rate-by-input", "whether a unit is dropped does not depend on its value", by_input, statistical=True),
)
