"""What a layer does at some rates, shapes and formats it does at every other, and with gradients or without."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import numpy as np
import torch

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.holding import ALREADY, held, in_forms, judged_forms, own, sound, told_of, worst
from bench.checks.dropout.limits import most_unlike
from bench.checks.dropout.masks import Masks, collect, read
from bench.checks.dropout.probing import CALLS, ROWS, UNITS
from bench.checks.dropout.verdicts import NOT_APPLICABLE, Found, Verdict, judged

FEW_CALLS = 32
OTHER_RATES = (0.05, 0.1, 0.3, 0.7, 0.9)
OTHER_SHAPES = ((32, 16, 300), (16, 8, 16, 64), (64, 2, 4, 16, 16))
"""Calls, then the shape of their inputs: a wide batch; sequences; images with channels."""
OTHER_CHANNELS = {
    1: ((32, 16, 300, 3), (16, 8, 64, 70), (256, 33, 5, 1)),
    2: ((32, 16, 300, 3, 2), (16, 8, 64, 7, 9), (256, 33, 5, 1, 1)),
    3: ((32, 16, 300, 3, 2, 1), (16, 8, 64, 3, 4, 5), (256, 33, 5, 1, 1, 1)),
}
"""The same for channel dropout, by the dimensions that a channel fills: many channels; large ones; single numbers."""
OTHER_FORMATS = (torch.float64, torch.bfloat16, torch.float16)
MODES: dict[str, tuple[Callable[[], AbstractContextManager[object]], bool]] = {
    "under torch.no_grad()": (torch.no_grad, False),
    "under torch.inference_mode()": (torch.inference_mode, False),
    "on inputs that require a gradient": (nullcontext, True),
}


def every_rate(case: Case) -> Verdict:
    """At other rates than those that were asked for, units are dropped and scaled by the rate too."""
    law, alpha = "every-rate", case.alpha / len(OTHER_RATES)
    if not all(sound(masks, case.alpha) for masks in case.masks):
        return Verdict(law, NOT_APPLICABLE, ALREADY)
    found = []
    for rate in OTHER_RATES:
        masks = collect(case.probe, rate, case.probe.inputs(FEW_CALLS, ROWS, UNITS, stream=9))
        found.append(worst(held(masks, alpha, f"at rate {rate:g}")))
    return judged(
        law, found, "it is right at other rates too", lambda figure: f"{told_of(figure)}: use p as it was given"
    )


def every_shape(case: Case) -> Verdict:
    """On wide batches, sequences and images every unit, row and example has numbers of its own, at the rate."""

    shapes = OTHER_CHANNELS[len(case.probe.spatial)] if case.probe.spatial else OTHER_SHAPES

    def look(masks: Masks) -> Found:
        return in_forms(case, masks, shapes, lambda shape, alpha: _in_shape(case, masks.rate, shape, alpha))

    advice = "draw a number for every unit of the input, whatever its shape"
    return judged_forms(case, "every-shape", look, "it is right on other shapes too", advice)


def _in_shape(case: Case, rate: float, shape: tuple[int, ...], alpha: float) -> list[Found]:
    masks = collect(case.probe, rate, case.probe.values(*shape, stream=10))
    where = f"on shape {list(shape[1:])}"
    found = [*held(masks, alpha / 3, where), *own(masks, where)]
    dropped = masks.dropped
    for axis in (1, dropped.ndim - 1):
        counts = dropped.sum(axis=tuple(each for each in range(dropped.ndim) if each != axis))
        sizes = np.full(len(counts), dropped.size // len(counts))
        if 0 < counts.sum() < sizes.sum():
            place, figure = most_unlike(counts, sizes, alpha / 3)
            found.append(replace(figure, where=f"{where}: share dropped at {place} of dimension {axis - 1}"))
    return found


def every_format(case: Case) -> Verdict:
    """In float64, bfloat16 and float16 units are dropped and scaled as in float32."""

    def look(masks: Masks) -> Found:
        return in_forms(case, masks, OTHER_FORMATS, lambda kind, alpha: _in_format(case, masks.rate, kind, alpha))

    advice = "draw numbers in float32 or finer, and act in every floating-point format"
    return judged_forms(case, "every-format", look, "it is right in other number formats too", advice)


def _in_format(case: Case, rate: float, kind: torch.dtype, alpha: float) -> list[Found]:
    """Look at two layers, each called as often as in float32: uniform numbers in bfloat16 are coarse, not absurd."""
    parts = []
    for more in range(2):
        probe = replace(case.probe, seed=case.probe.seed + more)
        parts.append(collect(probe, rate, probe.inputs(CALLS, ROWS, UNITS, stream=11, dtype=kind)))
    inputs, outputs = (np.concatenate([getattr(each, name) for each in parts]) for name in ("inputs", "outputs"))
    name, rounding = str(kind).removeprefix("torch."), 2 * torch.finfo(kind).eps
    return held(read(rate, inputs, outputs, len(case.probe.spatial)), alpha, f"in {name}", rounding)


def gradient_mode(case: Case) -> Verdict:
    """Training drops whether or not gradients are recorded."""

    def look(masks: Masks) -> Found:
        return in_forms(case, masks, MODES, lambda mode, alpha: _in_mode(case, masks.rate, mode, alpha))

    advice = "go by self.training alone"
    return judged_forms(case, "gradient-mode", look, "it drops with gradients and without", advice)


def _in_mode(case: Case, rate: float, mode: str, alpha: float) -> list[Found]:
    context, requires = MODES[mode]
    inputs = case.probe.inputs(FEW_CALLS, ROWS, UNITS, stream=12).requires_grad_(requires)
    with context():
        masks = collect(case.probe, rate, inputs)
    return held(masks, alpha, mode)


EVERYWHERE_LAWS = (
    Law("every-rate", "rate and scale hold at other rates", every_rate, statistical=True),
    Law("every-shape", "rate, scale and own masks hold on other shapes", every_shape, statistical=True),
    Law("every-format", "rate and scale hold in float64, bfloat16 and float16", every_format, statistical=True),
    Law("gradient-mode", "rate and scale hold with gradients and without", gradient_mode, statistical=True),
)
