"""What is noted of torch: calls of networks, losses, gradients, dropout, loaders, and generators that are seeded."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.dropout import _DropoutNd
from torch.utils.data import DataLoader

from bench.engines.own.streams import global_state, seed_everything, set_global_state
from bench.engines.own.watching.seen import Forward, Network
from bench.engines.own.watching.tensors import are_shares, leaves, raw, rows, shapes, tensors
from bench.engines.own.watching.watch import Put, Watch, digest, hash_of_states

DROPOUTS = ("dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout")
NN: Any = torch._C._nn
LOSSES = (
    (NN, "cross_entropy_loss"), (NN, "nll_loss_nd"), (NN, "nll_loss"),
    (NN, "binary_cross_entropy"), (torch, "binary_cross_entropy_with_logits"), (NN, "mse_loss"),
    (NN, "l1_loss"), (NN, "smooth_l1_loss"), (NN, "huber_loss"), (torch, "kl_div"),
)  # fmt: skip
"""Functions of (input, target) that torch's losses call."""
PROBED = 40
"""Evaluated batches that are evaluated a second time, at most."""


class Networks:
    """The instruments of torch for one trial."""

    def __init__(self, watch: Watch) -> None:
        self.watch, self.seen = watch, watch.seen
        self.depth = 0
        self.of: dict[int, int] = {}
        self.alive: list[nn.Module] = []
        self.parts: dict[int, set[int]] = {}
        self.first: dict[int, dict[str, tuple[torch.Tensor, torch.Tensor]]] = {}
        self.current: Forward | None = None
        self.root: int = -1
        self.probing = False
        self.made_parameters = False
        self.drawn_before = False

    def called(self, right: Callable[..., Any], module: nn.Module, given: Any, named: Any) -> Any:
        """Call a module, and note it where it is a network called from outside of others."""
        if self.probing or torch.compiler.is_compiling() or torch._C._get_tracing_state() is not None:
            return right(module, *given, **named)
        if self.depth:
            if id(module) not in self.parts[self.root] and type(module).__module__.startswith("torch.nn.modules"):
                self._anew(module)
            return right(module, *given, **named)
        if next(module.parameters(), None) is None:
            return right(module, *given, **named)
        noted = self._begin(module, given, named)
        self.depth, self.root, self.current = 1, noted.network, noted
        buffers = [each.clone() for each in module.buffers()]
        try:
            made = right(module, *given, **named)
        finally:
            self.depth, self.current = 0, None
        self._end(module, noted, buffers, made, lambda: right(module, *given, **named))
        self.current = noted
        return made

    def _begin(self, module: nn.Module, given: Any, named: Any) -> Forward:
        index = self._index(module)
        gradient = torch.is_grad_enabled()
        if gradient and not self.seen.networks[index].initial:
            self.seen.networks[index].initial = shapes(iter(module.parameters()))
            self.seen.networks[index].drawn = any(
                each.ndim > 1 and bool((each != each.reshape(-1)[0]).any()) for each in module.parameters()
            )
            self.first[index] = {name: (each, each.detach().clone()) for name, each in module.named_parameters()}
        first = next(tensors([given, named]), None)
        outside = first is not None and not (first.requires_grad and first.grad_fn is not None)
        drops = [each for each in module.modules() if isinstance(each, _DropoutNd) and each.p > 0]
        norms = [each for each in module.modules() if isinstance(each, _NormBase) and each.running_mean is not None]
        return Forward(
            index, self.watch.epoch, rows(first) if outside and first is not None else (), gradient, module.training,
            dropout_on=any(each.training for each in drops),
            dropout_off=any(not each.training for each in drops),
            norm_on=any(each.training for each in norms),
            before=hash_of_states(),
            refit=self._refitting(norms),
        )  # fmt: skip

    def _refitting(self, norms: list[Any]) -> bool:
        """Return whether running statistics are averaged over whole passes: after weights were averaged."""
        if not any(each.training for each in norms):
            return False
        if any(each.momentum is None for each in norms):
            return True
        before = self.seen.forwards[-1] if self.seen.forwards else None
        if before is not None and before.refit and not before.trained and not before.gradient:
            return True
        return bool(self.seen.steps or self.seen.losses) and any(
            each.num_batches_tracked is not None and int(each.num_batches_tracked) == 0 for each in norms
        )

    def _end(
        self, module: nn.Module, noted: Forward, buffers: list[torch.Tensor], made: Any, again: Callable[[], Any]
    ) -> None:
        noted.after = hash_of_states()
        noted.statistics_moved = any(
            not torch.equal(one, other) for one, other in zip(buffers, module.buffers(), strict=False)
        )
        results = list(tensors(made))
        for each in results:
            if each.requires_grad and each.grad_fn is not None:
                each.register_hook(lambda _: setattr(noted, "trained", True))
        self.seen.forwards.append(noted)
        if noted.gradient:
            return
        if self.watch.changes.twice and not noted.refit:
            self._twice(module, noted, results, again)
        if self.watch.changes.undo and any(
            each.trained and each.network == noted.network for each in self.seen.forwards
        ):
            self.watch.put_back()

    def _twice(self, module: nn.Module, noted: Forward, results: list[torch.Tensor], again: Callable[[], Any]) -> None:
        """Evaluate again the first two batches of each evaluation, with other random numbers, and leave no trace."""
        forwards = self.seen.forwards
        fresh = len(forwards) < 3 or forwards[-2].gradient or forwards[-3].gradient
        if not fresh or sum(each.same_again is not None for each in forwards) >= PROBED:
            return
        kept = [each.clone() for each in results]
        buffers, states = [each.clone() for each in module.buffers()], global_state()
        self.probing = True
        try:
            seed_everything(len(forwards))
            others = list(tensors(again()))
        finally:
            self.probing = False
            set_global_state(states)
            for each, before in zip(module.buffers(), buffers, strict=False):
                each.copy_(before)
        noted.same_again = all(
            torch.equal(torch.nan_to_num(one), torch.nan_to_num(other))
            for one, other in zip(kept, others, strict=False)
        )

    def _index(self, module: nn.Module) -> int:
        if id(module) not in self.of:
            self.of[id(module)] = len(self.seen.networks)
            self.alive.append(module)
            self.seen.networks.append(Network(type(module).__name__))
        index = self.of[id(module)]
        self.parts[index] = {id(each) for each in module.modules()}
        return index

    def _anew(self, module: nn.Module) -> None:
        kind = type(module).__name__
        if kind not in self.seen.built_anew and (
            isinstance(module, _DropoutNd) or any(True for _ in module.parameters())
        ):
            self.seen.built_anew.append(kind)

    def loss(self, right: Callable[..., Any]) -> Callable[..., Any]:
        """Note the labels of a loss."""

        def call(first: Any, target: Any, *given: Any, **named: Any) -> Any:
            if torch.is_grad_enabled() and isinstance(target, torch.Tensor) and not target.requires_grad:
                noted = digest(raw(target))
                self.seen.targets.append((self.watch.epoch, noted))
                self.seen.mixed = self.seen.mixed or are_shares(first, target)
                if self.current is not None and self.current.target is None:
                    self.current.target = noted
            return right(first, target, *given, **named)

        return call

    def dropout(self, right: Callable[..., Any]) -> Callable[..., Any]:
        """Note that torch's dropout drops; or let it do nothing."""

        def call(first: Any, p: float, train: bool, *given: Any, **named: Any) -> Any:
            self.seen.drops += bool(train and p > 0 and torch.is_grad_enabled())
            if train and p > 0 and self.depth and self.current is not None and not self.probing:
                self.current.drops += 1
            if self.watch.changes.without_dropout and train:
                return right(first, 0.0, False, *given, **named)
            return right(first, p, train, *given, **named)

        return call

    def backward(self, right: Callable[..., Any]) -> Callable[..., Any]:
        """Note each backward pass: its loss, what it reaches, and gradients left from the one before."""

        def call(first: Any, *given: Any, **named: Any) -> Any:
            value = next(tensors(first), None)
            if value is not None and value.numel() == 1:
                self.seen.losses.append(float(value.detach()))
            if not self.seen.leaves and value is not None:
                self.seen.leaves = shapes(iter(leaves(value)))
            elif any(
                each.grad is not None and bool(each.grad.any()) for module in self.alive for each in module.parameters()
            ):
                self.seen.uncleared += 1
            made = right(first, *given, **named)
            self.watch.backward_done()
            return made

        return call

    def stepped(self, right: Callable[..., Any]) -> Callable[..., Any]:
        """Let each optimiser count its steps."""

        def call(optimiser: Any, *given: Any, **named: Any) -> Any:
            right(optimiser, *given, **named)
            optimiser.register_step_post_hook(self._step)

        return call

    def _step(self, *_: Any) -> None:
        self.seen.steps += 1

    def passes(self, right: Callable[..., Any]) -> Callable[..., Any]:
        """Note each pass through a loader; or give it another number of workers."""

        def call(loader: DataLoader[Any]) -> Any:
            self.seen.workers.append(loader.num_workers)
            for made in (loader.generator, getattr(loader.sampler, "generator", None)):
                if made is not None:
                    self.watch.generators[f"a loader's generator ({id(made)})"] = made
            workers = self.watch.changes.workers
            if workers is not None and loader.num_workers != workers:
                loader.num_workers = workers
                loader.prefetch_factor = 2 if workers else None
            made = right(loader)
            return self._to_its_end(made) if self.watch.changes.undo else made

        return call

    def _to_its_end(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Yield a loader's batches, and keep the states of the generators at its end, where a sampler draws as well."""
        before = len(self.seen.losses)
        yield from batches
        if len(self.seen.losses) > before:
            self.watch.keep()

    def randperm(self, right: Callable[..., Any]) -> Callable[..., Any]:
        """Note each permutation."""

        def call(*given: Any, **named: Any) -> Any:
            made = right(*given, **named)
            self.seen.shuffles.append((self.watch.epoch, digest(raw(made))))
            return made

        return call

    def seeded(self, right: Callable[..., Any]) -> Callable[..., Any]:
        """Note that the training code seeds torch when parameters were drawn already."""

        def call(*given: Any, **named: Any) -> Any:
            place = sys._getframe(1).f_globals.get("__name__", "")
            if self.made_parameters and not self.seen.losses and not place.startswith(("bench.", "torch.")):
                self.seen.reseeded.append("torch")
            return right(*given, **named)

        return call

    def registered(self, *_: Any) -> None:
        """Note that a parameter was made."""
        self.made_parameters = True

    def close(self) -> None:
        """Note which parameters never moved though they had a gradient."""
        for index, kept in self.first.items():
            if any(each.trained and each.network == index for each in self.seen.forwards):
                self.seen.networks[index].unmoved = tuple(
                    name
                    for name, (now, before) in kept.items()
                    if now.requires_grad and now.grad is not None and bool(now.grad.any())
                    and math.isfinite(float(now.detach().sum())) and torch.equal(now.detach(), before)
                )  # fmt: skip


def watch_torch(watch: Watch, put: Put) -> Networks:
    """Put the instruments of torch into place."""
    made = Networks(watch)

    def module_call(right: Callable[..., Any]) -> Callable[..., Any]:
        def call(module: nn.Module, *given: Any, **named: Any) -> Any:
            return made.called(right, module, given, named)

        return call

    put(nn.Module, "__call__", module_call)
    for place, name in LOSSES:
        put(place, name, made.loss)
    for name in DROPOUTS:
        for each in (name, f"{name}_"):
            put(torch, each, made.dropout)
            put(torch._VF, each, made.dropout)
    put(torch.autograd, "backward", made.backward)
    put(torch.optim.Optimizer, "__init__", made.stepped)
    put(DataLoader, "__iter__", made.passes)
    put(torch, "randperm", made.randperm)
    put(torch, "manual_seed", made.seeded)
    nn.modules.module.register_module_parameter_registration_hook(made.registered)
    watch.on_close = made.close
    return made
