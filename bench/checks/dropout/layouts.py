"""How an input lies in memory, and its size, change nothing: one dimension, one example, strides, many numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.holding import held, in_forms, judged_forms, or_raised, own
from bench.checks.dropout.limits import most_unlike
from bench.checks.dropout.masks import Masks, collect
from bench.checks.dropout.probing import LayerError, call_as_is, shown
from bench.checks.dropout.verdicts import NOT_APPLICABLE, Figure, Found, Verdict, none_of

Relay = Callable[[Tensor], Tensor]


def _transposed(first: int, second: int) -> Relay:
    return lambda x: x.transpose(first, second).contiguous().transpose(first, second)


def _strided(x: Tensor) -> Tensor:
    """Return `x` as every second column of a wider tensor."""
    wide = x.new_zeros(*x.shape[:-1], 2 * x.shape[-1])
    wide[..., ::2] = x
    return wide[..., ::2]


def _offset(x: Tensor) -> Tensor:
    """Return `x` as the end of a longer tensor."""
    return torch.cat([torch.zeros_like(x[:1]), x])[1:]


def _last(x: Tensor) -> Tensor:
    """Return `x` with channels innermost, as channels_last has them."""
    return x.movedim(1, -1).contiguous().movedim(-1, 1)


LAYOUTS: dict[str, tuple[tuple[int, ...], Relay]] = {
    "on a transposed input": ((32, 64), _transposed(0, 1)),
    "on a strided input": ((32, 64), _strided),
    "on a slice of a larger tensor": ((32, 64), _offset),
    "on a transposed sequence": ((8, 12, 16), _transposed(0, 1)),
    "on a channels_last input": ((4, 8, 6, 10), _last),
}
"""Shape of the input, and how it is laid out."""
LAYOUT_CALLS = 32
CHANNEL_LAYOUTS: dict[str, Relay] = {
    "on a channels_last input": _last,
    "on a transposed input": _transposed(0, 1),
    "on an input with its last dimensions exchanged": _transposed(1, -1),
    "on a strided input": _strided,
    "on a slice of a larger tensor": _offset,
}
CHANNEL_SIZES = {1: (6,), 2: (3, 5), 3: (2, 3, 4)}
ONE_DIMENSION, ONE_EXAMPLE = (512, 128), ((512, 1, 64), (64, 1, 4, 8, 8))
LARGE = (32_769, 63)
"""Two million numbers, of no round number: what tiles or threads leave over is looked at too."""
LARGE_CHANNELS = 1021, 129
BLOCK, WINDOW = 4096, 256
"""Numbers whose share is compared with the others'; numbers that are looked for again further on."""


def _call_relaid(relay: Relay) -> Callable[[Callable[..., Tensor], Tensor], Tensor]:
    def run(layer: Callable[..., Tensor], inputs: Tensor) -> Tensor:
        out = call_as_is(layer, relay(inputs.clone()))
        if out.shape != inputs.shape:
            raise LayerError(f"gives {shown(out.shape)} for an input {shown(inputs.shape)}")
        return out

    return run


def memory_layout(case: Case) -> Verdict:
    """What lies in memory otherwise is dropped as ever, and each value stays in its place."""
    spatial = case.probe.spatial
    sizes = (8, 16, *CHANNEL_SIZES[len(spatial)]) if spatial else ()
    layouts = {name: (sizes, relay) for name, relay in CHANNEL_LAYOUTS.items()} if spatial else LAYOUTS

    def look(masks: Masks) -> Found:
        return in_forms(
            case, masks, layouts, lambda name, alpha: or_raised(lambda: _laid(name, masks.rate, alpha), name)
        )

    def _laid(name: str, rate: float, alpha: float) -> list[Found]:
        shape, relay = layouts[name]
        inputs = case.probe.values(LAYOUT_CALLS, *shape, stream=14)
        masks = collect(case.probe, rate, inputs, _call_relaid(relay))
        return [*held(masks, alpha, name), *own(masks, name)]

    advice = "multiply x by its mask as tensors of one shape; x.view, data_ptr and storage order differ there"
    return judged_forms(case, "memory-layout", look, "it is right on strided and transposed inputs", advice)


def one_dimension(case: Case) -> Verdict:
    """A vector without a batch is dropped unit by unit too."""
    if case.probe.spatial:
        return Verdict("one-dimension", NOT_APPLICABLE, "channel dropout takes channels of examples, no vector")
    advice = "draw a mask of x.shape whatever the number of dimensions"
    return _on_shapes(case, "one-dimension", (ONE_DIMENSION,), "in one dimension", advice)


def batch_of_one(case: Case) -> Verdict:
    """A batch of one example is dropped as any other."""
    spatial = case.probe.spatial
    shapes = ((512, 1, 64, *CHANNEL_SIZES[len(spatial)]),) if spatial else ONE_EXAMPLE
    advice = "go by self.training alone, not by the size of the batch, and squeeze nothing"
    return _on_shapes(case, "batch-of-one", shapes, "at a batch of one", advice)


def _on_shapes(case: Case, law: str, shapes: tuple[tuple[int, ...], ...], where: str, advice: str) -> Verdict:
    def at(shape: tuple[int, ...], rate: float, alpha: float) -> list[Found]:
        masks = collect(case.probe, rate, case.probe.values(*shape, stream=15))
        return [*held(masks, alpha, where), *own(masks, where)]

    def look(masks: Masks) -> Found:
        return in_forms(
            case, masks, shapes, lambda shape, alpha: or_raised(lambda: at(shape, masks.rate, alpha), where)
        )

    return judged_forms(case, law, look, f"it is right {where} too", advice)


def large_input(case: Case) -> Verdict:
    """Two million numbers in one call are all dropped at the rate, by numbers of their own."""
    spatial = case.probe.spatial
    shape = (*LARGE_CHANNELS, *spatial) if spatial else LARGE
    where = "on a large input"

    def at(rate: float, alpha: float) -> list[Found]:
        masks = collect(case.probe, rate, case.probe.values(1, *shape, stream=16))
        flat = masks.dropped.ravel()
        return [*held(masks, alpha / 2, where), *_tail(flat, alpha / 2), _again(flat, rate)]

    def look(masks: Masks) -> Found:
        return in_forms(case, masks, [where], lambda _, alpha: or_raised(lambda: at(masks.rate, alpha), where))

    advice = "draw a number for every unit, however many there are"
    return judged_forms(case, "large-input", look, "it is right on two million numbers too", advice)


def _tail(flat: np.ndarray, alpha: float) -> list[Found]:
    """Return the share of the block of numbers that is least like the others'; the last may be short."""
    starts = np.arange(0, flat.size, BLOCK)
    counts, sizes = np.add.reduceat(flat, starts, dtype=np.int64), np.diff(np.append(starts, flat.size))
    if not 0 < counts.sum() < flat.size:
        return []
    block, figure = most_unlike(counts, sizes, alpha)
    what = f"on a large input: share dropped from number {block * BLOCK:,} on"
    return [replace(figure, where=what)]


def _again(flat: np.ndarray, rate: float) -> Figure:
    """Look for the first numbers of the mask further on: chance brings them back with probability below 1e-9."""
    bits = flat.astype(np.uint8).tobytes()
    share = max(flat.mean() ** 2 + (1 - flat.mean()) ** 2, 1e-12)
    found = bits.find(bits[:WINDOW], 1) if flat.size * share**WINDOW < 1e-9 else -1
    cause = f"the mask of a large input comes again after {found:,} numbers" if found > 0 else ""
    return none_of(1, int(found > 0), rate, "on a large input: masks that come again", cause)


LAYOUT_LAWS = (
    Law("memory-layout", "strided, transposed and channels_last inputs are dropped as others", memory_layout, True),
    Law("one-dimension", "a vector is dropped unit by unit", one_dimension, statistical=True),
    Law("batch-of-one", "a batch of one is dropped as any other", batch_of_one, statistical=True),
    Law("large-input", "two million numbers are dropped as a few thousand", large_input, statistical=True),
)
