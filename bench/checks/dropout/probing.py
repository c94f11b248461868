"""Running somebody's layer: inputs whose ratios are exact, seeds, and what it raises."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from bench.checks.dropout.subject import Subject

LEVELS = (-4.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 4.0)
"""Values of the inputs: powers of two, so that output / input is exact in every floating-point format."""
CALLS, ROWS, UNITS = 128, 64, 64
"""Masks drawn at each rate: 128 x 64 x 64 = 524,288 numbers, 8,192 for each unit and for each row."""


class LayerError(Exception):
    """The layer raised an error, or gave what is no tensor of the input's shape."""


@dataclass(frozen=True)
class Probe:
    """A layer, where it runs, and the seed from which everything that is drawn for it starts."""

    subject: Subject
    device: str = "cpu"
    seed: int = 0
    spatial: tuple[int, ...] = ()
    """Sizes of the dimensions that follow the channels of an input; empty where each unit is dropped for itself."""

    def make(self, rate: float) -> Callable[..., Any]:
        """Return a new layer in training mode; raise LayerError where it cannot be made."""
        return told(lambda: self.subject.make(rate, self.device), f"made at rate {rate:g}")

    def make_module(self, rate: float) -> nn.Module:
        """Return a new layer that can be switched; raise LayerError where it cannot be made or switched."""
        made = self.make(rate)
        if not isinstance(made, nn.Module):
            raise LayerError(f"made at rate {rate:g} it is of type {type(made).__name__}, no module")
        return made

    def inputs(self, *shape: int, stream: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
        """Return inputs of `shape`, units or whole channels, each one of LEVELS, the same for one seed and stream."""
        values = self.values(*shape, stream=stream, dtype=dtype)
        spread = values.reshape(*shape, *(1 for _ in self.spatial)).expand(*shape, *self.spatial)
        return spread.contiguous()

    def values(self, *shape: int, stream: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
        """Return inputs of this very `shape`, each number one of LEVELS."""
        draw = np.random.Generator(np.random.Philox(key=self.seed + (stream << 64)))
        return torch.from_numpy(draw.choice(LEVELS, shape)).to(self.device, dtype)

    @contextmanager
    def seeded(self) -> Iterator[None]:
        """Seed every global generator that a layer may draw from, and leave each as it was."""
        before = random.getstate(), np.random.get_state()
        with torch.random.fork_rng(devices=range(torch.cuda.device_count()) if self.device == "cuda" else []):
            torch.default_generator.manual_seed(self.seed)
            if self.device == "cuda":
                torch.cuda.manual_seed_all(self.seed)
            random.seed(self.seed)
            np.random.seed(self.seed % (1 << 32))
            try:
                with warnings.catch_warnings(action="ignore"):  # torch warns of layers of other dimensions
                    yield
            finally:
                random.setstate(before[0])
                np.random.set_state(before[1])


def call(layer: Callable[..., Any], inputs: Tensor) -> Tensor:
    """Return what `layer` makes of `inputs`, which stay as they are; raise LayerError unless it has their shape."""
    out = call_as_is(layer, inputs.clone())
    if out.shape != inputs.shape:
        raise LayerError(f"gives {shown(out.shape)} for an input {shown(inputs.shape)}")
    return out


def call_as_is(layer: Callable[..., Any], inputs: Tensor) -> Tensor:
    """Return what `layer` makes of this very tensor; raise LayerError where it raises or gives no tensor."""
    out = told(lambda: layer(inputs), f"called on {str(inputs.dtype).removeprefix('torch.')} {shown(inputs.shape)}")
    if not isinstance(out, Tensor):
        raise LayerError(f"gives an object of type {type(out).__name__}; a tensor is expected")
    return out


def told(act: Callable[[], Any], what: str) -> Any:
    """Return what `act` returns; what it raises becomes a LayerError that says when."""
    try:
        return act()
    except LayerError:
        raise
    except Exception as error:
        first_line = (str(error).splitlines() or [""])[0]
        raise LayerError(f"{type(error).__name__} when {what}: {first_line}") from error


def shown(shape: torch.Size) -> str:
    """Return a shape in words."""
    return f"[{', '.join(map(str, shape))}]"
