"""What a layer did to many inputs at one rate, and how that is read: which numbers it dropped, how it scaled others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch

from bench.checks.dropout.probing import CALLS, ROWS, UNITS, Probe, call

PLAIN, NOISE, SHIFTED, NOT_FINITE = "dropout", "multiplicative noise", "shifted dropout", "not finite"
ROUNDING = 16 * float(torch.finfo(torch.float32).eps)
"""Relative difference of two values that differ by the rounding of some float32 operations."""
CALL, ROW, UNIT = 0, 1, 2
AXES = {CALL: "call", ROW: "row", UNIT: "unit"}

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Masks:
    """What came of CALLS calls of one layer at one rate.

    A *plain* layer gives 0 or one multiple of the input. A *shifted* one gives one fixed value in place of 0 (alpha
    dropout). *Noise* multiplies by more than two values: then what is below the median counts as dropped, so that
    the independence of noise can be seen as well.
    """

    rate: float
    inputs: Array
    """float64 `[calls, rows, units]`, of LEVELS; of other shapes than a batch of rows `[calls, ...]`."""
    outputs: Array
    """float64 `[calls, rows, units]`."""
    kind: str
    elements: Array
    """Whether each number was dropped, bool, of the inputs' shape."""
    spatial: int = 0
    """Number of last dimensions that a channel fills, which is then dropped as one: 0 where units are."""

    @cached_property
    def dropped(self) -> Array:
        """Whether each unit or channel was dropped, bool `[calls, rows, units]`: most of a channel in parts."""
        flat = self._by_channel(self.elements)
        return flat.mean(axis=-1) > 0.5 if self.in_parts else flat[..., 0]

    @cached_property
    def in_parts(self) -> int:
        """Number of channels of which only a part was dropped."""
        if not self.spatial:
            return 0
        flat = self._by_channel(self.elements)
        return int((flat[..., 1:] != flat[..., :1]).any(axis=-1).sum())

    @cached_property
    def ratios(self) -> Array:
        """Output / input of each unit or channel, exact."""
        if not self.in_parts:
            return self._by_channel(self.outputs)[..., 0] / self.values
        flat = self._by_channel(self.outputs / self.inputs)
        place = (self._by_channel(self.elements) == self.dropped[..., None]).argmax(axis=-1)
        return np.take_along_axis(flat, place[..., None], axis=-1)[..., 0]

    @property
    def values(self) -> Array:
        """Input of each unit, or the first of each channel."""
        return self._by_channel(self.inputs)[..., 0]

    def _by_channel(self, numbers: Array) -> Array:
        return numbers.reshape(*numbers.shape[: numbers.ndim - self.spatial], -1 if self.spatial else 1)

    @property
    def drops(self) -> bool:
        """Whether there are dropped units; in noise there are none, and `dropped` is what is below the median."""
        return self.kind != NOISE or bool((self.outputs == 0).any())

    @cached_property
    def kept_ratios(self) -> Array:
        """Output / input of every number that is not zero."""
        return (self.outputs / self.inputs)[self.outputs != 0]

    @cached_property
    def drawn(self) -> tuple[Array, Array]:
        """(dropped, ratios) with what merely repeats left out."""
        return distinct(self, tuple(range(self.dropped.ndim)))


def collect(
    probe: Probe,
    rate: float,
    inputs: torch.Tensor | None = None,
    run: Callable[[Callable[..., Any], torch.Tensor], torch.Tensor] = call,
) -> Masks:
    """Call one layer of `rate` on each of `inputs` `[calls, ...]`, many where none are given, in the way of `run`.

    Raises
    ------
    LayerError
        It cannot be called.
    """
    inputs = probe.inputs(CALLS, ROWS, UNITS) if inputs is None else inputs
    with probe.seeded():
        layer = probe.make(rate)
        outputs = torch.stack([run(layer, each).detach() for each in inputs])
    return read(rate, inputs.detach().double().cpu().numpy(), outputs.double().cpu().numpy(), len(probe.spatial))


def read(rate: float, inputs: Array, outputs: Array, spatial: int = 0) -> Masks:
    """Return what was dropped, and what kind of layer does that."""
    zero = outputs == 0
    if not np.isfinite(outputs).all():
        return Masks(rate, inputs, outputs, NOT_FINITE, zero, spatial)
    plain = Masks(rate, inputs, outputs, PLAIN, zero, spatial)
    if alike(plain.kept_ratios):
        return plain
    if zero.any():
        return Masks(rate, inputs, outputs, NOISE, zero, spatial)
    floor = _fixed_value(inputs, outputs)
    if floor is not None:
        return Masks(rate, inputs, outputs, SHIFTED, np.isclose(outputs, floor, rtol=ROUNDING, atol=0), spatial)
    ratios = outputs / inputs
    return Masks(rate, inputs, outputs, NOISE, ratios < np.median(ratios), spatial)


def alike(values: Array) -> bool:
    """Tell whether all values are one, except for rounding."""
    if not values.size:
        return True
    low, high = float(values.min()), float(values.max())
    return high - low <= ROUNDING * max(abs(low), abs(high))


def _fixed_value(inputs: Array, outputs: Array) -> float | None:
    """Return the one value that dropped numbers have whatever the input was, where each input has two outputs."""
    candidates: list[float] | None = None
    for level in np.unique(inputs):
        seen = np.sort(outputs[inputs == level])
        jumps = np.flatnonzero(np.diff(seen) > ROUNDING * np.abs(seen).max())
        if len(jumps) != 1:
            return None
        both = [float(seen[0]), float(seen[-1])]
        candidates = both if candidates is None else [c for c in candidates if np.isclose(c, both, rtol=ROUNDING).any()]
    return candidates[0] if candidates and len(candidates) == 1 else None


def distinct(masks: Masks, axes: tuple[int, ...]) -> tuple[Array, Array]:
    """Return (dropped, ratios) with what merely repeats along `axes` left out.

    A mask that is used twice tells no more than once: limits hold for the numbers that were drawn. Slices are taken
    for repetitions only where independent ones would practically never agree.
    """
    dropped, ratios = masks.dropped, masks.ratios
    for axis in axes:
        first = first_of_each(dropped, axis)
        if len(first) < dropped.shape[axis]:
            dropped, ratios = np.take(dropped, first, axis), np.take(ratios, first, axis)
    return dropped, ratios


def first_of_each(dropped: Array, axis: int) -> Array:
    """Return where along `axis` slices are that were not seen before, int `[slices kept]`.

    All slices, where independent ones may well agree. A slice that is all dropped or all kept repeats no mask.
    """
    slices = np.moveaxis(dropped, axis, 0).reshape(dropped.shape[axis], -1)
    if chance_of_agreement(slices) > 1e-9:
        return np.arange(len(slices))
    constant = slices.all(axis=1) | ~slices.any(axis=1)
    packed = np.ascontiguousarray(np.packbits(slices, axis=1))
    masks = packed.view(f"V{packed.shape[1]}").ravel().tolist()
    seen = dict(zip(reversed(masks), reversed(range(len(masks))), strict=True))
    return np.union1d(list(seen.values()), np.flatnonzero(constant))


def chance_of_agreement(slices: Array) -> float:
    """Return a bound on the probability that any two of independent `slices` `[number, size]` are the same."""
    share = np.count_nonzero(slices) / slices.size
    pairs = len(slices) * (len(slices) - 1) / 2
    agree = share**2 + (1 - share) ** 2
    return float(min(1.0, pairs * agree ** slices.shape[1]))
