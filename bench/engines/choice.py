"""Which engine trains a study's trials on a device: decided when they are planned, since their ids depend on it."""

from __future__ import annotations

import sys
from collections.abc import Collection
from functools import cache
from importlib.util import find_spec

from bench.base.errors import DeviceError
from bench.base.torch_on_use import torch
from bench.record.trials import FUSED, STACKED

FUSED_REGULARISERS = frozenset({"dropout"})


def engine_of(device: str, regularisers: Collection[str]) -> str:
    """Return the engine for trials on `device` of a study that uses `regularisers`.

    All conditions of a study have the same, so that no comparison is between engines. Where CUDA is absent, what
    another machine would do is the answer: a results folder can then be read anywhere.
    """
    if device != "cuda":
        return STACKED
    if others := sorted(set(regularisers) - FUSED_REGULARISERS):
        _say(f"the fused kernels have dropout only, and this study uses {', '.join(others)}")
        return STACKED
    if torch.cuda.is_available() and (why := _cannot_launch()):
        _say(why)
        return STACKED
    return FUSED


@cache
def _cannot_launch() -> str:
    """Return why no kernel can be compiled and launched on this machine's GPU; empty where one can."""
    if find_spec("triton") is None:
        return "Triton is not installed"
    from bench.engines.fused import philox  # noqa: PLC0415 - Triton may be absent

    try:
        seeds = torch.zeros(1, dtype=torch.int64, device="cuda")
    except RuntimeError as error:  # full, or another's alone: it passes, and must not change which engine is planned
        raise DeviceError(f"the GPU cannot be used now; try again when it is free: {error}") from error
    try:
        philox.permutations(seeds, "order", 0, 8).cpu()
    except torch.cuda.OutOfMemoryError as error:
        raise DeviceError(f"the GPU is full; try again when it is free: {error}") from error
    except Exception as error:  # noqa: BLE001 - a missing compiler, an old driver, an unknown processor: all are told
        return f"Triton launches no kernel here: {type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
    return ""


@cache
def _say(why: str) -> None:
    """Say once why the slower engine is taken."""
    print(f"warning: on CUDA, trials are trained by the stacked engine, not the fused one: {why}", file=sys.stderr)
