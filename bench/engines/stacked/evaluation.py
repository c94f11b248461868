"""What a stack is evaluated by: which weights, how many passes; and how its hidden units are active.

Training is not touched: weights that are put in for an evaluation are taken out after it, and random numbers are those
of a seed that no training has.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from bench.base.draws import Position
from bench.engines.stacked import model
from bench.engines.stacked.hooks import Hooks
from bench.engines.stacked.model import Layer
from bench.engines.stacked.normalisation import BatchNormalisation

OTHER_SEED = 1 << 63
"""Added to the seed of the masks: seeds of studies are below it."""
PARTS = ("train", "validation", "test", "probe")
PROBE_ROWS = 1000
"""Training images, the first, whose activations are looked at."""


class Evaluation:
    """How the networks of a stack are evaluated."""

    def __init__(self, hooks: Hooks, network: list[Layer]) -> None:
        self.hooks, self.network = hooks, network
        self.epoch = 0
        norms = [layer.normalisation for layer in network if layer.normalisation]
        self.buffers = [norm.running for norm in norms if isinstance(norm, BatchNormalisation)]
        self.statistics: dict[int, list[torch.Tensor]] = {}
        """By network, the batch statistics `[2, H]` of its mean weights, where it has such."""

    @property
    def needs_validation(self) -> bool:
        """Whether what is evaluated depends on validation losses."""
        return any(run.record.validates for run, _ in self.hooks.keepers)

    def end_epoch(self, epoch: int, validation: torch.Tensor) -> None:
        """Let weights be kept, after an epoch (from 0) with validation losses `[K]`."""
        self.epoch = epoch
        for run, keeper in self.hooks.keepers:
            kept = [each[run.networks] for each in self._tensors(keeper.buffers)]
            keeper.after_epoch(kept, epoch, validation[run.networks])

    def take_statistics(self, measure: Callable[[], None]) -> None:
        """Keep the batch statistics that `measure` writes while mean weights are put in, where some network has such.

        Those of the other networks, and of training, are then what they were.
        """
        averaged = [
            run.networks.start + index
            for run, keeper in self.hooks.keepers
            for index, mean in enumerate(keeper.averaged)
            if mean
        ]
        if not averaged or not self.buffers:
            return
        own = [each.clone() for each in self.buffers]
        with self.weights():
            self._refresh()
            measure()
            self.statistics = {network: [each[network].clone() for each in self.buffers] for network in averaged}
        self._refresh()
        for each, before in zip(self.buffers, own, strict=True):
            each.copy_(before)

    def _refresh(self) -> None:
        for layer in self.network:
            layer.refresh()

    @contextmanager
    def weights(self) -> Iterator[None]:
        """Let the parameters be those that are to be evaluated, for as long as the context lasts."""
        replaced = []
        for run, keeper in self.hooks.keepers:
            for each, kept in zip(self._tensors(keeper.buffers), keeper.kept, strict=False):
                replaced.append((each[run.networks], each[run.networks].clone()))
                each[run.networks].copy_(kept)
        for network, statistics in self.statistics.items():
            for each, of_mean in zip(self.buffers, statistics, strict=True):
                replaced.append((each[network], each[network].clone()))
                each[network].copy_(of_mean)
        try:
            yield
        finally:
            for each, own in reversed(replaced):
                each.copy_(own)

    def logits(self, images: torch.Tensor, part: str, chunk: int) -> torch.Tensor:
        """Return the logits `[K, B, C]` of a chunk of images: of the mean over passes, where there are several."""
        clean = model.predict(self.network, images)
        passes = clean.new_zeros(len(clean), dtype=torch.float64)
        for run in self.hooks.passes:
            passes[run.networks] = run.strength
        if not passes.any():
            return clean
        total = torch.full_like(clean, -torch.inf, dtype=torch.float64)
        for each in range(int(passes.max())):
            at = Position(self.epoch, self._step(part, chunk, each))
            noisy = model.predict(self.network, images, self.hooks.noise(at, OTHER_SEED))
            own = log_probabilities(noisy)
            higher = torch.maximum(total, own)
            both = higher + ((total - higher).exp() + (own - higher).exp()).log()
            total = torch.where((passes > each)[:, None, None], both, total)
        mean = total - passes.clamp(min=1).log()[:, None, None]
        averaged = mean.to(torch.promote_types(clean.dtype, torch.float32))
        return torch.where((passes > 0)[:, None, None], averaged, clean)

    def activations(self, images: torch.Tensor) -> list[dict[str, float]]:
        """Return, for each network, statistics of its hidden units on `images`, before and after the noise.

        Mean, variance (over examples and units) and share of zeros; a normalisation is as in evaluation.
        """
        found: list[dict[str, float]] = [{} for _ in self.network[0].parameters]

        def seen(layer: int, before: torch.Tensor, after: torch.Tensor) -> None:
            for name, values in (("activation", before), ("masked", after)):
                for row, each in zip(found, values.double(), strict=True):
                    row[f"{name}_mean_{layer + 1}"] = each.mean().item()
                    row[f"{name}_variance_{layer + 1}"] = each.var(correction=0).item()
                    row[f"{name}_zeros_{layer + 1}"] = (each == 0).double().mean().item()

        noise = self.hooks.noise(Position(self.epoch, self._step("probe", 0, 0)), OTHER_SEED)
        model.predict(self.network, images, noise, seen)
        return found

    def _tensors(self, buffers: bool) -> list[torch.Tensor]:
        return [*self.hooks.tensors, *(self.buffers if buffers else [])]

    @staticmethod
    def _step(part: str, chunk: int, each: int) -> int:
        """Return a number of its own for each pass over each chunk of a part of the data."""
        return (PARTS.index(part) << 40) + (chunk << 20) + each


def log_probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Return the log-softmax of `[K, B, C]`, float64. Classes are added one by one: torch's sum may depend on K."""
    shifted = logits.double() - logits.double().amax(dim=-1, keepdim=True)
    return shifted - functools.reduce(torch.add, shifted.exp().unbind(dim=-1)).log()[:, :, None]


def calibration_error(confidence: torch.Tensor, correct: torch.Tensor) -> float | None:
    """Return the expected calibration error of predictions with `confidence` `[N]`: 15 bins of equal width.

    The mean over examples of |share correct - mean confidence| of the example's bin (Guo et al. 2017, ICML). None where
    a confidence is not finite.
    """
    if not confidence.isfinite().all():
        return None
    bins = (confidence.double() * 15).ceil().long().clamp(1, 15) - 1
    surplus = torch.zeros(15, dtype=torch.float64).index_add_(
        0, bins.cpu(), (correct.double() - confidence.double()).cpu()
    )
    return (surplus.abs().sum() / len(correct)).item()
