# Triton may be absent, and its types do not say that a kernel is indexed by its grid.
"""A training step of a stack, and its evaluation, as launches of kernels."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import triton

from bench.base import draws
from bench.data.split import Split
from bench.engines.fused import philox
from bench.engines.fused.backward import advance_kernel, gradient_kernel, update_kernel
from bench.engines.fused.capacity import EVALUATION_ROWS
from bench.engines.fused.forward import hidden_kernel
from bench.engines.fused.networks import draws_of, networks, resident, stride
from bench.engines.fused.output import mean_kernel, output_kernel
from bench.engines.fused.tiles import TILES
from bench.record.trials import Trial

EVALUATION = {"float32": "float32", "tf32": "tf32x3", "bfloat16": "tf32x3"}
"""Precision of the training -> that of evaluation, which is as exact as float32 throughout."""
LOSSES = 1024


@dataclass(frozen=True)
class Examples:
    """Images `[N, I]` on the device, uint8 or float32, and their labels, int32 `[N]`."""

    images: torch.Tensor
    labels: torch.Tensor


@dataclass(frozen=True)
class Pass:
    """How a pass through the networks goes: over what, in what batches, and into what."""

    examples: Examples
    rows: int
    training: bool
    precision: str
    activations: list[torch.Tensor]
    """Activations of each hidden layer, `[K, rows, P]`."""


class FusedStack:
    """K trials of one recipe, of any seeds, and everything on the device that training them needs."""

    def __init__(self, trials: Sequence[Trial], split: Split) -> None:
        self.trials, self.recipe, self.precision = trials, trials[0].network, trials[0].precision
        self.device = split.train_images.device
        self.sizes = (split.train_images.shape[1], *self.recipe.hidden, split.classes)
        self.parts: dict[str, Examples] = {}
        for part in ("train", "validation", "test"):
            images, labels = split.part(part)
            self.parts[part] = Examples(resident(images), labels.to(torch.int32))
        self.train = self.parts["train"]
        self.networks = networks(len(trials), self.sizes, self.device)
        self.draws = draws_of(trials, self.device)
        self.clock = torch.zeros(2, dtype=torch.int64, device=self.device)
        """(epoch, step): read by the kernels, so that a graph of one step is every step."""
        total = len(self.train.labels)
        self.order = torch.zeros((len(self.draws.order_seeds), total), dtype=torch.int32, device=self.device)
        most = max(len(examples.labels) for examples in self.parts.values())
        self.losses = torch.zeros(len(trials) * most, device=self.device)
        self.hits = torch.zeros(len(trials) * most, dtype=torch.uint8, device=self.device)
        kept = torch.bfloat16 if self.precision == "bfloat16" else torch.float32
        rows, hidden = self.recipe.batch_size, self.recipe.hidden
        self.errors = self._buffers(rows, (*hidden, split.classes), kept)
        """d loss / d pre-activations of each layer, `[K, rows, P]`."""
        self.training = Pass(self.train, rows, True, self.precision, self._buffers(rows, hidden, kept))
        self.evaluation_rows = min(EVALUATION_ROWS, most)
        self.evaluation_buffers = self._buffers(self.evaluation_rows, hidden, torch.float32)
        self.restart()

    def _buffers(self, rows: int, widths: tuple[int, ...], kept: torch.dtype) -> list[torch.Tensor]:
        shapes = [(len(self.trials), rows, stride(width)) for width in widths]
        return [torch.zeros(shape, dtype=kept, device=self.device) for shape in shapes]

    def restart(self) -> None:
        """Give every network its initial weights."""
        self.networks.start(self.trials, self.sizes)

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return -(-len(self.train.labels) // self.recipe.batch_size)

    def begin_epoch(self, epoch: int) -> None:
        """Set the clock and draw the order of every seed."""
        order = philox.permutations(self.draws.order_seeds, "order", epoch, len(self.train.labels))
        self.order.copy_(order)
        self.clock.copy_(torch.tensor([epoch, 0]))

    def step(self) -> None:
        """Launch one step of training and advance the clock. Nothing here waits for the device.

        Gradients by the layer before are all made before any weight changes.
        """
        self._forward(self.training, 0)
        for layer in reversed(range(1, len(self.recipe.hidden))):
            self._pass_back(layer)
        for layer in range(len(self.sizes) - 1):
            self._update(layer)
        advance_kernel[(1,)](self.clock)

    def evaluate(self, over: Examples) -> None:
        """Score every network on `over`, in evaluation mode, into `losses` and `hits`."""
        how = Pass(over, self.evaluation_rows, False, EVALUATION[self.precision], self.evaluation_buffers)
        for start in range(0, len(over.labels), self.evaluation_rows):
            self._forward(how, start)

    def scores(self, total: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the mean loss `[K]`, float64, and hits `[K, total]`, bool, of the last pass over `total` images."""
        means = torch.empty(len(self.trials), dtype=torch.float64, device=self.device)
        mean_kernel[(len(self.trials),)](self.losses, means, TOTAL=total, BLOCK=LOSSES)
        hits = self.hits[: len(self.trials) * total].view(len(self.trials), total)
        return means.cpu(), hits.cpu().bool()

    def _forward(self, how: Pass, start: int) -> None:
        layers, (tiles, total) = len(self.recipe.hidden), (TILES[how.precision], len(how.examples.labels))
        source, width = how.examples.images, self.sizes[0]
        for layer, (inputs, outputs) in enumerate(itertools.pairwise(self.sizes[:-1])):
            tile = tiles.hidden.fit(how.rows, outputs, inputs)
            grid = (triton.cdiv(how.rows, tile.m) * triton.cdiv(outputs, tile.n), len(self.trials))
            hidden_kernel[grid](
                source, self.order, self.draws.order_of, self.networks.weights[layer], self.networks.biases[layer],
                how.activations[layer], self.clock, self.draws.mask_seeds, self.draws.limits, self.draws.scales,
                start, total, LAYER=layer, LAYERS=layers, INPUTS=inputs, OUTPUTS=outputs,
                IN_STRIDE=width, STRIDE=stride(outputs), BATCH=how.rows, STREAM=draws.stream_key("dropout"),
                TRAINING=how.training, PRECISION=how.precision, M=tile.m, N=tile.n, DEPTH=tile.depth,
                num_warps=tile.warps, num_stages=tile.stages,
            )  # fmt: skip
            source, width = how.activations[layer], stride(outputs)
        inputs, classes = self.sizes[-2:]
        tile = tiles.output.fit(how.rows, classes, inputs)
        output_kernel[(triton.cdiv(how.rows, tile.m), len(self.trials))](
            source, how.examples.labels, self.order, self.draws.order_of, self.networks.weights[-1],
            self.networks.biases[-1], self.clock, self.draws.scales, self.losses, self.hits,
            self.errors[-1], self.errors[-2], start, total,
            LAYER=layers, INPUTS=inputs, CLASSES=classes, IN_STRIDE=stride(inputs), STRIDE=stride(classes),
            BATCH=how.rows, TRAINING=how.training, PRECISION=how.precision, M=tile.m, DEPTH=tile.depth, C=tile.n,
            num_warps=tile.warps, num_stages=tile.stages,
        )  # fmt: skip

    def _pass_back(self, layer: int) -> None:
        """Carry the error of hidden layer `layer` to the one before."""
        inputs, outputs = self.sizes[layer : layer + 2]
        rows = self.recipe.batch_size
        tile = TILES[self.precision].gradient.fit(rows, inputs, outputs)
        gradient_kernel[(triton.cdiv(rows, tile.m) * triton.cdiv(inputs, tile.n), len(self.trials))](
            self.errors[layer], self.networks.weights[layer], self.training.activations[layer - 1], self.draws.scales,
            self.errors[layer - 1], self.clock, len(self.train.labels),
            LAYER=layer, LAYERS=len(self.recipe.hidden), INPUTS=inputs, OUTPUTS=outputs, IN_STRIDE=stride(inputs),
            STRIDE=stride(outputs), BATCH=rows, PRECISION=self.precision, M=tile.m, N=tile.n, DEPTH=tile.depth,
            num_warps=tile.warps, num_stages=tile.stages,
        )  # fmt: skip

    def _update(self, layer: int) -> None:
        """Take the step of one layer's weights and biases."""
        inputs, outputs = self.sizes[layer : layer + 2]
        rows = self.recipe.batch_size
        tile = TILES[self.precision].update.fit(inputs, outputs, rows)
        source = self.training.activations[layer - 1] if layer else self.train.images
        update_kernel[(triton.cdiv(inputs, tile.m) * triton.cdiv(outputs, tile.n), len(self.trials))](
            source, self.order, self.draws.order_of, self.errors[layer], self.networks.weights[layer],
            self.networks.biases[layer], self.clock, len(self.train.labels), self.recipe.learning_rate,
            LAYER=layer, INPUTS=inputs, OUTPUTS=outputs, IN_STRIDE=stride(inputs) if layer else inputs,
            STRIDE=stride(outputs), BATCH=rows, PRECISION=self.precision, M=tile.m, N=tile.n, DEPTH=tile.depth,
            num_warps=tile.warps, num_stages=tile.stages,
        )  # fmt: skip
