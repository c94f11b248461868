"""What every regulariser must satisfy, whoever wrote it: tested over the registry."""

from __future__ import annotations

import ast
import importlib
import inspect
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bench import draws, regularisers
from bench.data.split import Images, Split, make_split
from bench.draws import Position
from bench.fields import LARGEST
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Draw, Regulariser, Weights
from bench.train import Outcome, StackedEngine, train_stack
from bench.trials import NUMERIC_SOURCES, Condition, Recipe, Stack
from tests.conftest import SMALL, condition
from tests.conftest import stack as any_stack

every = pytest.mark.parametrize("record", REGULARISERS.values(), ids=list(REGULARISERS))


BESIDE = {"test_passes": {"dropout": (0.5, 0.5)}}
"""Regularisers without which one has nothing to act on."""

FOUR = replace(SMALL, train_size=256, validation_size=64, epochs=4, learning_rate=0.8)
"""Long enough for every schedule; validation losses of 2.2, 2.9, 2.1, 2.2, so that patience matters."""


def setting(record: Regulariser, strength: float, label: str = "x") -> Condition:
    return condition(label, **{record.name: (strength,) * len(record.columns(2))}, **BESIDE.get(record.name, {}))


def without(record: Regulariser, label: str = "none") -> Condition:
    return condition(label, **BESIDE.get(record.name, {}))


def weaker(record: Regulariser) -> float:
    """Return another strength that does something."""
    return record.typical / 2


def stack(*settings: Condition, recipe: Recipe = FOUR) -> Stack:
    return any_stack(*settings, recipe=recipe)


@pytest.fixture(scope="session")
def small_split(sample_images: Images) -> Split:
    split = make_split(sample_images, FOUR.train_size, FOUR.validation_size)
    return replace(split, test_images=split.test_images[:100], test_labels=split.test_labels[:100])


def trained(many: Stack, split: Split) -> list[Outcome]:
    return train_stack(many, split, lambda: None)


def same(one: Outcome, other: Outcome) -> bool:
    """Tell whether two outcomes agree to the bit; a loss that is no number agrees with itself."""
    assert one.train is not None
    assert other.train is not None
    pairs = [*zip(one.running, other.running, strict=True), *zip(one.test, other.test, strict=True)]
    return all(
        repr(a.loss) == repr(b.loss) and torch.equal(a.correct, b.correct)
        for a, b in [*pairs, (one.train, other.train)]
    )


@every
def test_the_registry_knows_it_by_its_name(record: Regulariser) -> None:
    assert REGULARISERS[record.name] is record
    assert record.low <= record.null <= record.high
    assert record.low <= record.typical <= record.high
    assert record.typical != record.null
    assert record.definition
    assert record.source
    assert record.reference
    assert record.hooks() or record.passes
    assert not record.whole or record.typical == int(record.typical) == 2 * int(weaker(record))


@every
def test_a_trials_id_covers_all_the_sources_that_it_is_made_of(record: Regulariser) -> None:
    """Its hooks are in the file of its name, which takes nothing from files of regularisers but what all ids cover."""
    module = f"bench.regularisers.{record.name}"
    assert record.modules() <= {module}
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    taken = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {name for name in taken if name.startswith("bench.")} <= set(NUMERIC_SOURCES)


@every
def test_each_hook_is_the_identity_at_null(record: Regulariser) -> None:
    draw, null = Draw(0, Position(), 0.5, (28, 28)), torch.tensor([record.null], dtype=torch.float64)
    if record.hidden or record.weights:
        assert torch.equal(record.multiplier(draw, null, (64, 32)), torch.ones(1, 64, 32))
    numbers = torch.linspace(0, 1, 6 * 784).reshape(1, 6, 784)
    for change in filter(None, (record.inputs, record.targets)):
        changed = numbers.clone()
        change(draw, null, changed)
        assert torch.equal(changed, numbers)
    layers = [Weights(numbers.clone(), numbers.flip(2).contiguous(), 5)]
    if record.gradient:
        record.gradient(draw, null, layers)
    for update in filter(None, (record.before_step, record.after_step)):
        update(null, 0.5, layers)
    assert torch.equal(layers[0].parameters, numbers)
    assert torch.equal(layers[0].gradient, numbers.flip(2))


@every
def test_a_step_up_at_null_is_none(record: Regulariser) -> None:
    if record.climb:
        layers = [Weights(torch.ones(1, 6, 4), torch.ones(1, 6, 4), 5)]
        record.climb(Draw(0, Position()), torch.tensor([record.null], dtype=torch.float64), layers)
        assert torch.equal(layers[0].gradient, torch.zeros(1, 6, 4))


@every
def test_null_equals_absent_in_a_stack_with_others(record: Regulariser, small_split: Split) -> None:
    absent = without(record, "absent")
    null, active = setting(record, record.null, "null"), setting(record, record.typical)
    alone, *others = trained(stack(absent), small_split) + trained(stack(absent, active, null), small_split)[::2]
    assert all(same(outcome, alone) for outcome in others)


@every
def test_alone_equals_stacked_whatever_the_order_and_it_acts(record: Regulariser, small_split: Split) -> None:
    none, active, weak = without(record), setting(record, record.typical), setting(record, weaker(record), "weak")
    (alone,), (weak_alone,) = (trained(stack(each), small_split) for each in (active, weak))
    first, second, _, third = trained(stack(none, weak, none, active), small_split)
    assert same(third, alone)
    beside = trained(stack(active, weak, active), small_split)
    assert all(same(*pair) for pair in zip(beside, [alone, weak_alone, alone], strict=True))
    assert same(second, weak_alone)
    assert not same(second, alone)
    assert not same(first, alone)


@every
def test_its_random_numbers_are_from_its_own_stream(
    record: Regulariser, small_split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So no other regulariser's numbers move, nor the order of the batches, nor the initial weights."""
    streams, right = set(), draws.words

    def noted(seed: int, stream: str, at: Position, count: int) -> object:
        streams.add(stream)
        return right(seed, stream, at, count)

    monkeypatch.setattr(draws, "words", noted)
    trained(stack(setting(record, record.typical)), small_split)
    assert streams <= {"order", "initialisation", record.name, *BESIDE.get(record.name, {})}


@every
def test_untrained_networks_are_evaluated_as_without_it(record: Regulariser, small_split: Split) -> None:
    both = without(record), setting(record, record.null if record.passes else record.typical)
    plain, active = (StackedEngine(stack(each), small_split) for each in both)
    (expected,), (found,) = plain.evaluate("test"), active.evaluate("test")
    assert found.loss == expected.loss
    assert torch.equal(found.correct, expected.correct)


@every
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_ends_of_its_range_train_without_raising(record: Regulariser, end: str, small_split: Split) -> None:
    strength = min(getattr(record, end), LARGEST)
    first, second = trained(stack(setting(record, strength), condition("none")), small_split)
    assert len(first.running) == FOUR.epochs
    assert same(second, trained(stack(condition("none")), small_split)[0])


@every
def test_a_neighbour_that_diverges_does_no_harm(record: Regulariser, small_split: Split) -> None:
    settings = [
        setting(record, record.typical),
        setting(record, weaker(record), "weak"),
        setting(record, record.typical),
    ]
    engines = [StackedEngine(stack(*each), small_split) for each in (settings[:1], settings)]
    for layer in engines[1].network:
        layer.parameters[:-1] = torch.inf
        layer.refresh()
    for epoch in range(FOUR.epochs):
        (alone,), (*diverged, stacked) = (engine.train_epoch(epoch) for engine in engines)
        assert stacked.loss == alone.loss
        assert not any(torch.tensor(each.loss).isfinite() for each in diverged)
        for engine in engines:
            engine.end_epoch(epoch)
        one, other = (engine.evaluate("test")[-1] for engine in engines)
        assert one.loss == other.loss
        assert torch.equal(one.correct, other.correct)


def test_a_trial_that_diverges_is_the_same_whatever_its_neighbours(small_split: Split) -> None:
    settings = [condition("none"), *(setting(record, record.typical, record.name) for record in REGULARISERS.values())]
    engines = [StackedEngine(stack(*each), small_split) for each in (settings[:1], settings)]
    for engine in engines:
        engine.network[0].parameters[0, :, ::2] = torch.inf
        engine.network[0].refresh()
    for epoch in range(2):
        alone, stacked = (engine.train_epoch(epoch)[0] for engine in engines)
        assert repr(alone.loss) == repr(stacked.loss)
        assert torch.equal(alone.correct, stacked.correct)
    for left, right in zip(*(engine.network for engine in engines), strict=True):
        assert torch.equal(left.parameters[0].view(torch.int32), right.parameters[0].view(torch.int32))


def test_all_at_once_are_the_same_alone_and_stacked(small_split: Split) -> None:
    one_keeper = {name: record for name, record in REGULARISERS.items() if not record.keeper or name == "ema"}
    strengths = {name: (weaker(record),) * len(record.columns(2)) for name, record in one_keeper.items()}
    both = condition("all", **strengths)
    (alone,) = trained(stack(both), small_split)
    assert same(trained(stack(condition("none"), both, condition("d", dropout=(0.5, 0.5))), small_split)[1], alone)


@pytest.mark.parametrize(
    ("hidden", "batch", "rows"), [((255, 255), 64, 320), ((7, 5), 1, 9), ((256, 256), 16, 161), ((33, 17), 13, 40)]
)
@pytest.mark.slow
def test_alone_equals_stacked_at_odd_widths_and_a_last_batch_of_one(
    sample_images: Images, hidden: tuple[int, ...], batch: int, rows: int
) -> None:
    """Stacks of eight, with a record each: none sees its neighbours."""
    recipe = Recipe("fashion_mnist_sample", rows, 8, hidden, "default", 2, batch, 0.1)
    split = make_split(sample_images, rows, 8)
    settings = [setting(record, record.typical, record.name) for record in REGULARISERS.values()]
    for start in range(0, len(settings), 8):
        eight = settings[start : start + 8]
        for one, outcome in zip(eight, trained(stack(*eight, recipe=recipe), split), strict=True):
            assert same(trained(stack(one, recipe=recipe), split)[0], outcome)


def test_every_file_of_a_regulariser_is_in_the_registry() -> None:
    files = {file.stem for file in Path(inspect.getfile(regularisers)).parent.glob("*.py")}
    assert files - {"__init__", "noise", "record"} == set(REGULARISERS)
