"""Random numbers: those behind the masks of 16 steps of 256 rows, and the order of an epoch of 60,000 images."""

from __future__ import annotations

from bench.base import draws
from bench.base.draws import Position
from tests.perf.conftest import Measure


def test_draws(measure: Measure) -> None:
    def draw() -> None:
        draws.permutation(0, "order", Position(epoch=1), 60_000)
        for step in range(16):
            for layer in range(2):
                draws.signed16(0, "dropout", Position(1, step, layer), (256, 256))

    measure(draw, 30, 16)
