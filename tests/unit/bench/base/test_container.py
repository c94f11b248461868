"""Control groups: the least share of this process's group and of those around it counts, in both versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.base import container, cores

MIB = 1 << 20


def lay(monkeypatch: pytest.MonkeyPatch, root: Path, own: str, files: dict[str, str]) -> None:
    """Write control groups below `root`, and let this process be of the group that `own` names."""
    for name, text in files.items():
        (root / "fs" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "fs" / name).write_text(f"{text}\n")
    (root / "own").write_text(own)
    monkeypatch.setattr(container, "ROOT", root / "fs")
    monkeypatch.setattr(container, "OWN", root / "own")


def test_the_least_share_of_nested_groups_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = {
        "cpu.max": "max 100000", "pod/cpu.max": "150000 100000", "pod/box/cpu.max": "800000 100000",
        "memory.max": "max", "pod/memory.max": str(64 * MIB), "pod/box/memory.max": str(256 * MIB),
    }  # fmt: skip
    lay(monkeypatch, tmp_path, "0::/pod/box\n", files)
    assert container.cpu_quota() == 1.5
    assert container.memory_limit() == 64 * MIB


def test_version_1_keeps_each_controller_in_a_tree_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = {
        "cpu/box/cpu.cfs_quota_us": "250000", "cpu/box/cpu.cfs_period_us": "100000",
        "cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000",
        "memory/memory.limit_in_bytes": str(512 * MIB),
    }  # fmt: skip
    lay(monkeypatch, tmp_path, "4:cpu,cpuacct:/box\n3:memory:/elsewhere\n", files)
    assert container.cpu_quota() == 2.5
    assert container.memory_limit() == 512 * MIB


def test_what_cannot_be_read_says_nothing_and_mixes_no_groups(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of the inner group the period cannot be read: its quota is no share of the outer one's period."""
    files = {
        "cpu,cpuacct/box/cpu.cfs_quota_us": "50000", "cpu,cpuacct/box/cpu.cfs_period_us/none": "",
        "cpu,cpuacct/cpu.cfs_quota_us": "300000", "cpu,cpuacct/cpu.cfs_period_us": "100000",
    }  # fmt: skip
    lay(monkeypatch, tmp_path, "4:cpu,cpuacct:/box\nno group\n", files)
    assert container.cpu_quota() == 3.0
    (tmp_path / "fs/memory.max").write_bytes(b"\xff\xfe")
    (tmp_path / "own").write_bytes(b"0::/caf\xe9\n")
    assert (container.cpu_quota(), container.memory_limit()) == (None, None)


@pytest.mark.parametrize("files", [{}, {"cpu.max": "max 100000", "memory.max": "max"}, {"cpu.max": ""}])
def test_without_a_limit_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: dict[str, str]) -> None:
    lay(monkeypatch, tmp_path, "0::/\n", files)
    assert (container.cpu_quota(), container.memory_limit()) == (None, None)


def test_without_control_groups_there_is_no_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(container, "OWN", tmp_path / "none")
    assert (container.cpu_quota(), container.memory_limit()) == (None, None)


@pytest.mark.parametrize(("quota", "used"), [(None, 4), (0.5, 1), (2.9, 2), (9.0, 4)])
def test_workers_are_as_many_as_the_quota_is_worth(
    monkeypatch: pytest.MonkeyPatch, quota: float | None, used: int
) -> None:
    monkeypatch.setattr(cores.os, "sched_getaffinity", lambda _: {1000, 1001, 1002, 1003})
    monkeypatch.setattr(cores, "cpu_quota", lambda: quota)
    assert cores.physical_cores() == [1000, 1001, 1002, 1003][:used]
