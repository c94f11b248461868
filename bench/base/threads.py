"""One thread a process: fastest here, and the same bits whatever the number of cores."""

from __future__ import annotations

import torch
from threadpoolctl import threadpool_limits


def single_thread() -> None:
    """Let this process compute with one thread, from now on: torch's operators and every matrix library loaded."""
    torch.set_num_threads(1)
    threadpool_limits(limits=1)
