"""The cores of this machine that this process may use."""

from __future__ import annotations

import os

from bench.base.container import cpu_quota


def physical_cores() -> list[int]:
    """Return one logical processor per physical core, of those that this process may use.

    Where a container has a share of the machine's time alone, as many as that share is worth, and at least one.
    """
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
    quota = cpu_quota()
    return list(first_of_core.values())[: None if quota is None else max(1, int(quota))]
