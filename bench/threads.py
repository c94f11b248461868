"""One thread a process: what is fastest here, and what makes products the same to the bit on every machine's count."""

from __future__ import annotations

from typing import Any

import torch
from threadpoolctl import threadpool_info, threadpool_limits


def single_thread() -> None:
    """Let this process compute with one thread, from now on: torch's operators and every matrix library loaded."""
    torch.set_num_threads(1)
    threadpool_limits(limits=1)


def matrix_libraries() -> list[dict[str, Any]]:
    """Return the matrix libraries that this process has loaded: name, version and the kernels that they chose."""
    told = ("internal_api", "version", "architecture")
    return [{name: each.get(name) for name in told} for each in threadpool_info() if each["user_api"] == "blas"]
