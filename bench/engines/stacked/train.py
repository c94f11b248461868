"""The training of a stack: batch -> forward -> loss -> gradient -> step -> evaluate.

Trials of one seed share batches, initial weights and the random numbers behind their noise; they differ in the
strengths of their regularisers. Nothing that a trial computes depends on its neighbours in the stack.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType

import numpy as np
import torch

from bench.base import draws, passes
from bench.base.draws import Position
from bench.base.precision import operand_format, products
from bench.data.pixels import numbers
from bench.data.split import Split
from bench.engines.epochs import run_epochs
from bench.engines.stacked import model
from bench.engines.stacked.activations import ACTIVATIONS
from bench.engines.stacked.evaluation import PROBE_ROWS, Evaluation, calibration_error
from bench.engines.stacked.hooks import Hooks, needs_operands
from bench.engines.stacked.model import Layer, Workspace
from bench.engines.stacked.normalisation import MOMENTUM, NORMALISATIONS
from bench.record.outcome import Outcome, Score
from bench.record.trials import Stack

EVALUATION_ROWS = 500


def softmax_error(
    logits: torch.Tensor, labels: torch.Tensor, targets: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return cross-entropy `[K, B]` in nats, hits `[K, B]`, and d (mean over the batch) / d logits `[K, B, C]`.

    The loss is a mean over rows and a sum over trials: a mean over trials would divide the learning rate by K. Where
    there are `targets`, probabilities `[K, B, C]`, the gradient is that of the cross-entropy with them; the
    cross-entropy and hits that are returned are always those of the `labels`, `[B]` for all or `[K, B]`.
    """
    fast = passes.compiled()
    plain = targets is None and logits.is_contiguous() and logits.dtype == torch.float32
    if fast is not None and plain and logits.device.type == "cpu":
        return _softmax_error(fast, logits, labels)
    hits = logits.argmax(dim=-1) == labels
    # Classes first, since a softmax over so short a last dimension is slow. The classes are added one by one: torch's
    # own sum may take another order for another K.
    by_class = logits.permute(2, 0, 1).contiguous().to(torch.promote_types(logits.dtype, torch.float32))
    shifted = by_class - by_class.amax(dim=0)
    target = labels.expand(1, *hits.shape)
    of_target = shifted.gather(0, target)[0]
    error = shifted.exp_()
    total = functools.reduce(torch.add, error.unbind())
    error.div_(total)
    if targets is None:
        error.scatter_add_(0, target, error.new_full((), -1.0).expand_as(target))
    else:
        error.sub_(targets.permute(2, 0, 1))
    return total.log() - of_target, hits, error.div_(labels.shape[-1]).permute(1, 2, 0)


def _softmax_error(
    fast: ModuleType, logits: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Do the same, to the bit, by compiled passes before and after torch's exponential."""
    networks, rows, classes = logits.shape
    given, of_row = logits.numpy(), labels.reshape(-1, rows).contiguous().numpy()
    by_class, error = np.empty((classes, networks, rows), np.float32), np.empty_like(given)
    of_target, total = np.empty((2, networks, rows), np.float32)
    hits = np.empty((networks, rows), np.bool_)
    fast.shift(given, of_row, by_class, of_target, hits)
    torch.from_numpy(by_class).exp_()
    fast.descent(by_class, of_row, total, error)
    loss = torch.from_numpy(total).log_().sub_(torch.from_numpy(of_target))
    return loss, torch.from_numpy(hits), torch.from_numpy(error)


def evaluate(network: list[Layer], images: torch.Tensor, labels: torch.Tensor) -> list[Score]:
    """Score every network of the stack on `images` `[N, I]`, in evaluation mode."""
    return score(lambda rows, _: model.predict(network, rows), images, labels)


def score(
    predict: Callable[[torch.Tensor, int], torch.Tensor], images: torch.Tensor, labels: torch.Tensor
) -> list[Score]:
    """Score what `predict` returns, logits `[K, B, C]`, for each chunk of `images` `[N, I]` and its number."""
    losses, hits, confidences = [], [], []
    for chunk, start in enumerate(range(0, len(images), EVALUATION_ROWS)):
        rows = slice(start, start + EVALUATION_ROWS)
        with products("float32"):
            logits = predict(numbers(images[rows]), chunk)
        loss, hit, _ = softmax_error(logits, labels[rows])
        losses.append(loss)
        hits.append(hit)
        of_label = logits.gather(2, labels[rows, None].expand(len(logits), -1, 1))[:, :, 0]
        confidences.append((logits.amax(dim=-1) - of_label - loss).exp())
    scores = _scores(torch.cat(losses, dim=1), torch.cat(hits, dim=1))
    return [
        replace(each, calibration_error=calibration_error(confidence, each.correct))
        for each, confidence in zip(scores, torch.cat(confidences, dim=1).cpu(), strict=True)
    ]


def train_epoch(
    network: list[Layer], stack: Stack, epoch: int, split: Split, hooks: Hooks | None = None
) -> list[Score]:
    """Train the stack for one epoch (counted from 0), in place; return the running scores.

    `hooks` are what its regularisers do to this network, made here where they are not given.
    """
    hooks = hooks or Hooks(stack, network)
    losses, hits = [], []
    for space, labels, at in _batches(network, stack, epoch, split, hooks):
        loss, hit = _step(network, hooks, space, labels, at)
        losses.append(loss)
        hits.append(hit)
    return _scores(torch.cat(losses, dim=1), torch.cat(hits, dim=1))


def measure_statistics(network: list[Layer], stack: Stack, epoch: int, split: Split, hooks: Hooks) -> None:
    """Let batch statistics be the means over the batches of an epoch, as they were trained on.

    What torch.optim.swa_utils.update_bn does: from nothing, in training mode, each batch counted alike.
    """
    for norm in hooks.norms:
        norm.forget()
    for space, _, at in _batches(network, stack, epoch, split, hooks):
        for norm in hooks.norms:
            norm.momentum = 1 / (at.step + 1)
        _forward(network, hooks, space, at)
    for norm in hooks.norms:
        norm.momentum = MOMENTUM


def _batches(
    network: list[Layer], stack: Stack, epoch: int, split: Split, hooks: Hooks
) -> Iterator[tuple[Workspace, torch.Tensor, Position]]:
    """Yield, step by step through an epoch, a batch for each seed, the labels `[K, B]`, and the position.

    The batches are in memory that the next step uses again.
    """
    images, blocks = split.train_images, stack.blocks
    orders = torch.from_numpy(
        np.stack([draws.permutation(each.seeds.order, "order", Position(epoch), len(images)) for each in blocks])
    ).to(images.device)
    sizes = torch.tensor([block.size for block in blocks], device=images.device)
    labels = split.train_labels[orders].repeat_interleave(sizes, dim=0)
    spaces: dict[int, Workspace] = {}
    size = stack.recipe.batch_size
    for step, (rows, of_rows) in enumerate(zip(orders.split(size, dim=1), labels.split(size, dim=1), strict=True)):
        count = rows.shape[1]
        if count not in spaces:
            shared = [block.networks for block in blocks]
            spaces[count] = Workspace(network, count, shared, own_inputs=bool(hooks.inputs))
        space = spaces[count]
        space.gather(images, rows)
        yield space, of_rows, Position(epoch, step)


def _forward(network: list[Layer], hooks: Hooks, space: Workspace, at: Position) -> torch.Tensor:
    """Return the logits `[K, B, C]` of the batch in `space`, in training, with all noise on."""
    hooks.change_inputs(space, at)
    hooks.mask_weights(network, at)
    return model.forward(network, space, hooks.noise(at))


def _step(
    network: list[Layer], hooks: Hooks, space: Workspace, labels: torch.Tensor, at: Position
) -> tuple[torch.Tensor, torch.Tensor]:
    """Train on the batch in `space`, with its labels `[K, B]`; return losses in nats and hits, `[K, B]`."""
    logits = _forward(network, hooks, space, at)
    targets = hooks.soft_targets(labels, logits, at)
    loss, hit, error = softmax_error(logits, labels, targets)
    model.backward(network, space, error)
    if hooks.climbs:
        hooks.climb(network, at)
        _, _, error = softmax_error(model.forward(network, space, hooks.noise(at)), labels, targets)
        model.backward(network, space, error)
    hooks.descend(network, at)
    return loss, hit


def start(stack: Stack, split: Split) -> list[Layer]:
    """Return the networks of `stack` before training, in the format of the images, on their device."""
    recipe, images = stack.recipe, split.train_images
    sizes, blocks = (images.shape[1], *recipe.hidden, split.classes), stack.blocks
    by_seed = [model.initial_weights(sizes, block.seeds.init, recipe.initialisation) for block in blocks]
    weights = model.side_by_side(by_seed, [block.size for block in blocks])
    operands = operand_format(stack.precision, split.dtype)
    *hidden, last = model.build(
        weights, len(stack.trials), split.dtype, images.device, operands, own_operands=needs_operands(stack)
    )
    activation, normalise = ACTIVATIONS[recipe.activation], NORMALISATIONS[recipe.normalisation]
    return [
        replace(layer, activation=activation, normalisation=normalise(layer.parameters) if normalise else None)
        for layer in hidden
    ] + [last]


class StackedEngine:
    """A stack in training. `split` decides device and format of the weights."""

    def __init__(self, stack: Stack, split: Split) -> None:
        passes.expect(stack.recipe.epochs * -(-stack.recipe.train_size // stack.recipe.batch_size))
        self.count, self.device = len(stack.trials), split.train_images.device
        self.has_validation = bool(len(split.validation_images))
        self.network = start(stack, split)
        self.hooks = Hooks(stack, self.network)
        self.evaluation = Evaluation(self.hooks, self.network)
        self.stack, self.split = stack, split

    def train_epoch(self, epoch: int) -> list[Score]:
        """Train for one epoch, counted from 0; return the running scores."""
        with products(self.stack.precision):
            return train_epoch(self.network, self.stack, epoch, self.split, self.hooks)

    def end_epoch(self, epoch: int) -> list[dict[str, float]]:
        """Do what follows an epoch, counted from 0, and return what else the curves have of it."""
        losses = [0.0] * self.count
        if self.evaluation.needs_validation:
            losses = [each.loss for each in evaluate(self.network, *self.split.part("validation"))]
        self.evaluation.end_epoch(epoch, torch.tensor(losses, dtype=torch.float64))
        with products(self.stack.precision):
            self.evaluation.take_statistics(
                lambda: measure_statistics(self.network, self.stack, epoch, self.split, self.hooks)
            )
        if not self.stack.recipe.record_activations:
            return [{}] * self.count
        with self.evaluation.weights():
            return self.evaluation.activations(numbers(self.split.train_images[:PROBE_ROWS]))

    def evaluate(self, part: str) -> list[Score]:
        """Score on ``train``, ``validation`` or ``test``, in evaluation mode."""
        with self.evaluation.weights():
            return score(lambda rows, chunk: self.evaluation.logits(rows, part, chunk), *self.split.part(part))


def train_stack(stack: Stack, split: Split, on_epoch: Callable[[], None]) -> list[Outcome]:
    """Train every trial of the stack and score it; `on_epoch` is called after each epoch."""
    return run_epochs(StackedEngine(stack, split), stack.recipe.epochs, on_epoch)


def _scores(losses: torch.Tensor, hits: torch.Tensor) -> list[Score]:
    """Return a score for each row of `losses` and `hits`, `[K, N]`, each summed by itself.

    A sum over the whole tensor may add in another order for another K.
    """
    return [Score(correct=hit.cpu(), loss=loss.double().mean().item()) for loss, hit in zip(losses, hits, strict=True)]
