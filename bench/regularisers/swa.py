"""Stochastic weight averaging: the weights that are evaluated are the mean of those at the ends of the last epochs."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.record import Keeper, Regulariser


class Mean(Keeper):
    """The mean so far, for each network from its own first epoch on; before it, the weights as they are."""

    def after_epoch(self, weights: list[torch.Tensor], epoch: int, validation: torch.Tensor) -> None:
        """Add the weights to the mean."""
        del validation
        if not self.kept:
            self.kept = [torch.empty_like(each) for each in weights]
        for index, share in enumerate(self.strength.tolist()):
            before = epoch - (self.epochs - max(1, round(share * self.epochs)))
            self.averaged[index] = before >= 0
            for kept, each in zip(self.kept, weights, strict=True):
                if before <= 0:
                    kept[index].copy_(each[index])
                else:
                    kept[index].add_((each[index] - kept[index]) / (before + 1))


SWA = Regulariser(
    name="swa",
    definition="evaluated weights: the mean of those at the ends of the last round(s * epochs) epochs, at least "
    "one, as far as they are done; training goes on from the last, at the recipe's learning rates",
    source="Izmailov et al. 2018, UAI, 876-885",
    null=0.0,
    low=0.0,
    high=1.0,
    typical=1.0,
    each="network",
    reference="torch.optim.swa_utils.AveragedModel",
    keeper=Mean,
)
