"""A layer in some form of input or use, held to rate, scale and own masks; what is wrong there is told in words.

A form is judged only where these hold for the batches that the other laws look at: else one fault would break many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

import numpy as np

from bench.checks.dropout.case import Case
from bench.checks.dropout.ends import REFUSALS
from bench.checks.dropout.independence import repeats
from bench.checks.dropout.masks import AXES, PLAIN, SHIFTED, Array, Masks
from bench.checks.dropout.probing import LEVELS, LayerError
from bench.checks.dropout.rates import share, unlike_along, unlike_by_input
from bench.checks.dropout.values import farthest_scale
from bench.checks.dropout.verdicts import Figure, Found, Verdict, none_of

Form = TypeVar("Form")
ALREADY = "the drop rate, the scale or the sharing of masks is wrong in the plain form already"


@lru_cache(maxsize=2)  # every law of forms asks, of two rates
def sound(masks: Masks, alpha: float) -> bool:
    """Tell whether rate and scale hold on plain batches, everywhere alike, and no mask is used for several."""
    if masks.kind not in (PLAIN, SHIFTED) or masks.in_parts:
        return False
    found = [share(masks, alpha), farthest_scale(masks), unlike_by_input(masks, alpha)]
    for axis in AXES:
        found += [unlike_along(masks, axis, alpha), repeats(masks, axis)]
    return all(not isinstance(each, Figure) or each.holds for each in found)


def in_forms(case: Case, masks: Masks, forms: Iterable[Form], look: Callable[[Form, float], list[Found]]) -> Found:
    """Return what is farthest out over some forms; those that the layer cannot be called in are another law's."""
    if not sound(masks, case.alpha):
        return ALREADY
    every, found, faults = list(forms), [], []
    for form in every:
        try:
            found += look(form, case.alpha / len(every))
        except LayerError as fault:
            faults.append(str(fault))
    figures = [each for each in found if isinstance(each, Figure)]
    faults += [each for each in found if isinstance(each, str)]
    return replace(worst(figures), rate=masks.rate) if figures else "; ".join(dict.fromkeys(faults))


def or_raised(look: Callable[[], list[Found]], where: str) -> list[Found]:
    """Return what `look` finds; that a layer raises is a breach, unless it refuses such an input on purpose."""
    try:
        return look()
    except LayerError as fault:
        if isinstance(fault.__cause__, REFUSALS):
            return [f"the layer refuses it: {fault}"]
        return [none_of(1, 1, None, f"{where}: calls that raise", f"raises {where} ({fault})")]


def held(masks: Masks, alpha: float, where: str, rounding: float = 0.0) -> list[Found]:
    """Return the share dropped, the scale of what is kept, and the channels of which a part is dropped."""
    looks = (("share dropped", share(masks, alpha)), ("output / input", farthest_scale(masks, rounding)))
    found: list[Found] = [
        replace(each, where=f"{where}: {what}", cause=_cause(masks, each, where))
        for what, each in looks
        if isinstance(each, Figure)
    ]
    if masks.spatial:
        n, cause = masks.dropped.size, f"channels are dropped in part {where}"
        found.append(none_of(n, masks.in_parts, masks.rate, f"{where}: channels dropped in part", cause))
    return found


def own(masks: Masks, where: str) -> list[Found]:
    """Return how many calls, rows and units have a mask seen before."""
    found: list[Found] = []
    for axis in range(masks.dropped.ndim):
        again = repeats(masks, axis)
        if isinstance(again, Figure):
            what = "calls" if axis == 0 else f"slices along dimension {axis - 1}"
            told = f"{again.measured:.0f} of {again.n} {what} have a mask seen before {where}"
            found.append(replace(again, where=f"{where}: {what} with a mask seen before", cause=told))
    return found


def _cause(masks: Masks, figure: Figure, where: str) -> str:
    """Say what is wrong with rate or scale, where that can be seen; nothing for what is right."""
    if figure.holds:
        return ""
    if not masks.elements.any():
        return f"nothing is dropped {where}"
    if masks.elements.all():
        return f"everything is dropped {where}"
    kept = masks.kept_ratios
    if figure.where == "output / input" and np.ptp(kept) > 0 and _are_levels(masks):
        return f"kept values are those of other places {where}"
    if figure.where == "output / input" and (kept == 1).all():
        return f"kept units are not scaled {where}"
    return ""


def _are_levels(masks: Masks) -> bool:
    """Tell whether what is kept is the right multiple of some input, if not of its own."""
    kept: Array = masks.outputs[masks.outputs != 0] * (1 - masks.rate)
    return bool(np.isclose(kept[:, None], np.array(LEVELS), rtol=1e-2, atol=0).any(axis=1).all())


def worst(found: Iterable[Found]) -> Figure:
    """Return the figure that is farthest out."""
    figures = [each for each in found if isinstance(each, Figure)]
    return max(figures, key=lambda figure: (not figure.holds, bool(figure.cause), figure.strain))


def judged_forms(case: Case, law: str, look: Callable[[Masks], Found], right: str, advice: str) -> Verdict:
    """Return the verdict of a law on forms, with the cause where it is known."""
    return case.at_each_rate(law, look, right, lambda figure: f"{told_of(figure)}: {advice}")


def told_of(figure: Figure) -> str:
    """Return what is wrong, in words or as a number."""
    return figure.cause or f"{figure.where} is {figure.measured:.4g} where {figure.expected:.4g} is right"
