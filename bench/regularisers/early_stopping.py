"""Early stopping: the weights that are evaluated are those at the end of the best epoch before patience ran out."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.record import Keeper, Regulariser


class Best(Keeper):
    """The weights of the lowest validation loss so far. A network that is stopped is trained on, to no effect."""

    buffers = True

    def __init__(self, strength: torch.Tensor, epochs: int) -> None:
        super().__init__(strength, epochs)
        self.lowest = [float("inf")] * len(strength)
        self.at = [0] * len(strength)

    def after_epoch(self, weights: list[torch.Tensor], epoch: int, validation: torch.Tensor) -> None:
        """Keep the weights where the loss is lower than ever; nothing more once patience has run out."""
        if not self.kept:
            self.kept = [each.clone() for each in weights]
        for index, (loss, patience) in enumerate(zip(validation.tolist(), self.strength.tolist(), strict=True)):
            if epoch - self.at[index] > patience or not loss < self.lowest[index]:
                continue
            self.lowest[index], self.at[index] = loss, epoch
            for kept, each in zip(self.kept, weights, strict=True):
                kept[index].copy_(each[index])


EARLY_STOPPING = Regulariser(
    name="early_stopping",
    definition="evaluated weights: those at the end of the epoch with the lowest validation loss, until it was not "
    "lower for `patience` epochs in a row; running scores go on to the last epoch",
    source="Prechelt 1998, in Neural networks: tricks of the trade, 55-69",
    null=float("inf"),
    low=1.0,
    high=float("inf"),
    typical=2.0,
    each="network",
    whole=True,
    validates=True,
    keeper=Best,
)
