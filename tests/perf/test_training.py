"""Steps of training of the default study's stack."""

from __future__ import annotations

from bench.engines.stacked.train import train_epoch
from tests.perf.conftest import STEPS, Measure
from tests.perf.workload import images, networks, study_stack


def test_training_steps(measure: Measure) -> None:
    network, stack, split = networks(), study_stack(), images(STEPS)
    measure(lambda: train_epoch(network, stack, 0, split), 30, 8)
