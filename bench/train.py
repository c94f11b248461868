"""The training of a stack: batch -> forward -> loss -> gradient -> step -> evaluate.

Trials of a stack share one seed, hence batches, initial weights and the random numbers behind their noise; they
differ in the strengths of their regularisers. Nothing that a trial computes depends on its neighbours in the stack.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from bench import draws, model
from bench.data.split import Split
from bench.draws import Position
from bench.model import Layer, Workspace
from bench.precision import operand_format, products
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Draw
from bench.trials import Stack

EVALUATION_ROWS = 1000


@dataclass(frozen=True)
class Score:
    """What a network of the stack got on a set of images, or while training over an epoch."""

    correct: torch.Tensor
    """bool `[N]`."""
    loss: float
    """nats per sample."""


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


def softmax_error(logits: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return cross-entropy `[K, B]` in nats, hits `[K, B]`, and d (mean over the batch) / d logits `[K, B, C]`.

    The loss is a mean over rows and a sum over trials: a mean over trials would divide the learning rate by K.
    """
    wide = torch.promote_types(logits.dtype, torch.float32)
    log_probability = torch.log_softmax(logits, dim=-1, dtype=wide)
    target = labels.expand(logits.shape[:2])[..., None]
    loss = -log_probability.gather(2, target).squeeze(2)
    hits = log_probability.argmax(dim=-1) == labels
    error = log_probability.exp_()
    error.scatter_add_(2, target, torch.full_like(error[..., :1], -1.0))
    return loss, hits, error.div_(logits.shape[1])


class Noise:
    """The hidden noise of a stack: the product of what its regularisers give."""

    def __init__(self, stack: Stack, device: torch.device, dtype: torch.dtype) -> None:
        self.seed, self.widths, self.dtype = stack.seeds.mask, stack.recipe.hidden, dtype
        self.strengths = {
            name: torch.tensor(values, dtype=torch.float64, device=device) for name, values in stack.strengths().items()
        }

    def at(self, epoch: int, step: int, rows: int) -> model.Noise:
        """Return the noise of one step, by hidden layer."""

        def noise(layer: int) -> torch.Tensor | None:
            draw = Draw(self.seed, Position(epoch, step, layer), (rows, self.widths[layer]), self.dtype)
            product = None
            for name, strength in self.strengths.items():
                factor = REGULARISERS[name].hidden(draw, strength[:, layer])
                product = factor if product is None else product.mul_(factor)
            return product

        return noise


def evaluate(network: list[Layer], images: torch.Tensor, labels: torch.Tensor) -> list[Score]:
    """Score every network of the stack on `images` `[N, I]`, in evaluation mode."""
    losses, hits = [], []
    for start in range(0, len(images), EVALUATION_ROWS):
        rows = slice(start, start + EVALUATION_ROWS)
        with products("float32"):
            logits = model.predict(network, images[rows])
        loss, hit, _ = softmax_error(logits, labels[rows])
        losses.append(loss)
        hits.append(hit)
    return _scores(torch.cat(losses, dim=1), torch.cat(hits, dim=1))


def train_epoch(network: list[Layer], stack: Stack, epoch: int, split: Split) -> list[Score]:
    """Train the stack for one epoch (counted from 0), in place; return the running scores."""
    recipe, images, labels = stack.recipe, split.train_images, split.train_labels
    order = draws.permutation(stack.seeds.order, "order", Position(epoch=epoch), len(images))
    noise = Noise(stack, images.device, torch.promote_types(network[0].operand.dtype, torch.float32))
    spaces: dict[int, Workspace] = {}
    losses, hits = [], []
    for step, rows in enumerate(torch.from_numpy(order).to(images.device).split(recipe.batch_size)):
        batch, target = images.index_select(0, rows), labels.index_select(0, rows)
        if len(rows) not in spaces:
            spaces[len(rows)] = Workspace(network, len(rows))
        space = spaces[len(rows)]
        logits = model.forward(network, space, batch, noise.at(epoch, step, len(rows)))
        loss, hit, error = softmax_error(logits, target)
        model.descend(network, space, error, recipe.learning_rate)
        losses.append(loss)
        hits.append(hit)
    return _scores(torch.cat(losses, dim=1), torch.cat(hits, dim=1))


def train_stack(stack: Stack, split: Split, on_epoch: Callable[[], None]) -> list[Outcome]:
    """Train every trial of the stack and score it; `on_epoch` is called after each epoch.

    `split` decides device and format of the weights. The outcomes are in the order of the stack's trials.
    """
    recipe, images = stack.recipe, split.train_images
    sizes = (images.shape[1], *recipe.hidden, split.classes)
    weights = model.initial_weights(sizes, stack.seeds.init, recipe.initialisation)
    operands = operand_format(stack.precision, images.dtype)
    network = model.build(weights, len(stack.trials), images.dtype, images.device, operands)
    outcomes = [Outcome() for _ in stack.trials]
    for epoch in range(recipe.epochs):
        started = _clock(images.device)
        with products(stack.precision):
            running = train_epoch(network, stack, epoch, split)
        seconds = (_clock(images.device) - started) / len(outcomes)
        tested = evaluate(network, split.test_images, split.test_labels)
        for outcome, running_score, test_score in zip(outcomes, running, tested, strict=True):
            outcome.running.append(running_score)
            outcome.test.append(test_score)
            outcome.train_seconds += seconds
        on_epoch()
    for outcome, score in zip(outcomes, evaluate(network, images, split.train_labels), strict=True):
        outcome.train = score
    if len(split.validation_images):
        validated = evaluate(network, split.validation_images, split.validation_labels)
        for outcome, score in zip(outcomes, validated, strict=True):
            outcome.validation = score
    return outcomes


def _scores(losses: torch.Tensor, hits: torch.Tensor) -> list[Score]:
    """Return a score for each row of `losses` and `hits`, `[K, N]`, each summed by itself.

    A sum over the whole tensor may add in another order for another K.
    """
    return [Score(correct=hit.cpu(), loss=loss.double().mean().item()) for loss, hit in zip(losses, hits, strict=True)]


def _clock(device: torch.device) -> float:
    """Return the time in seconds once `device` has done its work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
