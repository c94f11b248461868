"""The initial weights of a seed, drawn 8 times: one drawing is too short to be timed well.

What is left of set-up is memory being given out, which takes anything, and never long.
"""

from __future__ import annotations

from bench.engines.stacked import model
from tests.perf.conftest import Measure
from tests.perf.workload import BOOK, SIZES


def test_set_up(measure: Measure) -> None:
    def draw() -> None:
        for seed in range(8):
            model.initial_weights(SIZES, seed, BOOK.initialisation)

    measure(draw, 30, 12)
