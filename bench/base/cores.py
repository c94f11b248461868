"""The cores of this machine that this process may use."""

from __future__ import annotations

import os


def physical_cores() -> list[int]:
    """Return one logical processor per physical core, of those that this process may use."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    first_of_core: dict[str, int] = {}
    for processor in allowed:
        siblings = f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list"
        try:
            with open(siblings, encoding="ascii") as file:  # noqa: PTH123 - a kernel file
                core = file.read().strip()
        except OSError:
            core = str(processor)
        first_of_core.setdefault(core, processor)
    return list(first_of_core.values())
