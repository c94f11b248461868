"""What the container that this process runs in may use of its machine: Linux control groups, version 2 and 1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def cpu_quota() -> float | None:
    """Return how many cores' time this process may use; None where nothing limits it."""
    quotas = [_share(*text.split()) for (text,) in _settings("", "cpu.max") if len(text.split()) == 2]
    quotas += [_share(*both) for both in _settings("cpu", "cpu.cfs_quota_us", "cpu.cfs_period_us")]
    return min((each for each in quotas if each is not None), default=None)


def memory_limit() -> int | None:
    """Return how many bytes of memory this process may use; None where nothing limits it."""
    limits = [*_settings("", "memory.max"), *_settings("memory", "memory.limit_in_bytes")]
    return min((int(each) for (each,) in limits if each.isdigit()), default=None)


def _share(quota: str, period: str) -> float | None:
    return int(quota) / int(period) if quota.isdigit() and period.isdigit() and int(period) else None


def _settings(controller: str, *names: str) -> Iterator[list[str]]:
    """Yield settings of this process's group and of each group around it, where they can be read."""
    for group in _groups(controller):
        try:
            yield [(group / name).read_text(encoding="ascii", errors="replace").strip() for name in names]
        except OSError:
            continue


def _groups(controller: str) -> Iterator[Path]:
    """Yield the folders of this process's group of a controller (none in version 2), and of those around it."""
    try:
        lines = OWN.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return
    for _, controllers, path in (line.split(":", 2) for line in lines if line.count(":") >= 2):
        if controller in controllers.split(","):
            for tree in dict.fromkeys((ROOT / controller, ROOT / controllers)):  # the link to the second may be missing
                folder = tree / path.lstrip("/")
                yield from [folder, *(each for each in folder.parents if each.is_relative_to(ROOT))]
