"""The runs that every script here writes with its tool: numbers made up, so that what is read can be checked by hand.

Two methods and five seeds. Method dropout calls its metric otherwise; its seed 4 crashes in the second epoch; one more
run of the baseline has no seed.
"""

from __future__ import annotations

from dataclasses import dataclass

EPOCHS = 3


@dataclass(frozen=True)
class MadeUp:
    """A run; `seed` None where it was not logged."""

    method: str
    dropout: float
    seed: int | None
    test: float
    """Accuracy after training."""

    @property
    def metric(self) -> str:
        return "test_accuracy" if self.method == "dropout" else "test_acc"

    @property
    def crashes(self) -> bool:
        return (self.method, self.seed) == ("dropout", 4)

    @property
    def name(self) -> str:
        return f"{self.method}-{self.seed}"

    @property
    def course(self) -> list[float]:
        """Validation accuracy by epoch: best in the second."""
        return [round(self.test + change, 4) for change in (-0.05, 0.02, 0.01)]

    @property
    def losses(self) -> list[float]:
        """Validation loss by epoch."""
        return [round(1 - value, 4) for value in self.course]


TEST = {"baseline": (0.851, 0.848, 0.853, 0.850, 0.847), "dropout": (0.860, 0.856, 0.864, 0.857, 0.859)}
RUNS = (
    *(MadeUp("baseline", 0.0, seed, test) for seed, test in enumerate(TEST["baseline"])),
    *(MadeUp("dropout", 0.3, seed, test) for seed, test in enumerate(TEST["dropout"])),
    MadeUp("baseline", 0.0, None, 0.9),
)
