"""The study of seeding on the image segments: an MLP 18-64-64-7."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seeding import trained
from tabular import FEATURES, LABELS, SHA256, TRAIN_SIZE

if TYPE_CHECKING:
    from bench.engines.own.trial import Trial


def train(trial: Trial) -> dict[str, Any]:
    """Train on the rows of the table."""
    train, test = (FEATURES[:TRAIN_SIZE], LABELS[:TRAIN_SIZE]), (FEATURES[TRAIN_SIZE:], LABELS[TRAIN_SIZE:])
    return trained(trial, (18, 64, 64, 7), train, test) | {"data_hash": SHA256[:16]}
