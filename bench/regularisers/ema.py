"""Moving average: the weights that are evaluated are an exponential moving average of those of all steps."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.record import Keeper, Regulariser, per_network


class Average(Keeper):
    """The average so far: the first step's weights, then decay times it plus 1 - decay times the newest."""

    def after_step(self, weights: list[torch.Tensor]) -> None:
        """Move the average towards the weights."""
        if not self.kept:
            self.kept = [each.clone() for each in weights]
            self.averaged = [True] * len(self.strength)
            return
        for kept, each in zip(self.kept, weights, strict=True):
            kept.lerp_(each, per_network(1 - self.strength, each))


EMA = Regulariser(
    name="ema",
    definition="evaluated weights: an average of those after each step, a' = d a + (1 - d) w, from those of the "
    "first step on; training goes on from w",
    source="Polyak and Juditsky 1992, SIAM J. Control Optim. 30, 838-855; Tarvainen and Valpola 2017, NIPS 30",
    null=0.0,
    low=0.0,
    high=1.0,
    typical=0.9,
    each="network",
    reference="torch.optim.swa_utils.AveragedModel with get_ema_multi_avg_fn",
    keeper=Average,
)
