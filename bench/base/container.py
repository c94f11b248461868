"""What the container that this process runs in may use of its machine: Linux control groups, version 2 and 1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def cpu_quota() -> float | None:
    """Return how many cores' time this process may use; None where nothing limits it."""
    quotas = [_share(*text.split()) for text in _settings("", "cpu.max") if len(text.split()) == 2]
    of_version_1 = zip(_settings("cpu", "cpu.cfs_quota_us"), _settings("cpu", "cpu.cfs_period_us"), strict=False)
    quotas += [_share(quota, period) for quota, period in of_version_1]
    return min((each for each in quotas if each is not None), default=None)


def memory_limit() -> int | None:
    """Return how many bytes of memory this process may use; None where nothing limits it."""
    limits = [*_settings("", "memory.max"), *_settings("memory", "memory.limit_in_bytes")]
    return min((int(each) for each in limits if each.isdigit()), default=None)


def _share(quota: str, period: str) -> float | None:
    return int(quota) / int(period) if quota.isdigit() and period.isdigit() and int(period) else None


def _settings(controller: str, name: str) -> Iterator[str]:
    """Yield a setting of this process's group and of each group around it, where there is one."""
    for group in _groups(controller):
        try:
            yield (group / name).read_text(encoding="ascii").strip()
        except OSError:
            continue


def _groups(controller: str) -> Iterator[Path]:
    """Yield the folders of this process's group of a controller (none in version 2), and of those around it."""
    try:
        lines = [line.split(":", 2) for line in OWN.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return
    for _, controllers, path in lines:
        if controller in controllers.split(","):
            folder = (ROOT / controller / path.lstrip("/")) if controller else ROOT / path.lstrip("/")
            yield from [folder, *(each for each in folder.parents if each.is_relative_to(ROOT))]
