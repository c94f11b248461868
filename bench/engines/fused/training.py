"""The training of a stack on the GPU: per epoch, draw the orders, replay the graph of a step, evaluate.

Nothing within an epoch waits for the device, and nothing that a trial computes depends on its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from bench.data.split import Split
from bench.engines.epochs import run_epochs
from bench.engines.fused.step import FusedStack
from bench.record.outcome import Outcome, Score
from bench.record.trials import Trial


class FusedEngine:
    """Trials of any seeds in training; they share recipe and precision, and use no regulariser but dropout.

    `split` decides the device.
    """

    def __init__(self, trials: Sequence[Trial], split: Split) -> None:
        self.stack = FusedStack(trials, split)
        self.count, self.device = len(trials), self.stack.device
        self.has_validation = bool(len(split.validation_labels))
        self.step = replayed(self.stack) if self.device.type == "cuda" else self.stack.step

    def train_epoch(self, epoch: int) -> list[Score]:
        """Train for one epoch, counted from 0; return the running scores."""
        return train_epoch(self.stack, self.step, epoch)

    def end_epoch(self, epoch: int) -> list[dict[str, float]]:
        """Do nothing: it chooses no other weights, and records no activations."""
        del epoch
        return [{}] * self.count

    def evaluate(self, part: str) -> list[Score]:
        """Score on ``train``, ``validation`` or ``test``, in evaluation mode."""
        over = self.stack.parts[part]
        self.stack.evaluate(over)
        return _scores(self.stack, len(over.labels))


def train_stack(trials: Sequence[Trial], split: Split, on_epoch: Callable[[], None]) -> list[Outcome]:
    """Train every trial and score it, as bench.engines.stacked.train.train_stack does."""
    return run_epochs(FusedEngine(trials, split), trials[0].network.epochs, on_epoch)


def train_epoch(stack: FusedStack, step: Callable[[], None], epoch: int) -> list[Score]:
    """Train the stack for one epoch (counted from 0), in place; return the running scores."""
    stack.begin_epoch(epoch)
    for _ in range(stack.steps):
        step()
    return _scores(stack, len(stack.train.labels))


def replayed(stack: FusedStack) -> Callable[[], None]:
    """Return a function that does a step of the stack, as one CUDA graph; the networks start again.

    Before the capture one step runs as it is: kernels are compiled at their first launch, which no graph may hold.
    """
    stack.begin_epoch(0)
    side = torch.cuda.Stream(stack.device)
    side.wait_stream(torch.cuda.current_stream(stack.device))
    with torch.cuda.stream(side):
        stack.step()
    torch.cuda.current_stream(stack.device).wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        stack.step()
    stack.restart()
    return graph.replay


def _scores(stack: FusedStack, total: int) -> list[Score]:
    losses, hits = stack.scores(total)
    return [Score(correct=hit, loss=loss) for loss, hit in zip(losses.tolist(), hits, strict=True)]
