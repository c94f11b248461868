"""Lanes share tasks: each is done once, and a fault is told."""

from __future__ import annotations

import math

import pytest

from bench.assurance.pinned_workers import LaneError, Lanes


@pytest.mark.slow
def test_each_task_is_done_once_and_a_fault_is_told() -> None:
    with Lanes(2) as lanes:
        assert sorted(lanes.share(math.sqrt, [1.0, 4.0, 9.0, 16.0, 25.0])) == [(n * n, n) for n in range(1, 6)]
        with pytest.raises(LaneError, match="ValueError"):
            list(lanes.share(math.sqrt, [-1.0]))
