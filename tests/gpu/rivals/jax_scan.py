"""JAX ``jit(vmap(scan))`` on the GPU: the race's contestant, its products in the precision that is raced."""

from __future__ import annotations

import jax

from bench.assurance.race.jax_scan import start_stack
from bench.assurance.race.task import Share, Task, Train
from tests.gpu.rivals import on_a_gpu


def start_tf32(task: Task, share: Share) -> Train:
    return _start(task, share, "tensorfloat32")


def start_bfloat16(task: Task, share: Share) -> Train:
    return _start(task, share, "BF16_BF16_F32")


def start_float32(task: Task, share: Share) -> Train:
    return _start(task, share, "highest")


def _start(task: Task, share: Share, products: str) -> Train:
    platform = jax.devices()[0].platform
    if on_a_gpu() and platform not in ("gpu", "cuda"):
        raise RuntimeError(f"JAX runs on {platform} here, not on the GPU")
    jax.config.update("jax_default_matmul_precision", products)
    return start_stack(task, share)
