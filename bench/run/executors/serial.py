"""The serial twin: stacks one after another in this process, for debugging."""

from __future__ import annotations

from collections.abc import Generator

from bench.base.threads import single_thread
from bench.run.executors import EpochDone, Event, NextStack, StackDone
from bench.run.worker import perform


def run(next_stack: NextStack, workers: int) -> Generator[list[Event]]:
    """Yield what happens. `workers` is 1 whatever is asked; epochs are reported when their stack is done."""
    del workers
    single_thread()
    while (stack := next_stack()) is not None:
        epochs: list[Event] = []
        current = stack
        results = perform(current, lambda epochs=epochs, current=current: epochs.append(EpochDone(current)))
        yield [*epochs, StackDone(current, results)]
