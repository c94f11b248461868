"""Block after block, every condition once in each, a calibration between any two slots."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.assurance.load import Load
from bench.assurance.throughput.order import orders
from bench.assurance.throughput.slot import Slot, pairs

AGAIN = 2
"""Blocks at most, as a multiple of those wanted: what was not alone on the machine is repeated that far."""


@dataclass(frozen=True)
class Workbench:
    """What is measured with: on the real machine `machine.workbench`, in tests something simpler."""

    train: Callable[[str], Sequence[float]]
    """Train a stack of the condition of this label on every worker at once; return each worker's seconds."""
    bound: Callable[[], Sequence[float]]
    """Return each worker's seconds for the matrix products of one step, per network."""
    load: Callable[[], Load]
    """Make the watch for other load."""
    intruder: Callable[[], str | None]
    """Say what else is seen on the device, None where nothing is."""


def measure(
    workbench: Workbench, labels: Sequence[str], blocks: int, seed: int, tell: Callable[[int, dict[str, int]], None]
) -> list[Slot]:
    """Measure every condition once in each block; the first of `labels` is the control.

    There are as many blocks as it takes until each condition has been alone with the control in `blocks` of them,
    at most `AGAIN` times that many. When to stop is decided by the load alone, never by the times. After each block
    `tell` is given the number of blocks so far and of those that count for each condition.
    """
    slots: list[Slot] = []
    before = statistics.fmean(workbench.bound())
    for block, order in enumerate(orders(len(labels), seed)):
        for position, index in enumerate(order):
            started = datetime.now(UTC)
            with workbench.load() as load:
                seconds = tuple(workbench.train(labels[index]))
            intruder = workbench.intruder()
            after = statistics.fmean(workbench.bound())
            slots.append(Slot(labels[index], block, position, seconds, before, after, load.others, intruder, started))
            before = after
        counted = pairs(slots, labels[0])
        tell(block + 1, counted)
        if block + 1 >= AGAIN * blocks or min(counted.values()) >= blocks:
            return slots
    raise AssertionError("orders do not end")
