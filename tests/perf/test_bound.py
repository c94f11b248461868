"""The control: the matrix products of a step alone. No source that the gate compares is in it."""

from __future__ import annotations

import importlib.util

import pytest
import torch

from tests.perf.conftest import BATCH, TRIALS, Measure, benchmarks_root


@pytest.mark.parametrize("library", ["numpy", "fastest"])
def test_products(measure: Measure, library: str) -> None:
    """The ruler is read from the tree of these benchmarks, so that it is the same on both sides of the gate."""
    file = benchmarks_root() / "bench/base/matrix_products.py"
    spec = importlib.util.spec_from_file_location("ruler_of_the_benchmarks", file)
    assert spec is not None and spec.loader is not None
    ruler = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(ruler)
    candidates = None if library == "fastest" else [library]
    step, _ = ruler.fastest_step((784, 256, 256, 10), BATCH, TRIALS, torch.float32, candidates=candidates)
    measure(step, 30, 12)
