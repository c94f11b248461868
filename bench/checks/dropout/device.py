"""The mask lies where the input lies. Without a GPU, an input on torch's ``meta`` device stands in for one.

A meta tensor has a device and a shape, and no data: arithmetic between it and a mask on the CPU is refused as it would
be on a GPU. What cannot be done without data proves nothing against a layer: other errors leave the question open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode, resolve_name

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.probing import ROWS, UNITS, LayerError, call_as_is
from bench.checks.dropout.verdicts import BROKEN, NOT_APPLICABLE, PASSED, Verdict, none_of

NAME = "device"
ADVICE = "make the mask on the input's device: torch.rand_like(x), or torch.rand(x.shape, device=x.device)"
MIXING = "is not on the expected device", "Expected all tensors to be on the same device", "device type at start"
"""What torch says where the tensors of one operation lie on several devices."""
MOVING = ("copy_", "__setitem__", "index_put", "set_", "__getitem__", "to", "type_as")
"""Operations that may take tensors of two devices."""


class _Mixed(TorchFunctionMode):
    """Notes operations in place between tensors on the CPU and on meta, which torch lets through on meta alone."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        devices = {each.device.type for each in _tensors([*args, *kwargs.values()]) if each.dim()}
        name = (resolve_name(func) or getattr(func, "__name__", "")).rpartition(".")[2]
        if len(devices) > 1 and name.endswith("_") and not name.startswith(MOVING):
            self.seen.append(name)
        return func(*args, **kwargs)


def _tensors(values: Any) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from _tensors(value)


def device(case: Case) -> Verdict:
    """The output lies where the input lies, and no mask lies elsewhere."""
    if case.fault is not None:
        return Verdict(NAME, BROKEN, f"{case.fault}: {ADVICE}; the other laws were looked at on the CPU")
    return _on_meta(case) if case.probe.device == "cpu" else _where_it_runs(case)


def _where_it_runs(case: Case) -> Verdict:
    """Look at the output's device; that the layer runs there at all has been seen before."""
    inputs = case.probe.inputs(ROWS, UNITS, stream=8)
    with case.probe.seeded():
        out = call_as_is(case.probe.make(case.rates[0]), inputs)
    figure = none_of(1, int(out.device != inputs.device), case.rates[0], "outputs on another device")
    if figure.holds:
        return Verdict(NAME, PASSED, f"runs on {inputs.device}, and the output stays there", (figure,))
    return Verdict(NAME, BROKEN, f"an input on {inputs.device} gives an output on {out.device}: {ADVICE}", (figure,))


def _on_meta(case: Case) -> Verdict:
    """Look for tensors that do not follow the input to another device."""
    probe, rate = replace(case.probe, device="meta"), case.rates[0]
    mixed = _Mixed()
    try:
        with probe.seeded():
            layer = probe.make(rate)
            with mixed:
                out = call_as_is(layer, torch.empty(ROWS, UNITS, *probe.spatial, device="meta"))
    except LayerError as fault:
        if any(words in str(fault) for words in MIXING):
            figure = none_of(1, 1, rate, "calls that mix devices")
            return Verdict(
                NAME, BROKEN, f"fails where the input is not on the CPU, as on a GPU ({fault}): {ADVICE}", (figure,)
            )
        return Verdict(NAME, NOT_APPLICABLE, f"cannot tell without a GPU: {fault}")
    if mixed.seen or out.device.type != "meta":
        what = f"{mixed.seen[0]} mixes devices" if mixed.seen else f"the output is on {out.device}"
        figure = none_of(1, 1, rate, "calls that mix devices")
        return Verdict(
            NAME, BROKEN, f"fails where the input is not on the CPU, as on a GPU ({what}): {ADVICE}", (figure,)
        )
    figure = none_of(1, 0, rate, "calls that mix devices")
    return Verdict(NAME, PASSED, "the mask follows the input to another device (meta; no GPU was used)", (figure,))


DEVICE_LAWS = (Law(NAME, "the mask lies where the input lies", device),)
