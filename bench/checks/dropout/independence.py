"""Masks are drawn afresh: for every call, every row, every unit, and by every layer for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.limits import most_correlated
from bench.checks.dropout.masks import (
    AXES,
    CALL,
    ROW,
    UNIT,
    Array,
    Masks,
    chance_of_agreement,
    collect,
    distinct,
    first_of_each,
    read,
)
from bench.checks.dropout.probing import ROWS, UNITS, call
from bench.checks.dropout.rates import NOTHING, unlike_along
from bench.checks.dropout.subject import FUNCTION
from bench.checks.dropout.verdicts import BROKEN, NOT_APPLICABLE, Figure, Found, Verdict, judged

SHORT_CALLS, SHORT_SHAPE = 1024, (16, 16)
"""Calls that no mask may come back in, and the shape of their inputs."""
PAIRS_OF_LAYERS = 4
"""Pairs of layers whose first masks are compared."""


def fresh(case: Case) -> Verdict:
    """Every call draws a new mask: no two are the same, and none tells of another."""
    seen = [repeats(masks, CALL) for masks in case.masks]
    seen += [repeats(_short_calls(case, masks.rate), CALL) for masks in case.masks if _own_numbers(masks)]
    again = judged("fresh-masks", seen, "", _reused)
    if again.outcome == BROKEN:
        return again
    return _correlation(
        case, "fresh-masks", CALL, "masks of successive calls are independent", "draw a new mask in every call"
    )


def _own_numbers(masks: Masks) -> bool:
    """Tell whether no call, row or unit has the mask of another: then many small masks do not agree by chance."""
    found = [repeats(masks, axis) for axis in AXES]
    return all(not isinstance(each, Figure) or each.holds for each in found)


def _short_calls(case: Case, rate: float) -> Masks:
    """Return what a new layer does in many calls on few numbers."""
    return collect(case.probe, rate, case.probe.inputs(SHORT_CALLS, *SHORT_SHAPE, stream=8))


@lru_cache(maxsize=6)  # several laws ask; of two rates and three axes all answers are kept
def repeats(masks: Masks, axis: int) -> Found:
    """Count what along `axis` has the mask of one before, where independent masks would practically never agree."""
    slices = np.moveaxis(masks.dropped, axis, 0).reshape(masks.dropped.shape[axis], -1)
    if masks.dropped.all() or not masks.dropped.any():
        return NOTHING
    if chance_of_agreement(slices) > 1e-9:
        return "masks this sparse may agree by chance"
    found = len(slices) - len(first_of_each(masks.dropped, axis))
    return Figure(float(found), 0.0, 0.0, 0.0, len(slices), masks.rate, "with a mask seen before")


def _reused(figure: Figure) -> str:
    if figure.measured == figure.n - 1:
        return "one mask is used for ever: draw a new one in every call of forward"
    return f"{figure.measured:.0f} of {figure.n} calls use a mask that was used before: draw a new one in every call"


def _correlation(case: Case, law: str, axis: int, right: str, advice: str) -> Verdict:
    """Return the verdict on correlation between what is dropped at some lags along `axis`."""

    def look(masks: Masks) -> Found:
        others = tuple(each for each in (CALL, ROW, UNIT) if each != axis)
        dropped, _ = distinct(masks, others)
        expected = _own_rates(dropped, _unlike_axes(masks, case.alpha))
        figure = most_correlated(dropped, axis, case.alpha, expected)
        return NOTHING if figure is None else replace(figure, rate=masks.rate)

    return case.at_each_rate(
        law, look, right, lambda figure: f"correlation {figure.measured:.3g} at {figure.where}: {advice}"
    )


def _unlike_axes(masks: Masks, alpha: float) -> list[int]:
    """Return the axes along which units are dropped at unlike rates.

    That is another law's finding; but unlike rates would look like correlation, were they not allowed for.
    """
    found = {axis: unlike_along(masks, axis, alpha) for axis in (CALL, ROW, UNIT)}
    return [axis for axis, figure in found.items() if isinstance(figure, Figure) and not figure.holds]


def _own_rates(dropped: Array, axes: Sequence[int]) -> Array | None:
    """Return each number's own drop rate, a product over `axes`; None where all have one rate."""
    if not axes:
        return None
    expected = np.full(dropped.shape, dropped.mean())
    for axis in axes:
        rest = tuple(each for each in range(dropped.ndim) if each != axis)
        expected = expected * dropped.mean(axis=rest, keepdims=True) / dropped.mean()
    return expected.clip(0, 1)


def rows_differ(case: Case) -> Verdict:
    """Every row of the batch has a mask of its own."""
    advice = "draw a mask of the input's whole shape, not one that the rows share"
    shared = _shared(case, "own-mask-by-row", ROW, advice)
    return shared or _correlation(case, "own-mask-by-row", ROW, "every row has a mask of its own", advice)


def units_differ(case: Case) -> Verdict:
    """Units are dropped independently of each other."""
    advice = "draw a number for every unit, not one for several"
    shared = _shared(case, "independent-units", UNIT, advice)
    return shared or _correlation(case, "independent-units", UNIT, "units are dropped independently", advice)


def _shared(case: Case, law: str, axis: int, advice: str) -> Verdict | None:
    """Return the verdict on rows or units that have the mask of another; None where there are none."""

    def told(figure: Figure) -> str:
        return f"{figure.measured:.0f} of {figure.n} {AXES[axis]}s have the mask of another: {advice}"

    verdict = judged(law, [repeats(masks, axis) for masks in case.masks], "", told)
    return verdict if verdict.outcome == BROKEN else None


def own_masks(case: Case) -> Verdict:
    """Two layers of one network draw different masks."""
    law = "own-mask-by-layer"
    if case.probe.subject.form == FUNCTION:
        return Verdict(law, NOT_APPLICABLE, "a plain function has no state that two layers could share")

    def look(masks: Masks) -> Found:
        pairs = np.stack([_first_masks(case, masks.rate, stream) for stream in range(1, PAIRS_OF_LAYERS + 1)])
        for axis in (2, 3):
            pairs = np.take(pairs, first_of_each(pairs, axis), axis)
        own = _own_rates(pairs, [axis + 1 for axis in _unlike_axes(masks, case.alpha) if axis != CALL])
        figure = most_correlated(pairs, 1, case.alpha, own)
        return NOTHING if figure is None else replace(figure, rate=masks.rate, where="two layers")

    return case.at_each_rate(
        law,
        look,
        "two layers of one network draw masks of their own",
        lambda figure: (
            f"first masks of two layers have correlation {figure.measured:.3g}:"
            " do not seed a generator by a constant in the constructor"
        ),
    )


def _first_masks(case: Case, rate: float, stream: int) -> Array:
    """Return what two new layers drop in their first calls, one after the other, bool `[2, rows, units]`."""
    probe = case.probe
    inputs = probe.inputs(2, ROWS, UNITS, stream=stream)
    with replace(probe, seed=probe.seed + stream).seeded():
        layers = [probe.make(rate), probe.make(rate)]
        outputs = [call(layer, each).detach() for layer, each in zip(layers, inputs, strict=True)]
    before, after = (each.double().cpu().numpy()[:, None] for each in (inputs, torch.stack(outputs)))
    return np.concatenate([read(rate, *pair, len(probe.spatial)).dropped for pair in zip(before, after, strict=True)])


INDEPENDENCE_LAWS = (
    Law("fresh-masks", "every call draws a mask that no other tells of", fresh, statistical=True),
    Law("own-mask-by-row", "every row of the batch has a mask of its own", rows_differ, statistical=True),
    Law("independent-units", "units are dropped independently of each other", units_differ, statistical=True),
    Law("own-mask-by-layer", "two layers of one network draw masks of their own", own_masks, statistical=True),
)
