"""The two ends: rate 0 is the identity in training too, rate 1 gives zeros, with a finite gradient."""

from __future__ import annotations

from collections.abc import Callable

import torch

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.probing import ROWS, UNITS, LayerError, call, told
from bench.checks.dropout.verdicts import BROKEN, NOT_APPLICABLE, Figure, Verdict, judged, none_of

REFUSALS = (ValueError, AssertionError)
"""What a layer raises that does not take a rate, on purpose."""
OUTPUTS, GRADIENTS = "outputs", "gradients"
INFINITE = "infinite or not a number"


def at_zero(case: Case) -> Verdict:
    """At rate 0 the output is the input, bit for bit, in training mode."""

    def wrong(figure: Figure) -> str:
        right = "the input" if figure.where == OUTPUTS else "1"
        broken = f"at rate 0 {figure.measured:.0f} of {figure.n} {figure.where} are not {right}"
        return f"{broken}: drop nothing, scale nothing, and let the gradient through"

    return _at_end(case, "rate-0", 0.0, "rate 0 is the identity in training mode", wrong)


def at_one(case: Case) -> Verdict:
    """At rate 1 every output is 0, and the gradient is 0."""

    def wrong(figure: Figure) -> str:
        broken = figure.where.endswith(INFINITE)
        advice = "0 / 0 or 1 / 0 in the scale, return zeros at rate 1" if broken else "drop every unit"
        return f"at rate 1 {figure.measured:.0f} of {figure.n} are not 0 ({figure.where}): {advice}"

    return _at_end(case, "rate-1", 1.0, "rate 1 gives zeros, and a gradient of zeros or none", wrong)


def _at_end(case: Case, law: str, rate: float, right: str, wrong: Callable[[Figure], str]) -> Verdict:
    try:
        outputs, slopes, inputs = _run(case, rate)
    except LayerError as fault:
        if isinstance(fault.__cause__, REFUSALS):
            return Verdict(law, NOT_APPLICABLE, f"the layer refuses rate {rate:g}: {fault}")
        return Verdict(law, BROKEN, f"{fault}: let rate {rate:g} through, without a division by zero")
    expected = [inputs, torch.ones_like(slopes)] if rate == 0 else [torch.zeros_like(inputs), torch.zeros_like(slopes)]
    found = []
    for name, values, right_values in zip((OUTPUTS, GRADIENTS), (outputs, slopes), expected, strict=True):
        breaches = int((values != right_values).sum())
        broken = f", {INFINITE}" if not values.isfinite().all() else ""
        found.append(none_of(values.numel(), breaches, rate, f"{name}{broken}"))
    return judged(law, found, right, wrong)


def _run(case: Case, rate: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return outputs, d out / d in (zeros where no gradient is recorded) and inputs."""
    leaf = case.probe.inputs(ROWS, UNITS, stream=4).requires_grad_()
    with case.probe.seeded():
        out = call(case.probe.make(rate), leaf)
        if out.requires_grad:
            told(lambda: out.backward(torch.ones_like(out)), "differentiated")
    slopes = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
    return out.detach(), slopes, leaf.detach()


END_LAWS = (
    Law("rate-0", "at rate 0 the layer is the identity in training", at_zero),
    Law("rate-1", "at rate 1 every output is 0, and no gradient is NaN", at_one),
)
