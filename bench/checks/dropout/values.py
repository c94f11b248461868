"""What units become: 0 or h / (1 - p), so that the mean is h and the variance h^2 p / (1 - p)."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.limits import binomial
from bench.checks.dropout.masks import (
    NOISE,
    NOT_FINITE,
    ROUNDING,
    SHIFTED,
    Array,
    Masks,
)
from bench.checks.dropout.verdicts import BROKEN, Figure, Found, Verdict

CELLS = 1 << 16
"""A rate may be realised as a whole number of 65,536ths, as by generators of 16 bits."""


def tolerance(rate: float) -> float:
    """Return by what share a right scale may differ from 1 / (1 - p): half a cell of the rate, and rounding."""
    return 0.5 / CELLS / (1 - rate) + ROUNDING


def kept_values(case: Case) -> Verdict:
    """What is not dropped is h / (1 - p), and what is dropped is 0: nothing else."""
    broken = [masks for masks in case.masks if masks.kind == NOT_FINITE]
    if broken:
        wrong = int((~np.isfinite(broken[0].outputs)).sum())
        figure = Figure(float(wrong), 0.0, 0.0, 0.0, broken[0].outputs.size, broken[0].rate, "infinite or not a number")
        return Verdict("kept-values", BROKEN, "outputs are not finite: look for a division by zero", (figure,))
    kinds = {masks.rate: masks for masks in case.masks}
    return case.at_each_rate(
        "kept-values",
        farthest_scale,
        "what is kept is h / (1 - p), what is dropped is 0",
        lambda figure: _wrong_scale(figure, kinds[figure.rate or 0.0]),
    )


def farthest_scale(masks: Masks, rounding: float = 0.0) -> Found:
    """Return the kept ratio that is farthest from 1 / (1 - p), which it may be by `rounding` more than in float32."""
    if masks.kind == SHIFTED:
        return farthest_slope(masks, rounding)
    ratios = masks.kept_ratios
    if not ratios.size:
        return "everything is dropped: there are no kept values"
    return _farthest(ratios, 1 / (1 - masks.rate), tolerance(masks.rate) + rounding, masks.rate, "output / input")


def farthest_slope(masks: Masks, rounding: float = 0.0) -> Figure:
    """Return the farthest slope of what shifted dropout keeps, where mean 0 and variance 1 of the input stay.

    Where dropped units become d, kept ones become a h + b; the mean of h' is 0 where b = -p d / (1 - p), and its
    variance is 1 where (1 - p) (a^2 + b^2) + p d^2 = 1 (Klambauer et al. 2017, section 'New dropout technique').
    """
    p, d = masks.rate, float(masks.outputs[masks.elements][0])
    shift, square = -p * d / (1 - p), (1 - p * d**2 / (1 - p)) / (1 - p)
    expected = math.sqrt(max(square, 0.0))
    slopes = ((masks.outputs - shift) / masks.inputs)[~masks.elements]
    room = 4 * (tolerance(p) + rounding) * (1 + abs(shift) / max(expected, tolerance(p)))
    return _farthest(slopes, expected, room, p, "(output - b) / input")


def _farthest(values: Array, expected: float, room: float, rate: float, where: str) -> Figure:
    farthest = max(float(values.min()), float(values.max()), key=lambda value: abs(value - expected))
    return Figure(farthest, expected, expected * (1 - room), expected * (1 + room), values.size, rate, where)


def _wrong_scale(figure: Figure, masks: Masks) -> str:
    p, scale = masks.rate, figure.measured
    if masks.kind == SHIFTED:
        floor = float(masks.outputs[masks.elements][0])
        return (
            f"dropped units become {floor:.4g} whatever they were, not 0: alpha dropout does that, and then keeps mean"
            f" 0 and variance 1 by a h + b, a = {figure.expected:.4g}, b = {-p * floor / (1 - p):.4g}; here it does not"
        )
    if masks.kind == NOISE:
        return "not Bernoulli: units are multiplied by many values; plain dropout knows 0 and 1 / (1 - p) only"
    for value, why in ((1, "not scaled at all"), (1 / p, "divided by p"), (1 - p, "multiplied by 1 - p")):
        if abs(scale / value - 1) < tolerance(p):
            return f"kept units are {why}: divide them by 1 - p = {1 - p:g}"
    return f"kept units are multiplied by {scale:.4g}: divide them by 1 - p = {1 - p:g}"


def mean(case: Case) -> Verdict:
    """E[h'] = h: the mean of output / input is 1, within exact binomial limits."""

    def look(masks: Masks) -> Found:
        if masks.kind == SHIFTED:
            return "the output is no multiple of the input, see kept-values"
        _, ratios = masks.drawn
        n, keep = ratios.size, 1 - masks.rate
        fewest, most = binomial(n, masks.rate, case.alpha)
        exact = (n - most) / (n * keep), (n - fewest) / (n * keep)
        low, high = widened(exact, 1.0, ratios, case.alpha)
        return Figure(
            float(ratios.mean()), 1.0, low - tolerance(masks.rate), high + tolerance(masks.rate), n, masks.rate
        )

    return case.at_each_rate(
        "mean",
        look,
        "the mean of h' is h",
        lambda figure: (
            f"the mean of h' is {figure.measured:.4g} h: the next layer sees other values than in evaluation;"
            " scale kept units by 1 / (share kept)"
        ),
    )


def variance(case: Case) -> Verdict:
    """Var(h' | h) = h^2 p / (1 - p)."""

    def look(masks: Masks) -> Found:
        if masks.kind == SHIFTED:
            return "the output is no multiple of the input, see kept-values"
        _, ratios = masks.drawn
        n, odds = ratios.size, masks.rate / (1 - masks.rate)
        ends = [k / n + (1 - k / n) * odds**2 for k in binomial(n, masks.rate, case.alpha)]
        squares = (ratios - 1) ** 2
        low, high = widened((min(ends), max(ends)), odds, squares, case.alpha)
        room = 4 * tolerance(masks.rate) * (1 + odds) ** 2
        return Figure(float(squares.mean()), odds, low - room, high + room, n, masks.rate)

    return case.at_each_rate(
        "variance",
        look,
        "the noise has variance h^2 p / (1 - p)",
        lambda figure: (
            f"the mean square of h' / h - 1 is {figure.measured:.4g}, not p / (1 - p) = {figure.expected:.4g}:"
            " the noise is not of the size that p says"
        ),
    )


def widened(exact: tuple[float, float], expected: float, values: Array, alpha: float) -> tuple[float, float]:
    """Return `exact` limits of a mean, or k standard errors of `values` where these are wider.

    A right dropout layer is held to limits that it breaks as seldom as the exact ones; noise of another form but of
    the right size is held to what its own spread allows.
    """
    k = float(stats.norm.isf(alpha / 2))
    room = k * float(values.std()) / math.sqrt(values.size)
    return min(exact[0], expected - room), max(exact[1], expected + room)


VALUE_LAWS = (
    Law("kept-values", "a unit becomes 0 or h / (1 - p), nothing else", kept_values),
    Law("mean", "E[h'] = h", mean, statistical=True),
    Law("variance", "Var(h' | h) = h^2 p / (1 - p)", variance, statistical=True),
)
