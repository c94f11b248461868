"""How large a tile each kernel makes, for each precision, and with how many warps and stages of prefetch.

The sizes decide in which order sums are added, hence the numbers: they are part of the engine's sources, and are never
chosen at run time.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tile:
    """A tile `[m, n]` of a product, summed `depth` at a time."""

    m: int
    n: int
    depth: int
    warps: int
    stages: int

    def fit(self, m: int, n: int, depth: int) -> Tile:
        """Return the tile, no larger than sizes `m`, `n`, `depth` need. Products need 16 of each at least."""
        sizes = (min(ours, _power_of_two(theirs)) for ours, theirs in zip(self._sizes(), (m, n, depth), strict=True))
        return Tile(*sizes, warps=self.warps, stages=self.stages)

    def _sizes(self) -> tuple[int, int, int]:
        return self.m, self.n, self.depth


@dataclass(frozen=True)
class Tiles:
    """The tile of each kernel."""

    hidden: Tile
    output: Tile
    """`n` is as many classes as there are."""
    gradient: Tile
    update: Tile


IEEE = Tiles(
    hidden=Tile(64, 64, 16, warps=4, stages=3),
    output=Tile(64, 1 << 16, 32, warps=4, stages=2),
    gradient=Tile(64, 64, 16, warps=4, stages=3),
    update=Tile(64, 64, 16, warps=4, stages=3),
)
"""Without tensor cores a thread sums one product at a time: small tiles, so that all sums are in registers."""

TENSOR_CORES = Tiles(
    hidden=Tile(128, 128, 32, warps=8, stages=3),
    output=Tile(64, 1 << 16, 64, warps=4, stages=2),
    gradient=Tile(128, 128, 32, warps=8, stages=3),
    update=Tile(128, 128, 32, warps=8, stages=3),
)

TILES = {"float32": IEEE, "tf32": TENSOR_CORES, "bfloat16": TENSOR_CORES, "tf32x3": TENSOR_CORES}


def _power_of_two(size: int) -> int:
    """Return the least power of two that is at least `size` and 16."""
    return max(16, 1 << (size - 1).bit_length())
