"""The initial weights of the default study's stack, built 20 times: one building is too short to be timed well."""

from __future__ import annotations

from tests.perf.conftest import Measure
from tests.perf.workload import networks


def test_set_up(measure: Measure) -> None:
    def build() -> None:
        for _ in range(20):
            networks()

    measure(build, 30, 12)
