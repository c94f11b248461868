"""Where the kernels are tried: on CUDA as they are, else in Triton's interpreter. The machine decides, not the test.

The interpreter must be chosen before Triton is imported; nothing but bench.engines.fused imports it.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest
import torch

if not torch.cuda.is_available():
    os.environ.setdefault("TRITON_INTERPRET", "1")


@pytest.fixture(scope="session")
def device() -> torch.device:
    if find_spec("triton") is None:
        pytest.skip("Triton is not installed: pip install --no-deps triton")
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
