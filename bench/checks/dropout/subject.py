"""What is checked: somebody's dropout layer, and how one of a given rate is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

MODULE, CALLABLE, FUNCTION = "module", "callable object", "function of (input, rate)"


@dataclass(frozen=True)
class Subject:
    """A dropout layer that can be made at any rate."""

    name: str
    form: str
    """One of MODULE, CALLABLE and FUNCTION: only a module can be switched between training and evaluation."""
    build: Callable[[float], Callable[..., Any]]
    """Rate -> what maps a tensor to a tensor; a module in training mode. Whatever the layer raises, this raises."""

    def make(self, rate: float, device: str) -> Callable[..., Any]:
        """Return a new layer of `rate` on `device`, a module in training mode."""
        made = self.build(rate)
        return made.to(device).train() if isinstance(made, nn.Module) else made
