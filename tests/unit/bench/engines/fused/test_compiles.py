"""Every kernel compiles for an H200, within its registers, whether or not a GPU is here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("triton", reason="Triton is not installed: pip install --no-deps triton")

SPILL_BYTES = 16


@pytest.mark.slow
def test_every_kernel_compiles_for_an_h200(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    program = Path(__file__).with_name("compile_kernels.py")
    paths = os.pathsep.join(filter(None, [str(Path(__file__).parents[5]), environment.get("PYTHONPATH", "")]))
    environment |= {"TRITON_CACHE_DIR": str(tmp_path), "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    kernels = done.stdout.splitlines()
    assert len(kernels) == 3 * 7 + 3 + 3
    for kernel in kernels:
        words = kernel.split()
        assert int(words[words.index("stack") + 1]) <= SPILL_BYTES, kernel
        is_product = any(name in kernel for name in ("hidden", "output", "gradient", "update"))
        has_tensor_cores = not kernel.startswith("float32") and is_product
        assert (int(words[-1]) > 0) == has_tensor_cores, kernel
