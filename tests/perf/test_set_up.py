"""The initial weights of the default study's stack."""

from __future__ import annotations

from tests.perf.conftest import Measure
from tests.perf.workload import networks


def test_set_up(measure: Measure) -> None:
    measure(networks, 32, 32)
