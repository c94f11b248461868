"""Which library multiplies here, by layer: numpy's, unless another one is much faster at the layer's products.

numpy's may be slow where an environment variable holds its kernels back, or where they are not made for the processor.
The numbers of two libraries differ in their last bits, so one process chooses, records it, and tells its workers.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import torch

from bench.base.matrix_products import ONE_BY_ONE, USUAL, least_seconds, products, step_flop
from bench.base.threads import single_thread

LEAST_GAIN = 1.25
"""Another library is chosen where it is so many times as fast: less may be other load on the machine."""
NETWORKS = 4
WORTH_FLOP = 1e13
"""A study whose products are fewer takes a minute or two: numpy's library does, and nothing is measured."""

Chosen = Mapping[tuple[int, int], str]
"""(inputs, outputs) of a layer -> library."""

_chosen: dict[tuple[int, int], str] = {}


def library_of(inputs: int, outputs: int) -> str:
    """Return the library that multiplies in layers of this shape."""
    return _chosen.get((inputs, outputs), USUAL)


def chosen() -> Chosen:
    """Return the libraries in use, for each shape that was chosen for."""
    return dict(_chosen)


def use(chosen: Chosen) -> None:
    """Let this process multiply as `chosen` says."""
    _chosen.clear()
    _chosen.update(chosen)


def fastest(shapes: Mapping[tuple[int, ...], int], known: Chosen | None = None) -> Chosen:
    """Return the library for each layer of networks with widths `sizes`, by their batch size.

    What is `known` for a layer is not measured.
    """
    single_thread()
    chosen = {layer: library for layer, library in (known or {}).items() if library in ONE_BY_ONE}
    for sizes, rows in shapes.items():
        layers = list(itertools.pairwise(sizes))
        if chosen.keys() >= set(layers):
            continue
        for layer, by_library in zip(layers, _seconds(sizes, rows), strict=True):
            best = min(by_library, key=by_library.__getitem__)
            is_better = by_library[USUAL] >= LEAST_GAIN * by_library[best]
            chosen.setdefault(layer, best if is_better else USUAL)
    return chosen


def _seconds(sizes: tuple[int, ...], rows: int) -> list[dict[str, float]]:
    """Return the seconds that all products of each layer take by each library."""
    layers = []
    for layer in products(sizes, rows, NETWORKS, torch.float32):
        times = [least_seconds({name: product(name) for name in ONE_BY_ONE}) for product in layer]
        layers.append({name: sum(each[name] for each in times) for name in ONE_BY_ONE})
    return layers


def is_worth_it(work: Mapping[tuple[int, ...], int]) -> bool:
    """Return whether to choose for `work`: images that networks of each shape are trained on, over all their trials."""
    return sum(step_flop(sizes, 1) * images for sizes, images in work.items()) >= WORTH_FLOP
