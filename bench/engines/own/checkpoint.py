"""What a long training keeps over a kill: written beside and moved into place, so that it is whole or not there."""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.base.files import write_atomically
from bench.engines.own.streams import global_state, set_global_state

FILE = "saved"
Name = tuple[str, str, int, int]
"""Name of a generator that was handed out: library, stream, epoch, how many of these were before."""


@dataclass(frozen=True)
class Saved:
    """What was saved."""

    state: Any
    curve: list[dict[str, Any]]
    generators: dict[Name, Any]
    global_generators: dict[str, Any]
    seconds: float


def write(folder: Path, state: Any, curve: list[dict[str, Any]], alive: Mapping[Name, Any], seconds: float) -> None:
    """Write a state and all that goes with it."""
    generators = {name: _state(made) for name, made in alive.items()}
    saved = (state, list(curve), generators, global_state(), seconds)
    content = io.BytesIO()
    if (torch := sys.modules.get("torch")) is not None:
        torch.save(saved, content)
    else:
        pickle.dump(saved, content)
    write_atomically(folder / FILE, content.getvalue())


def read(folder: Path) -> Saved | None:
    """Return what was written last; None where nothing was."""
    try:
        content = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return None
    if content[:2] == b"PK":
        import torch  # noqa: PLC0415 - what it wrote only it reads

        return Saved(*torch.load(io.BytesIO(content), weights_only=False))
    return Saved(*pickle.loads(content))


def set_global(saved: Saved) -> None:
    """Put the global generators where they were."""
    set_global_state(saved.global_generators)


def set_state(made: Any, state: Any) -> None:
    """Put a generator where it was."""
    if isinstance(made, np.random.Generator):
        made.bit_generator.state = state
    else:
        made.set_state(state)


def _state(made: Any) -> Any:
    return made.bit_generator.state if isinstance(made, np.random.Generator) else made.get_state()
