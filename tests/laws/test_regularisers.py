"""What every regulariser must satisfy, whoever wrote it: tested over the registry."""

from __future__ import annotations

import pytest
import torch

from bench.data.split import Images, Split, make_split
from bench.draws import Position
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Draw, Regulariser
from bench.train import Outcome, train_stack
from bench.trials import Condition, Recipe, Stack
from tests.conftest import condition, stack

pytestmark = pytest.mark.parametrize("record", REGULARISERS.values(), ids=list(REGULARISERS))


def inside(record: Regulariser) -> float:
    """Return a strength that does something."""
    return record.low + 0.4 * (min(record.high, record.low + 1) - record.low)


def setting(record: Regulariser, strength: float, label: str = "x") -> Condition:
    return condition(label, **{record.name: (strength, strength)})


def trained(many: Stack, split: Split) -> list[Outcome]:
    return train_stack(many, split, lambda: None)


def same(one: Outcome, other: Outcome) -> bool:
    """Tell whether two outcomes agree to the bit."""
    assert one.train is not None
    assert other.train is not None
    pairs = [*zip(one.running, other.running, strict=True), *zip(one.test, other.test, strict=True)]
    return all(a.loss == b.loss and torch.equal(a.correct, b.correct) for a, b in [*pairs, (one.train, other.train)])


def test_the_registry_knows_it_by_its_name(record: Regulariser) -> None:
    assert REGULARISERS[record.name] is record
    assert record.low <= record.null <= record.high
    assert record.definition
    assert record.source


def test_null_is_the_identity(record: Regulariser) -> None:
    draw = Draw(0, Position())
    factors = record.multiplier(draw, torch.tensor([record.null], dtype=torch.float64), (64, 32))
    assert torch.equal(factors, torch.ones(1, 64, 32))


def test_null_equals_absent_in_a_stack_with_others(record: Regulariser, small_split: Split) -> None:
    alone = trained(stack(condition("absent")), small_split)[0]
    absent = condition("absent")
    null, active = setting(record, record.null, "null"), setting(record, inside(record))
    for outcome in trained(stack(absent, active, null), small_split)[::2]:
        assert same(outcome, alone)


def test_alone_equals_stacked_whatever_the_order(record: Regulariser, small_split: Split) -> None:
    active, half = setting(record, inside(record)), setting(record, inside(record) / 2, "half")
    alone = trained(stack(active), small_split)[0]
    assert same(trained(stack(condition("none"), half, active), small_split)[2], alone)
    assert same(trained(stack(active, half), small_split)[0], alone)
    assert not same(trained(stack(half), small_split)[0], alone)


def test_it_acts(record: Regulariser) -> None:
    draw = Draw(0, Position())
    factors = record.multiplier(draw, torch.tensor([record.null, inside(record)], dtype=torch.float64), (64, 32))
    assert not torch.equal(factors[0], factors[1])


@pytest.mark.parametrize(
    ("hidden", "batch", "rows"), [((255, 255), 64, 320), ((7, 5), 1, 9), ((256, 256), 16, 161), ((33, 17), 13, 40)]
)
def test_alone_equals_stacked_at_odd_widths_and_a_last_batch_of_one(
    record: Regulariser, sample_images: Images, hidden: tuple[int, ...], batch: int, rows: int
) -> None:
    recipe = Recipe("fashion_mnist_sample", rows, 0, hidden, "default", 2, batch, 0.1)
    split = make_split(sample_images, rows, 0)
    settings = [setting(record, inside(record) * k / 8, f"c{k}") for k in range(8)]
    stacked = trained(stack(*settings, recipe=recipe), split)
    for alone, outcome in zip(settings, stacked, strict=True):
        assert same(trained(stack(alone, recipe=recipe), split)[0], outcome)
