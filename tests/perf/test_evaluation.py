"""One batch of evaluation of the default study's stack."""

from __future__ import annotations

from bench.engines.stacked.train import evaluate
from tests.perf.conftest import Measure
from tests.perf.workload import images, networks


def test_evaluation(measure: Measure) -> None:
    network, split = networks(), images(1)
    measure(lambda: evaluate(network, split.test_images, split.test_labels), 30, 16)
