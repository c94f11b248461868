"""Streams of random numbers: each source of randomness of a trial has its own, so that conditions share them."""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

SOURCES = ("init", "order", "mask")


@dataclass(frozen=True)
class StreamSeeds:
    """Three different seeds, whole numbers below 2^32."""

    init: int
    order: int
    mask: int


def stream_seeds(init: int, order: int, mask: int) -> StreamSeeds:
    """Return the seeds of a trial's three streams, made of the number of each source and its name."""
    found: list[int] = []
    for name, number in zip(SOURCES, (init, order, mask), strict=True):
        seed, turn = _digest(name, number), 0
        while seed in found:
            turn += 1
            seed = _digest(name, number, turn)
        found.append(seed)
    return StreamSeeds(*found)


def seed_of(seeds: StreamSeeds, trial_seed: int, stream: str, epoch: int) -> int:
    """Return the seed, below 2^32, of a stream at an epoch; a stream of another name is made of the trial's seed."""
    base = getattr(seeds, stream) if stream in SOURCES else trial_seed
    return _digest(stream, base, epoch)


def _digest(*parts: object) -> int:
    text = "/".join(map(str, parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def seed_everything(seed: int) -> None:
    """Seed the global generators of Python, NumPy and, where it is loaded, torch, on every device."""
    random.seed(seed)
    np.random.seed(seed)
    if (torch := sys.modules.get("torch")) is not None:
        if torch.accelerator.current_accelerator() is None:  # of this build: else manual_seed writes down where it was
            torch.default_generator.manual_seed(seed)
        else:
            torch.manual_seed(seed)


def global_state() -> dict[str, Any]:
    """Return the states of the global generators."""
    state = {"python": random.getstate(), "numpy": np.random.get_state()}
    if (torch := sys.modules.get("torch")) is not None:
        state["torch"] = torch.get_rng_state()
        if torch.cuda.is_initialized():
            state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def set_global_state(state: dict[str, Any]) -> None:
    """Put the global generators back into a state."""
    random.setstate(state["python"])
    np.random.set_state(state["numpy"])
    torch = sys.modules.get("torch")
    if torch is not None and "torch" in state:
        torch.set_rng_state(state["torch"])
        if "cuda" in state:
            torch.cuda.set_rng_state_all(state["cuda"])


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let the global generators draw from a stream, and put them back."""
    before = global_state()
    seed_everything(seed)
    try:
        yield
    finally:
        set_global_state(before)
