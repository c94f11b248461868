"""Which engine a study's trials are planned for."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
import torch

import bench.engines.fused
from bench.engines import choice
from bench.record.trials import FUSED, STACKED


def test_the_cpu_has_the_stacked_engine_and_cuda_the_fused_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choice.engine_of("cpu", ["dropout"]) == STACKED
    assert choice.engine_of("cuda", ["dropout"]) == FUSED
    assert choice.engine_of("cuda", []) == FUSED


def test_other_regularisers_and_a_missing_triton_are_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choice._say.cache_clear()
    assert choice.engine_of("cuda", ["dropout", "mixup"]) == STACKED
    assert "this study uses mixup" in capsys.readouterr().err
    assert choice.engine_of("cuda", ["dropout", "mixup"]) == STACKED
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    choice._cannot_launch.cache_clear()
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    assert choice.engine_of("cuda", ["dropout"]) == STACKED
    assert "Triton is not installed" in capsys.readouterr().err
    choice._cannot_launch.cache_clear()


def test_a_triton_that_cannot_launch_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Here for want of CUDA, or of Triton: whatever is raised is told, and the stacked engine taken."""
    choice._say.cache_clear()
    choice._cannot_launch.cache_clear()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(choice, "find_spec", lambda name: object())
    monkeypatch.setattr(choice.torch, "zeros", lambda *_, **__: None)
    broken = ModuleType("bench.engines.fused.philox")
    monkeypatch.setitem(sys.modules, "bench.engines.fused.philox", broken)
    monkeypatch.setattr(bench.engines.fused, "philox", broken, raising=False)
    assert choice.engine_of("cuda", ["dropout"]) == STACKED
    assert "Triton launches no kernel here: " in capsys.readouterr().err
    choice._cannot_launch.cache_clear()
