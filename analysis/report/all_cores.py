"""A function of many values, on all cores that this process may use."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_TASKS: list[tuple[Callable[[Any], Any], Any]] = []
"""Work that a worker's parent gave it."""


def on_all_cores(function: Callable[[T], R], values: Sequence[T]) -> list[R]:
    """Return `function` of each of `values`, in their order.

    Workers are forked: they have the parent's modules and values without importing or copying them, and only results
    travel. Where a process cannot be forked, or is a worker itself, all is done in this one.
    """
    workers = min(len(values), _cores())
    if workers < 2 or sys.platform != "linux" or multiprocessing.current_process().daemon:
        return [function(each) for each in values]
    tasks = [(function, each) for each in values]
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), _start, (tasks,))
    try:
        with warnings.catch_warnings():
            # Python warns of threads that a forked process lacks; a worker draws, and waits for none of them.
            warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
            return list(pool.map(_nth, range(len(tasks))))
    finally:
        pool.shutdown(cancel_futures=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(tasks: list[tuple[Callable[[Any], Any], Any]]) -> None:
    """Keep the tasks; Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _TASKS.extend(tasks)


def _nth(index: int) -> Any:
    function, value = _TASKS[index]
    return function(value)
