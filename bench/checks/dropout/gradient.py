"""The gradient goes through the mask of its own call: d out / d in is out / in, element by element."""

from __future__ import annotations

import numpy as np
import torch

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.masks import ROUNDING, SHIFTED, Array, Masks, read
from bench.checks.dropout.probing import ROWS, UNITS, LayerError, call, told
from bench.checks.dropout.verdicts import BROKEN, Figure, Found, Verdict, none_of

NAME = "gradient"


def gradient(case: Case) -> Verdict:
    """Two calls, then backward through both: each gradient must have the mask of its own call."""
    try:
        return case.at_each_rate(
            NAME, lambda masks: _wrong_gradients(case, masks), "the gradient has the output's mask", _told
        )
    except LayerError as fault:
        return Verdict(
            NAME, BROKEN, f"there is no gradient ({fault}): build the output from the input by torch operations"
        )


def _told(figure: Figure) -> str:
    return (
        f"{figure.measured:.0f} of {figure.n} gradients are not grad_out * out / in, {figure.where}:"
        " use the mask that forward used, scaled alike, and keep it with the call"
    )


def _wrong_gradients(case: Case, masks: Masks) -> Found:
    probe = case.probe
    leaves = [each.clone().requires_grad_() for each in probe.inputs(2, ROWS, UNITS, stream=1)]
    arriving = probe.inputs(2, ROWS, UNITS, stream=2)
    with probe.seeded():
        layer = probe.make(masks.rate)
        outputs = [call(layer, leaf) for leaf in leaves]
        told(lambda: torch.autograd.backward(outputs, list(arriving)), "differentiated")
    inputs, made = (torch.stack(list(each)).detach().double().cpu().numpy() for each in (leaves, outputs))
    slopes = np.stack([_slopes(leaf.grad, grad) for leaf, grad in zip(leaves, arriving, strict=True)])
    seen = read(masks.rate, inputs, made)
    if seen.kind == SHIFTED:
        wrong = (slopes == 0) != seen.dropped
    else:
        wrong = ~np.isclose(slopes, seen.ratios, rtol=ROUNDING, atol=0)
    return none_of(wrong.size, int(wrong.sum()), masks.rate, _kind(wrong, slopes, seen))


def _slopes(gradient: torch.Tensor | None, arriving: torch.Tensor) -> Array:
    """Return d out / d in; zero where no gradient arrived."""
    found = torch.zeros_like(arriving) if gradient is None else gradient
    return (found.double() / arriving.double()).cpu().numpy()


def _kind(wrong: Array, slopes: Array, seen: Masks) -> str:
    """Say what the wrong gradients are, where that can be seen."""
    if not wrong.any():
        return ""
    if (slopes[seen.dropped] != 0).all():
        return "dropped units have one too"
    if np.array_equal(slopes[0] == 0, seen.dropped[1]):
        return "they have another call's mask"
    return "of other masks or scales"


GRADIENT_LAWS = (Law(NAME, "d out / d in = out / in, by the mask of the same call", gradient),)
