"""What goes in comes out: shape, number format, the input itself, and its zeros."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.masks import PLAIN, ROUNDING, SHIFTED, Masks
from bench.checks.dropout.probing import ROWS, UNITS, LayerError, call, call_as_is, shown
from bench.checks.dropout.subject import FUNCTION
from bench.checks.dropout.verdicts import BROKEN, PASSED, Figure, Found, Verdict, judged, none_of

FORMATS = (torch.float32, torch.float64, torch.bfloat16, torch.float16)
NO_HALF = "not implemented for 'Half'"
"""What torch says where an operation does not exist in float16 on a device: no fault of the layer."""
SHAPES = ((8, 16), (4, 8, 16), (2, 4, 8, 8))
"""A batch of rows, of sequences, and of images."""


def same_format(case: Case) -> Verdict:
    """The output has the input's number format: float32, float64, bfloat16 and float16."""

    def changed(dtype: torch.dtype) -> str | None:
        try:
            out = _once(case, case.probe.inputs(*SHAPES[0], stream=5, dtype=dtype))
        except LayerError as fault:
            if NO_HALF in str(fault):
                return None
            raise
        return None if out.dtype == dtype else f"{_name(dtype)} becomes {_name(out.dtype)}"

    looks = [partial(changed, dtype) for dtype in FORMATS]
    return _everywhere("number-format", looks, "the number format is kept", "make the mask of the input's dtype")


def same_shape(case: Case) -> Verdict:
    """The output has the input's shape: in two dimensions, three and four, or with channels of two sizes."""
    spatial = case.probe.spatial
    shapes = [(8, 16, *spatial), (4, 8, *(2 * size + 1 for size in spatial))] if spatial else SHAPES

    def changed(shape: tuple[int, ...]) -> str | None:
        out = _once(case, case.probe.values(*shape, stream=5))
        return None if out.shape == shape else f"{shown(torch.Size(shape))} becomes {shown(out.shape)}"

    looks = [partial(changed, shape) for shape in shapes]
    return _everywhere("shape", looks, "the shape is kept", "give the mask the input's shape")


def _everywhere(law: str, looks: Sequence[Callable[[], str | None]], right: str, advice: str) -> Verdict:
    """Return the verdict over several looks, each of which says what was changed, or raises a fault."""
    faults = []
    for look in looks:
        try:
            fault = look()
        except LayerError as error:
            fault = str(error)
        if fault:
            faults.append(fault)
    figure = none_of(len(looks), len(faults), where="forms that are not kept")
    return judged(law, [figure], right, lambda _: f"{'; '.join(faults)}: {advice}")


def _once(case: Case, inputs: torch.Tensor) -> torch.Tensor:
    with case.probe.seeded():
        return call_as_is(case.probe.make(case.rates[0]), inputs)


def input_kept(case: Case) -> Verdict:
    """The input is as it was; or the layer says that it works in place, and returns the input."""
    law, inputs = "input-unchanged", case.probe.inputs(ROWS, UNITS, stream=6)
    given = inputs.clone()
    with case.probe.seeded():
        layer = case.probe.make(case.rates[0])
        out = call_as_is(layer, given)
    changed = int((given != inputs).sum())
    figure = none_of(inputs.numel(), changed, case.rates[0], "inputs that were changed")
    if not changed:
        return Verdict(law, PASSED, "the input is not changed", (figure,))
    said = bool(getattr(layer, "inplace", False)) or (
        case.probe.subject.form == FUNCTION and case.probe.subject.name.endswith("_")
    )
    if said and out.data_ptr() == given.data_ptr():
        allowed = Figure(float(changed), 0.0, 0.0, float(inputs.numel()), inputs.numel(), case.rates[0], figure.where)
        return Verdict(law, PASSED, "works in place, as it says, and returns its input", (allowed,))
    return Verdict(
        law,
        BROKEN,
        "the input is changed in place: work on a copy, or say so (inplace = True) and return it",
        (figure,),
    )


def zeros_kept(case: Case) -> Verdict:
    """Zeros, as ReLU leaves them, stay zeros, and what is beside them is scaled as ever."""
    return case.at_each_rate(
        "zeros-kept",
        lambda masks: _changed_beside_zeros(case, masks),
        "zeros stay zeros, and what is beside them is scaled as ever",
        lambda figure: (
            f"{figure.measured:.0f} of {figure.n} outputs are wrong where half of the input is 0:"
            " multiply each unit by its own mask and 1 / (1 - p), and by nothing taken from the input"
        ),
    )


def _changed_beside_zeros(case: Case, masks: Masks) -> Found:
    """Count zeros that became something else, and others that became neither 0 nor what they become without zeros."""
    if masks.kind == SHIFTED:
        return "dropped units do not become 0, see kept-values"
    inputs = case.probe.inputs(ROWS, UNITS, stream=7)
    inputs[:, ::2] = 0
    with case.probe.seeded():
        out = call(case.probe.make(masks.rate), inputs).detach()
    wrong = (inputs == 0) & (out != 0)
    if masks.kind == PLAIN and masks.kept_ratios.size:
        scale = float(masks.kept_ratios[0])
        wrong |= (out != 0) & ~torch.isclose(out.double(), inputs.double() * scale, rtol=ROUNDING, atol=0)
    return none_of(out.numel(), int(wrong.sum()), masks.rate, "outputs beside zeros")


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


FORM_LAWS = (
    Law("number-format", "float32, float64, bfloat16 and float16 are kept", same_format),
    Law("shape", "the shape is kept, in two dimensions, three and four", same_shape),
    Law("input-unchanged", "the input is not changed, unless the layer says so and returns it", input_kept),
    Law("zeros-kept", "zeros in the input stay zeros and disturb nothing", zeros_kept),
)
