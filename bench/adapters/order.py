"""The order of training examples as a sampler, for trainers that make their iterators as they like."""

from __future__ import annotations

from collections.abc import Iterator, Sized

import torch
from torch.utils.data import Sampler

from bench.engines.own.trial import Trial


class Order(Sampler[int]):
    """A permutation for each epoch, made of stream and epoch alone.

    ``RandomSampler`` draws a second time when it is exhausted, and whether it is depends on the trainer and on the
    number of loader workers; this one gives the same order whoever iterates it, and how often.
    """

    def __init__(self, trial: Trial, data: Sized) -> None:
        self.trial, self.size, self.epoch = trial, len(data), 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order is next: Lightning and accelerate do it."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[int]:
        order = self.trial.generator("order", self.epoch)
        return iter(torch.randperm(self.size, generator=order).tolist())
