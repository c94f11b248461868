"""torch on use: absent until something of it is read, and the module itself from then on."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch as itself

from bench.base.torch_on_use import torch

CODE = """
import sys
from bench.base.torch_on_use import torch
assert "torch" not in sys.modules
try:
    torch.nothing_of_this_name
except AttributeError as error:
    assert "nothing_of_this_name" in str(error)
assert torch.zeros(2).tolist() == [0, 0]
import pytest
import torch as itself
assert torch.float32 is itself.float32 and torch.nn.Linear is itself.nn.Linear
"""


@pytest.mark.slow
def test_it_is_imported_when_something_of_it_is_read():
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_what_is_read_is_what_torch_has():
    names = [name for name in dir(itself) if not name.startswith("_")]
    assert len(names) > 500
    fresh = type(torch)("torch")  # other tests may have replaced attributes of the one that all share
    assert [name for name in names if name in vars(itself) and getattr(fresh, name) is not getattr(itself, name)] == []
