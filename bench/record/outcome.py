"""What comes of one trial: its scores, epoch by epoch and at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch


@dataclass(frozen=True)
class Score:
    """What a network got on a set of images, or while training over an epoch."""

    correct: torch.Tensor
    """bool `[N]`, on the CPU."""
    loss: float
    """nats per sample."""
    calibration_error: float | None = None
    """Expected, with 15 bins; None where it is not known, or where a probability is not finite."""


@dataclass
class Outcome:
    """What came of one trial."""

    running: list[Score] = field(default_factory=list)
    """Over each epoch, while training, noise on."""
    test: list[Score] = field(default_factory=list)
    """After each epoch."""
    train: Score | None = None
    """Clean: after the last epoch, evaluation mode."""
    validation: Score | None = None
    train_seconds: float = 0.0
    activations: list[dict[str, float]] = field(default_factory=list)
    """After each epoch, by column; empty where they are not recorded."""
