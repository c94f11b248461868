"""How the layer is run changes nothing: under autocast, and compiled."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.holding import held, in_forms, judged_forms, or_raised, own
from bench.checks.dropout.masks import Masks, collect
from bench.checks.dropout.probing import ROWS, UNITS, LayerError, call
from bench.checks.dropout.verdicts import NOT_APPLICABLE, Found, Verdict

FEW_CALLS = 32
BACKEND = "aot_eager"
"""Traces and differentiates as torch.compile does, and needs no C++ compiler: what differs there differs here."""
COMPILER = "torch._dynamo", "torch._inductor", "torch._functorch", "torch.fx"
"""Where the compiler's own exceptions come from."""


def autocast(case: Case) -> Verdict:
    """Under torch.autocast training drops as ever, whether the input has come in float32 or in the lower format."""
    lower = torch.float16 if case.probe.device == "cuda" else torch.bfloat16
    where = "under autocast"

    def at(dtype: torch.dtype, rate: float, alpha: float) -> list[Found]:
        inputs = case.probe.inputs(FEW_CALLS, ROWS, UNITS, stream=17, dtype=dtype)
        with torch.autocast(case.probe.device, dtype=lower):
            masks = collect(case.probe, rate, inputs)
        return [*held(masks, alpha, where, 2 * torch.finfo(lower).eps), *own(masks, where)]

    def look(masks: Masks) -> Found:
        return in_forms(
            case,
            masks,
            [torch.float32, lower],
            lambda dtype, alpha: or_raised(lambda: at(dtype, masks.rate, alpha), where),
        )

    advice = "go by self.training alone, and draw numbers in float32"
    return judged_forms(case, "autocast", look, "it is right under autocast too", advice)


def compiled(case: Case) -> Verdict:
    """Compiled by torch.compile the layer drops as ever, by a new mask in every call."""
    from torch._dynamo.eval_frame import is_dynamo_supported  # noqa: PLC0415 - takes seconds

    if not is_dynamo_supported():
        return Verdict("compiled", NOT_APPLICABLE, "there is no torch.compile for this Python and platform")
    where = "when compiled"

    def at(rate: float, alpha: float) -> list[Found]:
        inputs = case.probe.inputs(FEW_CALLS, ROWS, UNITS, stream=18)
        with _fresh_compiler():
            masks = collect(case.probe, rate, inputs, _Compiled())
        return [*held(masks, alpha, where), *own(masks, where)]

    def look(masks: Masks) -> Found:
        return in_forms(case, masks, [where], lambda _, alpha: _or_not_compiled(partial(at, masks.rate, alpha), where))

    advice = "draw by torch operations inside forward, and go by self.training alone"
    return judged_forms(case, "compiled", look, "it is right when compiled too", advice)


@contextmanager
def _fresh_compiler() -> Iterator[None]:
    """Forget what was compiled: else layers of one class count as one that was compiled too often, and run plainly."""
    log = logging.getLogger("torch._dynamo")
    level = log.level
    log.setLevel(logging.ERROR)
    torch.compiler.reset()
    try:
        yield
    finally:
        torch.compiler.reset()
        log.setLevel(level)


class _Compiled:
    """Calls a layer, compiled at its first call."""

    def __init__(self) -> None:
        self.layer: Callable[..., Any] | None = None

    def __call__(self, layer: Callable[..., Any], inputs: Tensor) -> Tensor:
        if self.layer is None:
            self.layer = torch.compile(layer, backend=BACKEND)
        return call(self.layer, inputs)


def _or_not_compiled(look: Callable[[], list[Found]], where: str) -> list[Found]:
    """Return what `look` finds; that the compiler gives up is no fault of the layer's."""

    def looked() -> list[Found]:
        try:
            return look()
        except LayerError as fault:
            if type(fault.__cause__).__module__.startswith(COMPILER):
                return [f"torch.compile gives up: {fault}"]
            raise

    return or_raised(looked, where)


RUNNING_LAWS = (
    Law("autocast", "rate and scale hold under autocast", autocast, statistical=True),
    Law("compiled", "rate, scale and fresh masks hold when compiled", compiled, statistical=True),
)
