"""The regularisers of a stack at work: which hooks act on which of its networks, decided once, before training.

A hook that changes something in place is given only the networks where its strength is not null, in runs of
neighbours: the others are not touched, whatever their numbers are. Multiplicative noise is given all networks of a
seed, and is exactly 1 at the null strength.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import torch

from bench.base.draws import Position
from bench.data import DATA_SETS
from bench.engines.stacked import model
from bench.engines.stacked.model import Layer, Workspace
from bench.engines.stacked.normalisation import MOMENTUM
from bench.engines.stacked.optimisers import OPTIMISERS, SCHEDULES
from bench.record.trials import Block, Stack
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Draw, Regulariser, Weights


@dataclass(frozen=True)
class _Run:
    """Neighbouring networks of one seed on which a regulariser acts."""

    record: Regulariser
    seed: int
    networks: slice
    strength: torch.Tensor
    """`[networks]`, float64."""


@dataclass(frozen=True)
class _Noise:
    """Multiplicative noise of the neighbouring networks of one seed: the product of what its regularisers give."""

    seed: int
    networks: slice
    factors: list[tuple[Regulariser, list[torch.Tensor]]]
    """With strengths `[layer][networks]`, float64."""


class Hooks:
    """What the regularisers of `stack` do to its `network` in training."""

    def __init__(self, stack: Stack, network: list[Layer]) -> None:
        self.blocks, self.recipe = stack.blocks, stack.recipe
        data_set = DATA_SETS.get(stack.recipe.data)
        self.image = (data_set.image if data_set else None) or (0, 0)
        device = network[0].parameters.device
        strengths = {
            REGULARISERS[name]: torch.tensor(values, dtype=torch.float64, device=device)
            for name, values in stack.strengths().items()
        }
        self.hidden = self._noises({each: strengths[each] for each in strengths if each.hidden})
        self.masks = self._noises({each: strengths[each] for each in strengths if each.weights})
        self.factors = [_factor(layer) for layer in network[:-1]] if self.masks else []
        single = [
            run
            for record, strength in strengths.items()
            if record.each == "network"
            for block in self.blocks
            for run in _runs(record, strength, block)
        ]
        self.inputs = [run for run in single if run.record.inputs]
        self.targets = [run for run in single if run.record.targets]
        self.updates = [run for run in single if run.record.gradient or run.record.before_step or run.record.after_step]
        self.climbs = [run for run in single if run.record.climb]
        self.keepers = [
            (run, run.record.keeper(run.strength, self.recipe.epochs)) for run in single if run.record.keeper
        ]
        self.passes = [run for run in single if run.record.passes]
        self.norms = [layer.normalisation for layer in network if layer.normalisation]
        self.tensors = [layer.parameters for layer in network] + [norm.parameters for norm in self.norms]
        special = self.updates or self.climbs or self.keepers or self.norms
        self.plain = not special and stack.recipe.optimiser == "sgd"
        self.layers: list[Weights] = []
        if not self.plain:
            self.layers += [Weights(layer.parameters, _wide(layer), layer.weight.shape[1]) for layer in network]
            self.layers += [Weights(norm.parameters, norm.gradient, 0) for norm in self.norms]
        self.views = [[each.of(run.networks) for each in self.layers] for run in self.updates]
        self.optimiser = OPTIMISERS[stack.recipe.optimiser](self.layers)

    def draw(self, seed: int, at: Position) -> Draw:
        """Return where random numbers of the masks' `seed` come from at a position."""
        return Draw(seed, at, self._progress(at), self.image)

    def _progress(self, at: Position) -> float:
        return at.epoch / self.recipe.epochs

    def learning_rate(self, at: Position) -> float:
        """Return the learning rate of an epoch, by the recipe's schedule."""
        return self.recipe.learning_rate * SCHEDULES[self.recipe.schedule](self._progress(at))

    def noise(self, at: Position, other_seed: int = 0) -> model.Noise:
        """Return the noise of the hidden activations of the step at `at`, by hidden layer.

        `other_seed` is added to that of training, except for noise that is drawn once.
        """

        def noise(layer: int, out: torch.Tensor) -> None:
            self._multiply(self.hidden, Position(at.epoch, at.step, layer), out, other_seed)

        return noise if self.hidden else model.no_noise

    def change_inputs(self, space: Workspace, at: Position) -> None:
        """Give each network inputs of its own, changed, where some network's are."""
        if not self.inputs:
            return
        assert space.own_inputs is not None
        inputs = space.own_inputs[:, :, :-1]
        for batch, networks in zip(space.batches, space.sharing, strict=True):
            inputs[networks] = batch[:, :-1]
        for run in self.inputs:
            assert run.record.inputs is not None
            run.record.inputs(self.draw(run.seed, at), run.strength, inputs[run.networks])

    def soft_targets(self, labels: torch.Tensor, logits: torch.Tensor, at: Position) -> torch.Tensor | None:
        """Return the target probabilities `[K, B, C]` of each network, unless all are those of `labels` `[K, B]`."""
        if not self.targets:
            return None
        targets = torch.zeros_like(logits, dtype=torch.promote_types(logits.dtype, torch.float32))
        targets.scatter_(2, labels[:, :, None], 1)
        for run in self.targets:
            assert run.record.targets is not None
            run.record.targets(self.draw(run.seed, at), run.strength, targets[run.networks])
        return targets

    def mask_weights(self, network: list[Layer], at: Position) -> None:
        """Multiply the weights that the products take by noise, where some network has such noise."""
        for index, factor in enumerate(self.factors):
            layer = network[index]
            self._multiply(self.masks, Position(at.epoch, at.step, index), factor)
            layer.operand[:, :-1].copy_(layer.weight * factor)

    def climb(self, network: list[Layer], at: Position) -> None:
        """Let the next products take the weights where some regulariser wants the gradient; normalisations stay."""
        self._mask_gradients(network)
        self._widen(network)
        for run in self.climbs:
            assert run.record.climb is not None
            layers = [each.of(run.networks) for each in self.layers[: len(network)]]
            run.record.climb(self.draw(run.seed, at), run.strength, layers)
            for index, (layer, view) in enumerate(zip(network, layers, strict=True)):
                layer.operand[run.networks].copy_(view.parameters + view.gradient)
                if index < len(self.factors):
                    layer.operand[run.networks, :-1].mul_(self.factors[index][run.networks])
        for norm in self.norms:
            norm.momentum = 0.0

    def descend(self, network: list[Layer], at: Position) -> None:
        """Take one step, with all that the regularisers do, in the order of the registry."""
        self._mask_gradients(network)
        learning_rate = self.learning_rate(at)
        if self.plain:
            model.descend(network, learning_rate)
            return
        self._widen(network)
        pairs = list(zip(self.updates, self.views, strict=True))
        for run, layers in pairs:
            if run.record.gradient:
                run.record.gradient(self.draw(run.seed, at), run.strength, layers)
        for run, layers in pairs:
            if run.record.before_step:
                run.record.before_step(run.strength, learning_rate, layers)
        self.optimiser.step(self.layers, learning_rate)
        for run, layers in pairs:
            if run.record.after_step:
                run.record.after_step(run.strength, learning_rate, layers)
        for layer in network:
            layer.refresh()
        for norm in self.norms:
            norm.momentum = MOMENTUM
        for run, keeper in self.keepers:
            keeper.after_step([each[run.networks] for each in self.tensors])

    def _noises(self, strengths: dict[Regulariser, torch.Tensor]) -> list[_Noise]:
        """Return the noise of regularisers with `strengths`, by seed; none without regularisers."""
        layers = len(self.recipe.hidden)
        by_layer = [
            (each, list(of.T) if each.each == "layer" else [of[:, 0]] * layers) for each, of in strengths.items()
        ]
        noises = []
        for block in self.blocks if strengths else []:
            factors = [(each, [of[block.networks] for of in own]) for each, own in by_layer]
            noises.append(_Noise(block.seeds.mask, block.networks, factors))
        return noises

    def _multiply(self, noises: list[_Noise], at: Position, out: torch.Tensor, other_seed: int = 0) -> None:
        """Write to `out` `[K, rows, columns]` the multipliers that `noises` are at a position."""
        for each in noises:
            _product(each.factors, self.draw(each.seed, at), out[each.networks], other_seed)

    def _mask_gradients(self, network: list[Layer]) -> None:
        """Let the gradients go through the masks of the weights."""
        for layer, factor in zip(network, self.factors, strict=False):
            layer.gradient[:, :-1].mul_(factor)

    def _widen(self, network: list[Layer]) -> None:
        """Put the gradients where regularisers and optimiser take them."""
        for layer, wide in zip(network, self.layers, strict=False):
            if wide.gradient is not layer.gradient:
                wide.gradient.copy_(layer.gradient)


def needs_operands(stack: Stack) -> bool:
    """Tell whether the products of a training step take other weights than the parameters."""
    return any(REGULARISERS[name].weights or REGULARISERS[name].climb for name in stack.strengths())


def _runs(record: Regulariser, strength: torch.Tensor, block: Block) -> list[_Run]:
    """Return the runs of networks of a block whose `strength` `[K, 1]` is not null."""
    runs, start = [], block.networks.start
    for acts, group in itertools.groupby((strength[block.networks, 0] != record.null).tolist()):
        networks = slice(start, start + len(list(group)))
        if acts:
            runs.append(_Run(record, block.seeds.mask, networks, strength[networks, 0]))
        start = networks.stop
    return runs


def _product(
    noises: list[tuple[Regulariser, list[torch.Tensor]]], draw: Draw, out: torch.Tensor, other_seed: int = 0
) -> None:
    """Write to `out` the product of what the regularisers give as noise at the draw's layer."""
    for index, (record, strengths) in enumerate(noises):
        factor = torch.empty_like(out) if index else out
        noise = record.hidden or record.weights
        assert noise is not None
        here = draw if record.once or not other_seed else replace(draw, seed=draw.seed + other_seed)
        noise(here, strengths[draw.at.layer], factor)
        if index:
            out.mul_(factor)


def _factor(layer: Layer) -> torch.Tensor:
    """Return where the multiplier of the layer's weights `[K, I, O]` is written, at least float32."""
    return torch.empty_like(layer.weight, memory_format=torch.contiguous_format)


def _wide(layer: Layer) -> torch.Tensor:
    """Return where the gradient is kept in the format of the parameters: where it is, unless in a shorter one."""
    same = layer.gradient.dtype == layer.parameters.dtype
    return layer.gradient if same else torch.empty_like(layer.parameters)
