"""The control: the matrix products of a step alone. No source that the gate compares is in it."""

from __future__ import annotations

import importlib.util

import torch

from tests.perf.conftest import BATCH, TRIALS, Measure, benchmarks_root


def test_sgemm_bound(measure: Measure) -> None:
    """The bound is read from the tree of these benchmarks, so that it is the same on both sides of the gate."""
    file = benchmarks_root() / "bench/assurance/matmul_bound.py"
    spec = importlib.util.spec_from_file_location("bound_of_the_benchmarks", file)
    assert spec is not None and spec.loader is not None
    bound = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bound)
    measure(bound.products((784, 256, 256, 10), BATCH, TRIALS, torch.float32), 30, 12)
