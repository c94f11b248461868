"""What every regulariser must satisfy, whoever wrote it: tested over the registry, and on records that break a law."""

from __future__ import annotations

import ast
import importlib
import inspect
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bench import regularisers
from bench.base import draws, passes
from bench.base.draws import Position
from bench.checks.plugin.laws import LAWS, Law
from bench.checks.plugin.training import same, setting, split, stack, trained, weaker
from bench.data.images import Images
from bench.data.split import make_split
from bench.engines.stacked.train import StackedEngine, train_stack
from bench.record.trials import Recipe
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Draw, Regulariser, Weights
from tests.conftest import condition
from tests.conftest import stack as any_stack

every = pytest.mark.parametrize("record", REGULARISERS.values(), ids=list(REGULARISERS))


@every
@pytest.mark.parametrize("law", LAWS, ids=[law.key for law in LAWS])
def test_each_keeps_every_law(record: Regulariser, law: Law) -> None:
    assert law.broken(record) is None


@every
def test_a_version_covers_one_regulariser(record: Regulariser) -> None:
    """Its hooks are in the file of its name, which takes nothing from another's: what several share is the engine's."""
    module = f"bench.regularisers.{record.name}"
    assert {hook.__module__ for hook in record.hooks().values()} <= {module}
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    taken = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    others = {f"bench.regularisers.{name}" for name in REGULARISERS}
    assert not taken & others


@pytest.mark.parametrize("compiled", [False, True])
def test_a_trial_that_diverges_is_the_same_whatever_its_neighbours(
    monkeypatch: pytest.MonkeyPatch, compiled: bool
) -> None:
    monkeypatch.setattr(passes, "_loaded", None)
    assert not compiled or passes.load()
    settings = [condition("none"), *(setting(record, record.typical, record.name) for record in REGULARISERS.values())]
    engines = [StackedEngine(stack(*each), split()) for each in (settings[:1], settings)]
    for engine in engines:
        engine.network[0].parameters[0, :, ::2] = torch.inf
        engine.network[0].refresh()
    for epoch in range(2):
        alone, stacked = (engine.train_epoch(epoch)[0] for engine in engines)
        assert repr(alone.loss) == repr(stacked.loss)
        assert torch.equal(alone.correct, stacked.correct)
    for layers in zip(*(engine.network for engine in engines), strict=True):
        left, right = (layer.parameters[0] for layer in layers)
        numbers = ~left.isnan()
        assert torch.equal(numbers, ~right.isnan())
        assert torch.equal(left[numbers].view(torch.int32), right[numbers].view(torch.int32))


@pytest.mark.slow
def test_all_at_once_are_the_same_alone_and_stacked() -> None:
    one_keeper = {name: record for name, record in REGULARISERS.items() if not record.keeper or name == "ema"}
    strengths = {name: (weaker(record),) * len(record.columns(2)) for name, record in one_keeper.items()}
    both = condition("all", **strengths)
    (alone,) = trained(both)
    assert same(trained(condition("none"), both, condition("d", dropout=(0.5, 0.5)))[1], alone)


@pytest.mark.parametrize(
    ("hidden", "batch", "rows"), [((255, 255), 64, 320), ((7, 5), 1, 9), ((256, 256), 16, 161), ((33, 17), 13, 40)]
)
@pytest.mark.slow
def test_alone_equals_stacked_at_odd_widths_and_a_last_batch_of_one(
    sample_images: Images, hidden: tuple[int, ...], batch: int, rows: int
) -> None:
    """Stacks of eight, with a record each: none sees its neighbours."""
    recipe = Recipe("fashion_mnist_sample", rows, 8, hidden, "default", 2, batch, 0.1)
    images = make_split(sample_images, rows, 8)
    settings = [setting(record, record.typical, record.name) for record in REGULARISERS.values()]
    for start in range(0, len(settings), 8):
        eight = settings[start : start + 8]
        outcomes = train_stack(any_stack(*eight, recipe=recipe), images, lambda: None)
        for one, outcome in zip(eight, outcomes, strict=True):
            assert same(train_stack(any_stack(one, recipe=recipe), images, lambda: None)[0], outcome)


def test_every_file_of_a_regulariser_is_in_the_registry() -> None:
    files = {file.stem for file in Path(inspect.getfile(regularisers)).parent.glob("*.py")}
    assert files - {"__init__", "noise", "record"} == set(REGULARISERS)


def _writes(value: Callable[[Draw, torch.Tensor, torch.Tensor], torch.Tensor]) -> Regulariser:
    """Return a record whose hidden noise is `value`."""

    def hidden(draw: Draw, strength: torch.Tensor, out: torch.Tensor) -> None:
        out.copy_(value(draw, strength, out))

    return replace(REGULARISERS["gaussian_dropout"], name="wrong", hidden=hidden)


def _scaled(strength: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
    return 1 + strength.sqrt()[:, None, None] * numbers


def _from_stream(stream: str) -> Regulariser:
    return _writes(
        lambda draw, strength, out: _scaled(
            strength, torch.from_numpy(draws.uniforms(draw.seed, stream, draw.at, out[0].numel())).reshape(out[0].shape)
        )
    )


def _shrinks(strength: torch.Tensor, rate: float, layers: list[Weights]) -> None:
    """Shrink by the mean strength of all networks."""
    for layer in layers:
        layer.parameters.mul_(1 - rate * strength.mean())


def _raises_above_1(draw: Draw, strength: torch.Tensor, out: torch.Tensor) -> None:
    if strength.max() > 1:
        raise ValueError("no such rate")
    out.fill_(1)


def _nested(place: Callable[[Draw], Draw]) -> Regulariser:
    """Return Gaussian dropout that draws at another place than it is asked for."""

    def hidden(draw: Draw, strength: torch.Tensor, out: torch.Tensor) -> None:
        gaussian = REGULARISERS["gaussian_dropout"].hidden
        assert gaussian is not None
        gaussian(place(draw), strength, out)

    return replace(REGULARISERS["gaussian_dropout"], name="wrong", hidden=hidden)


def _numbers_for_ever(draw: Draw, strength: torch.Tensor, inputs: torch.Tensor) -> None:
    """Add the same noise to each batch, by a generator of its own that starts anew."""
    noise = np.random.default_rng(7).normal(size=inputs.shape[1:])
    inputs.add_(strength[:, None, None] * torch.from_numpy(noise).to(inputs.dtype))


class _Counting:
    """A generator of its own, kept between calls."""

    def __init__(self) -> None:
        self.generator = np.random.default_rng(7)

    def __call__(self, draw: Draw, strength: torch.Tensor, out: torch.Tensor) -> None:
        drawn = torch.from_numpy(self.generator.normal(size=out.shape[1:]))
        out.copy_(_scaled(strength, drawn))


def _bad_between(low: float, high: float, bad: float) -> Regulariser:
    """Return Gaussian dropout that writes `bad` at strengths between `low` and `high`."""

    def hidden(draw: Draw, strength: torch.Tensor, out: torch.Tensor) -> None:
        gaussian = REGULARISERS["gaussian_dropout"].hidden
        assert gaussian is not None
        gaussian(draw, strength, out)
        out[(low <= strength) & (strength <= high)] = bad

    return replace(REGULARISERS["gaussian_dropout"], name="wrong", hidden=hidden)


DROPOUT, DECAY = REGULARISERS["dropout"], REGULARISERS["weight_decay"]
WRONG = {
    "record": [
        replace(DROPOUT, typical=0.0),
        replace(DROPOUT, null=2.0),
        replace(DROPOUT, definition=""),
        replace(DROPOUT, hidden=None),
        replace(REGULARISERS["shift"], typical=1.5),
    ],
    "null-hooks": [_writes(lambda draw, strength, out: (1 + strength)[:, None, None] + 1e-7 + torch.zeros_like(out))],
    "null-absent": [_writes(lambda draw, strength, out: _scaled(strength + 0.01, torch.ones_like(out)))],
    "stack": [
        _writes(lambda draw, strength, out: torch.ones_like(out)),
        _writes(
            lambda draw, strength, out: 1 + (strength.mean() * (strength > 0))[:, None, None] + torch.zeros_like(out)
        ),
    ],
    "stream": [
        _from_stream("dropout"),
        _writes(lambda draw, strength, out: _scaled(strength, torch.rand_like(out[0]))),
        _writes(lambda draw, strength, out: _scaled(strength, torch.from_numpy(np.random.rand(*out[0].shape)))),
        _writes(lambda draw, strength, out: _scaled(strength, torch.tensor(random.random()))),
    ],
    "high-end": [replace(DROPOUT, name="wrong", high=2.0, hidden=_raises_above_1)],
    "draw": [
        _nested(lambda draw: Draw(0, Position(), draw.progress)),
        _nested(lambda draw: replace(draw, seed=0)),
        _nested(lambda draw: replace(draw, at=replace(draw.at, layer=0))),
        _nested(lambda draw: replace(draw, at=replace(draw.at, epoch=0))),
        _nested(lambda draw: replace(draw, at=replace(draw.at, step=0))),
        replace(REGULARISERS["gaussian_dropout"], name="wrong", hidden=_Counting()),
        replace(REGULARISERS["input_noise"], name="wrong", inputs=_numbers_for_ever),
        _writes(lambda draw, strength, out: (1 + strength)[:, None, None] + torch.zeros_like(out)),
    ],
    "mean": [
        _writes(
            lambda draw, strength, out: DROPOUT.multiplier(draw, strength, out[0].shape) * (1 - strength)[:, None, None]
        ),
        _writes(lambda draw, strength, out: DROPOUT.multiplier(draw, strength, out[0].shape) * 1.02),
    ],
    "finite": [_bad_between(0.2, 0.3, torch.nan), _bad_between(0.99, 1.0, torch.inf)],
    "divergence": [replace(DECAY, name="wrong", gradient=None, after_step=_shrinks)],
}


@pytest.mark.parametrize(("key", "record"), [(key, record) for key, records in WRONG.items() for record in records])
def test_a_record_that_breaks_a_law_is_found_out(
    key: str, record: Regulariser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REGULARISERS, record.name, record)
    (law,) = (each for each in LAWS if each.key == key)
    assert law.broken(record) is not None
