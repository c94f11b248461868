"""The training of a stack on the GPU: per epoch, draw the orders, replay the graph of a step, evaluate.

Nothing within an epoch waits for the device, and nothing that a trial computes depends on its neighbours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import torch

from bench.data.split import Split
from bench.fused.step import Examples, FusedStack
from bench.train import Outcome, Score
from bench.trials import Trial


def train_stack(trials: Sequence[Trial], split: Split, on_epoch: Callable[[], None]) -> list[Outcome]:
    """Train every trial and score it, as bench.train.train_stack does; the trials may be of any seeds.

    `split` decides the device. They share recipe and precision, and use no regulariser but dropout.
    """
    stack = FusedStack(trials, split)
    step = replayed(stack) if stack.device.type == "cuda" else stack.step
    outcomes = [Outcome() for _ in trials]
    for epoch in range(stack.recipe.epochs):
        started = _clock(stack.device)
        running = train_epoch(stack, step, epoch)
        seconds = (_clock(stack.device) - started) / len(trials)
        tested = evaluate(stack, stack.test)
        for outcome, running_score, test_score in zip(outcomes, running, tested, strict=True):
            outcome.running.append(running_score)
            outcome.test.append(test_score)
            outcome.train_seconds += seconds
        on_epoch()
    for outcome, score in zip(outcomes, evaluate(stack, stack.train), strict=True):
        outcome.train = score
    if len(stack.validation.labels):
        for outcome, score in zip(outcomes, evaluate(stack, stack.validation), strict=True):
            outcome.validation = score
    return outcomes


def train_epoch(stack: FusedStack, step: Callable[[], None], epoch: int) -> list[Score]:
    """Train the stack for one epoch (counted from 0), in place; return the running scores."""
    stack.begin_epoch(epoch)
    for _ in range(stack.steps):
        step()
    return _scores(stack, len(stack.train.labels))


def evaluate(stack: FusedStack, over: Examples) -> list[Score]:
    """Score every network of the stack on `over`, in evaluation mode."""
    stack.evaluate(over)
    return _scores(stack, len(over.labels))


def replayed(stack: FusedStack) -> Callable[[], None]:
    """Return a function that does a step of the stack, as one CUDA graph; the networks start anew.

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


def _clock(device: torch.device) -> float:
    """Return the time in seconds once `device` has done its work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
