"""One network in float64 with any regularisers together, by autograd and torch.optim, in the documented order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace

import torch
from scipy import stats
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import lr_scheduler
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from bench.base import draws
from bench.base.draws import Position
from bench.data.split import Split
from bench.engines.stacked.evaluation import OTHER_SEED, PARTS
from bench.record.trials import Recipe
from tests.oracles.plain import batches, initial
from tests.oracles.test_regularisers import kept, normals, uniforms

HEIGHT, WIDTH = 4, 3
THIRDS = torch.tensor([1 / 3, 2 / 3], dtype=torch.float64)
Setting = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Place:
    """Where a multiplier of hidden units is drawn."""

    at: Position
    progress: float
    like: Tensor
    seed: int

    def dropped(self, stream: str, rate: float) -> Tensor:
        return kept(stream, rate, self.at, self.like, self.seed)


def spread(rate: float) -> float:
    return math.sqrt(rate / (1 - rate))


def three_points(p: float, place: Place) -> Tensor:
    third = torch.bucketize(uniforms("three_point_noise", place.at, place.like, place.seed), THIRDS).double()
    return 1 + math.sqrt(1.5) * spread(p) * (third - 1)


def of_uniforms(p: float, place: Place) -> Tensor:
    return 1 + math.sqrt(3) * spread(p) * (2 * uniforms("uniform_noise", place.at, place.like, place.seed) - 1)


HIDDEN: dict[str, Callable[[float, Place], Tensor]] = {
    "dropout": lambda p, place: place.dropped("dropout", p),
    "gaussian_dropout": lambda p, place: 1 + spread(p) * normals("gaussian_dropout", place.at, place.like, place.seed),
    "uniform_noise": of_uniforms,
    "three_point_noise": three_points,
    "fixed_mask": lambda p, place: kept("fixed_mask", p, Position(layer=place.at.layer), place.like[:1]),
    "early_dropout": lambda p, place: place.dropped("early_dropout", p if place.progress < 0.5 else 0),
    "late_dropout": lambda p, place: place.dropped("late_dropout", p if place.progress >= 0.5 else 0),
    "linear_dropout": lambda p, place: place.dropped("linear_dropout", p * place.progress),
}


def shift(pixels: float, images: Tensor, at: Position) -> Tensor:
    most = int(pixels)
    down, across = (uniforms("shift", at, images[:, :2].reshape(2, -1)) * (2 * most + 1)).floor().long().tolist()
    padded = functional.pad(images.reshape(-1, HEIGHT, WIDTH), (most,) * 4)
    moved = [each[d : d + HEIGHT, a : a + WIDTH] for each, d, a in zip(padded, down, across, strict=True)]
    return torch.stack(moved).flatten(1)


def flip(probability: float, images: Tensor, at: Position) -> Tensor:
    mirrored = images.reshape(-1, HEIGHT, WIDTH).flip(2).flatten(1)
    return torch.where((uniforms("flip", at, images[:, 0]) < probability)[:, None], mirrored, images)


def cutout(side: float, images: Tensor, at: Position) -> Tensor:
    numbers = uniforms("cutout", at, images[:, :2].reshape(2, -1))
    out, half = images.reshape(-1, HEIGHT, WIDTH).clone(), int(side) // 2
    for each, down, across in zip(out, *numbers.tolist(), strict=True):
        top, left = int(down * HEIGHT) - half, int(across * WIDTH) - half
        each[max(top, 0) : max(top + int(side), 0), max(left, 0) : max(left + int(side), 0)] = 0
    return out.flatten(1)


def mix(alpha: float, rows: Tensor, at: Position) -> Tensor:
    own = stats.beta(alpha, alpha).ppf(draws.uniforms(0, "mixup", at, 1)[0])
    return rows * own + rows.roll(1, 0) * (1 - own)


INPUTS: dict[str, Callable[[float, Tensor, Position], Tensor]] = {
    "shift": shift,
    "flip": flip,
    "cutout": cutout,
    "input_dropout": lambda p, images, at: images * kept("input_dropout", p, at, images),
    "input_noise": lambda s, images, at: images + s * normals("input_noise", at, images),
    "mixup": mix,
}


@dataclass
class Found:
    """What came of a training."""

    weights: list[Tensor] = field(default_factory=list)
    """Of the last step: `[I + 1, O]` of each layer, then gains and shifts, and running statistics, `[2, H]`."""
    evaluated: list[Tensor] = field(default_factory=list)
    """The same, of what is evaluated."""
    running: list[float] = field(default_factory=list)
    tests: list[float] = field(default_factory=list)
    hits: list[Tensor] = field(default_factory=list)
    train: float = math.nan


NORMALISATIONS = {"none": lambda width: nn.Identity(), "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "gelu": functional.gelu}


class Together:
    """A training with the regularisers of `setting`."""

    def __init__(self, setting: Setting, recipe: Recipe, split: Split) -> None:
        self.setting, self.recipe, self.split = setting, recipe, split
        self.net = initial(recipe, split)
        self.norms = nn.ModuleList(NORMALISATIONS[recipe.normalisation](width).double() for width in recipe.hidden)
        self.both = nn.ModuleList([self.net, self.norms])
        every, rate = list(self.both.parameters()), recipe.learning_rate
        self.optimiser: torch.optim.Optimizer = {
            "sgd": lambda: torch.optim.SGD(every, lr=rate),
            "momentum": lambda: torch.optim.SGD(every, lr=rate, momentum=0.9),
            "adam": lambda: torch.optim.Adam(every, lr=rate),
        }[recipe.optimiser]()
        self.schedule = {
            "constant": lambda: lr_scheduler.ConstantLR(self.optimiser, 1),
            "cosine": lambda: lr_scheduler.CosineAnnealingLR(self.optimiser, recipe.epochs),
            "linear": lambda: lr_scheduler.LinearLR(self.optimiser, 1, 0, recipe.epochs),
        }[recipe.schedule]()
        self.average: AveragedModel | None = None
        self.best: tuple[float, int, nn.ModuleList] | None = None

    def value(self, name: str, layer: int = 0) -> float | None:
        strengths = self.setting.get(name)
        return strengths[layer] if strengths else None

    def forward(self, both: nn.ModuleList, images: Tensor, at: Position, seed: int | None, masked: bool) -> Tensor:
        """Return the logits, with the noise of hidden units where it has a `seed`, and `masked` weights."""
        net, norms = both
        out = images
        for layer, linear in enumerate(net[:-1]):
            here, weight, p = replace(at, layer=layer), linear.weight, self.value("dropconnect", layer)
            if masked and p:
                weight = weight * kept("dropconnect", p, here, weight.T).T
            out = ACTIVATIONS[self.recipe.activation](norms[layer](functional.linear(out, weight, linear.bias)))
            for name, factor in HIDDEN.items() if seed is not None else ():
                if (p := self.value(name, layer)) is not None:
                    out = out * factor(p, Place(here, at.epoch / self.recipe.epochs, out, seed))
        return net[-1](out)

    def take_gradient(self, images: Tensor, targets: Tensor, at: Position) -> Tensor:
        self.optimiser.zero_grad()
        logits = self.forward(self.both, images, at, 0, masked=True)
        functional.cross_entropy(logits, targets).backward()
        return logits.detach()

    def climb(self, radius: float, images: Tensor, targets: Tensor, at: Position) -> None:
        """Take the gradient at w + rho * g / (|g| + 1e-12); running statistics stay."""
        before, statistics = deepcopy(self.net.state_dict()), [each.clone() for each in self.both.buffers()]
        norm = math.sqrt(sum(each.grad.square().sum().item() for each in self.net.parameters()))
        with torch.no_grad():
            for each in self.net.parameters():
                each.add_(radius * each.grad / (norm + 1e-12))
        self.take_gradient(images, targets, at)
        self.net.load_state_dict(before)
        for each, own in zip(self.both.buffers(), statistics, strict=True):
            each.copy_(own)

    def shake(self, variance: float, at: Position) -> None:
        deviation = math.sqrt(variance / (1 + at.epoch) ** 0.55)
        for layer, module in enumerate([*self.net, *self.norms]):
            parameters = list(module.parameters())
            rows = [each.T if each.ndim == 2 else each[None] for each in parameters]
            numbers = normals("gradient_noise", replace(at, layer=layer), torch.cat(rows)) if rows else None
            for each, number in zip(parameters, numbers.split([len(row) for row in rows]) if rows else (), strict=True):
                each.grad += deviation * (number.T if each.ndim == 2 else number[0])

    def step(self, images: Tensor, labels: Tensor, at: Position) -> float:
        """Take one step, and return the loss by the labels."""
        images = self.changed(images, at)
        targets = functional.one_hot(labels, self.split.classes).double()
        if alpha := self.value("mixup"):
            targets = mix(alpha, targets, at)
        if share := self.value("label_smoothing"):
            targets = (1 - share) * targets + share / self.split.classes
        logits = self.take_gradient(images, targets, at)
        if radius := self.value("sam"):
            self.climb(radius, images, targets, at)
        if limit := self.value("gradient_clipping"):
            nn.utils.clip_grad_norm_(self.both.parameters(), limit)
        if variance := self.value("gradient_noise"):
            self.shake(variance, at)
        for linear in self.net:
            penalty = (self.value("weight_decay") or 0) / 2 * linear.weight.square().sum()
            (penalty + (self.value("l1") or 0) * linear.weight.abs().sum()).backward()
        rate = self.optimiser.param_groups[0]["lr"]
        for linear in self.net:
            linear.weight.data.mul_(1 - rate * (self.value("decoupled_decay") or 0))
        self.optimiser.step()
        if most := self.value("max_norm"):
            for linear in self.net:
                linear.weight.data = torch.renorm(linear.weight.data, 2, 0, most)
        return functional.cross_entropy(logits, labels, reduction="sum").item()

    def keep(self, at: Position, ends: bool) -> None:
        """Let the evaluated weights follow a step, which `ends` an epoch or not."""
        decay, share, patience = self.value("ema"), self.value("swa"), self.value("early_stopping")
        if decay is not None:
            self.average = self.average or AveragedModel(self.both, multi_avg_fn=get_ema_multi_avg_fn(decay))
            self.average.update_parameters(self.both)
        if share is not None and ends and at.epoch >= self.recipe.epochs - max(1, round(share * self.recipe.epochs)):
            self.average = self.average or AveragedModel(self.both)
            self.average.update_parameters(self.both)
        if patience is not None and ends:
            loss, _ = self.score(self.both, "validation", 0)
            if self.best is None or (loss < self.best[0] and at.epoch - self.best[1] <= patience):
                self.best = loss, at.epoch, deepcopy(self.both)

    def evaluated(self) -> nn.ModuleList:
        return self.best[2] if self.best else self.average.module if self.average else self.both

    @torch.no_grad()
    def renew(self, epoch: int) -> None:
        """Take the batch statistics of the average over an epoch's batches: cumulative means, as by update_bn."""
        if self.average is None:
            return
        norms = [norm for norm in self.average.module[1] if isinstance(norm, nn.BatchNorm1d)]
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None
        for at, images, _ in batches(self.split, self.recipe):
            if at.epoch == epoch:
                self.forward(self.average.module, self.changed(images, at), at, 0, masked=True)

    def changed(self, images: Tensor, at: Position) -> Tensor:
        for name, change in INPUTS.items():
            if (strength := self.value(name)) is not None:
                images = change(strength, images, at)
        return images

    @torch.no_grad()
    def score(self, both: nn.ModuleList, part: str, epoch: int, passes: int = 0) -> tuple[float, Tensor]:
        images, labels = self.split.part(part)
        both.eval()
        steps = [(PARTS.index(part) << 40) + each for each in range(passes)]
        noisy = [
            self.forward(both, images, Position(epoch, step), OTHER_SEED, masked=False).softmax(1) for step in steps
        ]
        clean = self.forward(both, images, Position(), None, masked=False)
        logits = torch.stack(noisy).mean(0).log() if noisy else clean
        both.train()
        return functional.nll_loss(logits.log_softmax(1), labels).item(), logits.argmax(1) == labels

    def train(self) -> Found:
        found, passes, total = Found(), int(self.value("test_passes") or 0), len(self.split.train_labels)
        losses, last = 0.0, -(-total // self.recipe.batch_size) - 1
        for at, images, labels in batches(self.split, self.recipe):
            losses += self.step(images, labels, at)
            self.keep(at, at.step == last)
            if at.step == last:
                self.schedule.step()
                found.running.append(losses / total)
                self.renew(at.epoch)
                loss, hits = self.score(self.evaluated(), "test", at.epoch, passes)
                found.tests.append(loss)
                found.hits.append(hits)
                losses = 0.0
        found.train, _ = self.score(self.evaluated(), "train", self.recipe.epochs - 1, passes)
        found.weights, found.evaluated = list(tensors(self.both)), list(tensors(self.evaluated()))
        return found


def tensors(both: nn.ModuleList) -> Iterator[Tensor]:
    """Yield the tensors of a network as the engine has them."""
    net, norms = both
    for linear in net:
        yield torch.cat([linear.weight.T, linear.bias[None]]).detach().clone()
    for norm in norms if list(norms.parameters()) else ():
        yield torch.stack([norm.weight, norm.bias]).detach().clone()
    for norm in norms:
        if isinstance(norm, nn.BatchNorm1d):
            yield torch.stack([norm.running_mean, norm.running_var]).clone()
