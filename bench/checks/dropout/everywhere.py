"""What a layer does in one form it does in every other: at other rates, shapes and formats, and without gradients.

Each form is held to the drop rate and the scale, and only where these hold for the batches that the other laws look
at: else one fault would break five laws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

import numpy as np
import torch

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.independence import repeats
from bench.checks.dropout.limits import most_unlike
from bench.checks.dropout.masks import AXES, PLAIN, Masks, collect, read
from bench.checks.dropout.probing import CALLS, ROWS, UNITS, LayerError
from bench.checks.dropout.rates import share, unlike_along, unlike_by_input
from bench.checks.dropout.values import farthest_scale
from bench.checks.dropout.verdicts import NOT_APPLICABLE, Figure, Found, Verdict, judged

FEW_CALLS = 32
OTHER_RATES = (0.05, 0.1, 0.3, 0.7, 0.9)
OTHER_SHAPES = ((32, 16, 300), (16, 8, 16, 64), (64, 2, 4, 16, 16))
"""Calls, then the shape of their inputs: a wide batch; sequences; images with channels."""
OTHER_FORMATS = (torch.float64, torch.bfloat16)
MODES: dict[str, tuple[Callable[[], AbstractContextManager[object]], bool]] = {
    "under torch.no_grad()": (torch.no_grad, False),
    "under torch.inference_mode()": (torch.inference_mode, False),
    "on inputs that require a gradient": (nullcontext, True),
}
Form = TypeVar("Form")
ALREADY = "the drop rate, the scale or the sharing of masks is wrong in the plain form already"


@lru_cache(maxsize=2)  # four laws ask, of two rates
def sound(masks: Masks, alpha: float) -> bool:
    """Tell whether rate and scale hold on plain batches, everywhere alike, and no mask is used for several."""
    if masks.kind != PLAIN:
        return False
    found = [share(masks, alpha), farthest_scale(masks), unlike_by_input(masks, alpha)]
    for axis in AXES:
        found += [unlike_along(masks, axis, alpha), repeats(masks, axis)]
    return all(not isinstance(each, Figure) or each.holds for each in found)


def every_rate(case: Case) -> Verdict:
    """At other rates than those that were asked for, units are dropped and scaled by the rate too."""
    law, alpha = "every-rate", case.alpha / len(OTHER_RATES)
    if not all(sound(masks, case.alpha) for masks in case.masks):
        return Verdict(law, NOT_APPLICABLE, ALREADY)
    found = []
    for rate in OTHER_RATES:
        masks = collect(case.probe, rate, case.probe.inputs(FEW_CALLS, ROWS, UNITS, stream=9))
        found.append(_worst(_held(masks, alpha, f"at rate {rate:g}")))
    return judged(
        law, found, "it is right at other rates too", lambda figure: f"{_told(figure)}: use p as it was given"
    )


def every_shape(case: Case) -> Verdict:
    """On wide batches, sequences and images every unit, row and example has numbers of its own, at the rate."""

    def look(masks: Masks) -> Found:
        return _in_forms(case, masks, OTHER_SHAPES, lambda shape, alpha: _in_shape(case, masks.rate, shape, alpha))

    advice = "draw a number for every element of the input, whatever its shape"
    return _judged(case, "every-shape", look, "it is right on other shapes too", advice)


def _in_shape(case: Case, rate: float, shape: tuple[int, ...], alpha: float) -> list[Found]:
    masks = collect(case.probe, rate, case.probe.inputs(*shape, stream=10))
    where = f"on shape {list(shape[1:])}"
    found = _held(masks, alpha / 3, where)
    for axis in range(1, len(shape)):
        again = repeats(masks, axis)
        if isinstance(again, Figure):
            found.append(replace(again, where=f"{where}: slices along dimension {axis - 1} with a mask seen before"))
    for axis in (1, len(shape) - 1):
        counts = masks.dropped.sum(axis=tuple(each for each in range(len(shape)) if each != axis))
        sizes = np.full(len(counts), masks.dropped.size // len(counts))
        if 0 < counts.sum() < sizes.sum():
            place, figure = most_unlike(counts, sizes, alpha / 3)
            found.append(replace(figure, where=f"{where}: share dropped at {place} of dimension {axis - 1}"))
    return found


def every_format(case: Case) -> Verdict:
    """In float64 and bfloat16 units are dropped and scaled as in float32."""

    def look(masks: Masks) -> Found:
        return _in_forms(case, masks, OTHER_FORMATS, lambda kind, alpha: _in_format(case, masks.rate, kind, alpha))

    advice = "draw numbers in float32 or finer, and act in every floating-point format"
    return _judged(case, "every-format", look, "it is right in other number formats too", advice)


def _in_format(case: Case, rate: float, kind: torch.dtype, alpha: float) -> list[Found]:
    """Look at two layers, each called as often as in float32: uniform numbers in bfloat16 are coarse, not absurd."""
    parts = []
    for more in range(2):
        probe = replace(case.probe, seed=case.probe.seed + more)
        parts.append(collect(probe, rate, probe.inputs(CALLS, ROWS, UNITS, stream=11, dtype=kind)))
    inputs, outputs = (np.concatenate([getattr(each, name) for each in parts]) for name in ("inputs", "outputs"))
    name, rounding = str(kind).removeprefix("torch."), 2 * torch.finfo(kind).eps
    return _held(read(rate, inputs, outputs), alpha, f"in {name}", rounding)


def gradient_mode(case: Case) -> Verdict:
    """Training drops whether or not gradients are recorded."""

    def look(masks: Masks) -> Found:
        return _in_forms(case, masks, MODES, lambda mode, alpha: _in_mode(case, masks.rate, mode, alpha))

    advice = "go by self.training alone"
    return _judged(case, "gradient-mode", look, "it drops with gradients and without", advice)


def _in_mode(case: Case, rate: float, mode: str, alpha: float) -> list[Found]:
    context, requires = MODES[mode]
    inputs = case.probe.inputs(FEW_CALLS, ROWS, UNITS, stream=12).requires_grad_(requires)
    with context():
        masks = collect(case.probe, rate, inputs)
    return _held(masks, alpha, mode)


def _in_forms(case: Case, masks: Masks, forms: Iterable[Form], look: Callable[[Form, float], list[Found]]) -> Found:
    """Return what is farthest out over some forms; those that the layer cannot be called in are another law's."""
    if not sound(masks, case.alpha):
        return ALREADY
    every, found, faults = list(forms), [], []
    for form in every:
        try:
            found += look(form, case.alpha / len(every))
        except LayerError as fault:
            faults.append(str(fault))
    return replace(_worst(found), rate=masks.rate) if found else "; ".join(faults)


def _held(masks: Masks, alpha: float, where: str, rounding: float = 0.0) -> list[Found]:
    """Return the share dropped and the scale of what is kept."""
    looks = (("share dropped", share(masks, alpha)), ("output / input", farthest_scale(masks, rounding)))
    return [replace(found, where=f"{where}: {what}") for what, found in looks if isinstance(found, Figure)]


def _worst(found: Iterable[Found]) -> Figure:
    figures = [each for each in found if isinstance(each, Figure)]
    return max(figures, key=lambda figure: (not figure.holds, figure.strain))


def _judged(case: Case, law: str, look: Callable[[Masks], Found], right: str, advice: str) -> Verdict:
    return case.at_each_rate(law, look, right, lambda figure: f"{_told(figure)}: {advice}")


def _told(figure: Figure) -> str:
    return f"{figure.where} is {figure.measured:.4g} where {figure.expected:.4g} is right"


EVERYWHERE_LAWS = (
    Law("every-rate", "rate and scale hold at other rates", every_rate, statistical=True),
    Law("every-shape", "rate, scale and own masks hold on other shapes", every_shape, statistical=True),
    Law("every-format", "rate and scale hold in float64 and bfloat16", every_format, statistical=True),
    Law("gradient-mode", "rate and scale hold with gradients and without", gradient_mode, statistical=True),
)
