"""Activations, normalisations, optimisers and schedules are torch's, in float64 to 1e-12, over ten steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from bench.data.split import Split
from bench.engines.stacked.activations import ACTIVATIONS
from bench.engines.stacked.normalisation import NORMALISATIONS, BatchNormalisation
from bench.engines.stacked.optimisers import OPTIMISERS, SCHEDULES
from bench.engines.stacked.train import train_stack
from bench.record.trials import Recipe
from tests.conftest import SMALL, condition, stack
from tests.oracles.plain import Plain, assert_same, double, train_plain, trained
from tests.oracles.test_regularisers import clip, two_groups

FOUR_EPOCHS = replace(SMALL, epochs=4, train_size=128)


@pytest.fixture(scope="module")
def split(small_split: Split) -> Split:
    return double(small_split)


def few(split: Split) -> Split:
    return replace(split, train_images=split.train_images[:128], train_labels=split.train_labels[:128])


PLAIN: dict[tuple[str, str], Plain] = {
    ("activation", "relu"): Plain(),
    ("activation", "tanh"): Plain(activation=torch.tanh),
    ("activation", "sigmoid"): Plain(activation=torch.sigmoid),
    ("activation", "gelu"): Plain(activation=nn.functional.gelu),
    ("normalisation", "none"): Plain(),
    ("normalisation", "batch"): Plain(normalisation=nn.BatchNorm1d),
    ("normalisation", "layer"): Plain(normalisation=nn.LayerNorm),
    ("optimiser", "sgd"): Plain(),
    ("optimiser", "momentum"): Plain(optimiser=lambda net, lr: torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)),
    ("optimiser", "adam"): Plain(optimiser=lambda net, lr: torch.optim.Adam(net.parameters(), lr=lr)),
    ("schedule", "constant"): Plain(),
    ("schedule", "cosine"): Plain(schedule=lambda optimiser: lr_scheduler.CosineAnnealingLR(optimiser, T_max=4)),
    ("schedule", "step"): Plain(schedule=lambda optimiser: lr_scheduler.MultiStepLR(optimiser, milestones=[2, 3])),
    ("schedule", "linear"): Plain(schedule=lambda optimiser: lr_scheduler.LinearLR(optimiser, 1, 0, total_iters=4)),
}
CHOICES = {
    "activation": ACTIVATIONS,
    "normalisation": NORMALISATIONS,
    "optimiser": OPTIMISERS,
    "schedule": SCHEDULES,
}
EVERY = [(key, name) for key, names in CHOICES.items() for name in names]


def with_rate(**changes: Any) -> Recipe:
    """Return a recipe of four epochs, at a learning rate that Adam can train with."""
    return replace(FOUR_EPOCHS, learning_rate=0.01 if "adam" in changes.values() else 0.5, **changes)


@pytest.mark.parametrize(("key", "name"), EVERY)
def test_it_is_torchs(key: str, name: str, split: Split) -> None:
    recipe = with_rate(**{key: name})
    found = trained(condition("x"), few(split), recipe)
    net, norms = train_plain(PLAIN[key, name], few(split), recipe)
    assert_same(net, found)
    for layer, norm in zip(found.network, norms, strict=False):
        if layer.normalisation:
            expected = torch.stack([norm.weight, norm.bias]).detach()
            torch.testing.assert_close(layer.normalisation.parameters[1], expected, rtol=0, atol=1e-12)
        if isinstance(layer.normalisation, BatchNormalisation):
            expected = torch.stack([norm.running_mean, norm.running_var])
            torch.testing.assert_close(layer.normalisation.running[1], expected, rtol=0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(("key", "name"), EVERY)
def test_alone_equals_stacked_with_everything(key: str, name: str, small_split: Split) -> None:
    """In float32, to the bit, with noise, a decay, another step and a clipped gradient beside it."""
    recipe = replace(with_rate(**{key: name}), train_size=320)
    settings = [
        condition("none"),
        condition("d", dropout=(0.2, 0.5), weight_decay=(0.01,)),
        condition("s", sam=(0.05,), ema=(0.9,)),
        condition("c", gradient_clipping=(0.1,), decoupled_decay=(0.01,), max_norm=(1.0,)),
    ]
    stacked = train_stack(stack(*settings, recipe=recipe), small_split, lambda: None)
    for setting, outcome in zip(settings, stacked, strict=True):
        (alone,) = train_stack(stack(setting, recipe=recipe), small_split, lambda: None)
        assert [score.loss for score in alone.running] == [score.loss for score in outcome.running]
        assert torch.equal(alone.test[-1].correct, outcome.test[-1].correct)


def test_decoupled_decay_with_adam_is_adamw(split: Split) -> None:
    plain = Plain(
        optimiser=lambda net, lr: torch.optim.AdamW([*two_groups(net, 0.02)], lr=lr, weight_decay=0), before_step=clip
    )
    recipe = with_rate(optimiser="adam")
    setting = condition("x", decoupled_decay=(0.02,), gradient_clipping=(0.1,))
    assert_same(train_plain(plain, few(split), recipe)[0], trained(setting, few(split), recipe))


@pytest.mark.parametrize("optimiser", ["momentum", "adam"])
def test_the_decay_of_the_gradient_goes_through_the_optimiser(optimiser: str, split: Split) -> None:
    made = {
        "momentum": lambda net, lr: torch.optim.SGD(two_groups(net, 0.01), lr=lr, momentum=0.9),
        "adam": lambda net, lr: torch.optim.Adam(two_groups(net, 0.01), lr=lr),
    }
    recipe = with_rate(optimiser=optimiser)
    found = trained(condition("x", weight_decay=(0.01,)), few(split), recipe)
    assert_same(train_plain(Plain(optimiser=made[optimiser]), few(split), recipe)[0], found)


@pytest.mark.parametrize("normalisation", ["batch", "layer"])
def test_evaluation_is_torchs(normalisation: str, split: Split) -> None:
    recipe = with_rate(normalisation=normalisation)
    found = trained(condition("x"), few(split), recipe)
    net, norms = train_plain(PLAIN["normalisation", normalisation], few(split), recipe)
    out = split.test_images
    with torch.no_grad():
        for linear, norm in zip(net, norms, strict=False):
            out = norm.eval()(linear(out)).relu()
        expected = nn.functional.cross_entropy(net[-1](out), split.test_labels).item()
    assert found.evaluate("test")[1].loss == pytest.approx(expected, abs=1e-12)
