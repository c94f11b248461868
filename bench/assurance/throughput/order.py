"""The order of conditions within blocks: balanced for what a slot leaves behind, and randomised by a recorded seed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.base import draws
from bench.base.draws import Position

STREAM = "throughput order"


def williams(count: int) -> np.ndarray:
    """Return a Williams design, int64 `[rows, count]`: `count` rows where that is even, twice as many where it is odd.

    Each row has every condition once, each condition comes equally often at each position, and each follows each
    other one equally often (Williams 1949, *Experimental designs balanced for the estimation of residual effects*).
    """
    zigzag = np.array([(step + 1) // 2 if step % 2 else -(step // 2) for step in range(count)])
    rows = (zigzag + np.arange(count)[:, None]) % count
    return np.concatenate([rows, rows[:, ::-1]]) if count % 2 and count > 1 else rows


def orders(count: int, seed: int) -> Iterator[list[int]]:
    """Yield the order of `count` conditions in one block after another, without end.

    Design after design, each with the conditions dealt to it at random and its rows shuffled.
    """
    design = williams(count)
    turn = 0
    while True:
        dealt = draws.permutation(seed, STREAM, Position(epoch=turn, layer=0), count)
        shuffled = draws.permutation(seed, STREAM, Position(epoch=turn, layer=1), len(design))
        yield from (dealt[row].tolist() for row in design[shuffled])
        turn += 1
