"""JAX: keys from a trial's streams."""

from __future__ import annotations

import os
from typing import Any

from bench.adapters import library
from bench.engines.own.streams import seed_of
from bench.engines.own.trial import Trial

jax = library("jax", extra="jax")

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # trials that share a GPU share its memory


def key(trial: Trial, stream: str, epoch: int = 0) -> Any:
    """Return the key of a stream at an epoch: ``init``, ``order``, ``mask`` or any other name."""
    return jax.random.key(seed_of(trial.seeds, trial.seed, stream, epoch))
