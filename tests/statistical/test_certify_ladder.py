"""The ladder passes the engine as it is, and catches each planted fault at the rung that is there for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import torch

from bench.assurance.certify import agreement, drift, randomness, trajectory
from bench.assurance.certify.finding import EQUIVALENT, NOT_EQUIVALENT
from bench.assurance.certify.setting import Setting, book_recipe
from bench.base import draws, passes
from bench.engines.stacked import model, train
from bench.engines.stacked.model import Layer
from bench.record.trials import Stack
from bench.regularisers import REGULARISERS
from bench.regularisers.dropout import multiplier
from bench.regularisers.record import Draw, Noise

SETTING = Setting("float32", "cpu", book_recipe(1), 2, 1, Path("unused"))
Patch = pytest.MonkeyPatch


def hidden(patch: Patch, noise: Noise) -> None:
    patch.setitem(REGULARISERS, "dropout", replace(REGULARISERS["dropout"], hidden=noise))


def every_fourth_unit_is_kept(patch: Patch) -> None:
    def faulty(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
        multiplier(draw, rate, out)
        out[..., 3::4] = out.amax(dim=(1, 2))[:, None, None]

    hidden(patch, faulty)


def scale_is_off_by_two_percent(patch: Patch) -> None:
    def faulty(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
        multiplier(draw, rate, out)
        out.mul_(1.02)

    hidden(patch, faulty)


def dropout_is_left_on_at_test_time(patch: Patch) -> None:
    predict = model.predict

    def faulty(network: list[Layer], images: torch.Tensor) -> torch.Tensor:
        keep = 2.0 * (torch.arange(network[0].weight.shape[2]) % 2)
        first = replace(network[0], parameters=(network[0].parameters * keep).to(images))
        return predict([first, *network[1:]], images)

    patch.setattr(model, "predict", faulty)


def learning_rate_is_divided_by_the_stack(patch: Patch) -> None:
    def faulty(stack: Stack, *rest: object) -> list[train.Outcome]:
        recipe = replace(stack.recipe, learning_rate=stack.recipe.learning_rate / len(stack.trials))
        return train.train_stack(Stack(tuple(replace(each, recipe=recipe) for each in stack.trials)), *rest)

    patch.setattr(trajectory.worker, "train", faulty)


def sign_bit_is_never_set(patch: Patch) -> None:
    right = draws.signed16

    def faulty(*arguments: object) -> object:
        numbers = right(*arguments).copy()
        numbers.reshape(-1)[3::4] &= 0x7FFF
        return numbers

    patch.setattr(draws, "signed16", faulty)
    patch.setattr(passes, "compiled", lambda: None)  # which draws and compares in one pass


def loss_is_a_mean_over_trials(patch: Patch) -> None:
    right = train.softmax_error

    def faulty(*given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        loss, hits, error = right(*given)
        return loss, hits, error / len(given[0])

    patch.setattr(train, "softmax_error", faulty)


def mask_is_reused_at_every_step(patch: Patch) -> None:
    numbers, counter = draws.signed16, draws.counter
    patch.setattr(draws, "signed16", lambda seed, stream, at, shape: numbers(seed, stream, replace(at, step=0), shape))
    patch.setattr(draws, "counter", lambda at: counter(replace(at, step=0)))


def masks_are_not_nested(patch: Patch) -> None:
    def faulty(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
        for k, each in enumerate(rate):
            multiplier(replace(draw, seed=draw.seed + k), each[None], out[k : k + 1])

    hidden(patch, faulty)


def order_is_never_reshuffled(patch: Patch) -> None:
    right = draws.permutation
    patch.setattr(draws, "permutation", lambda seed, stream, at, n: right(seed, stream, replace(at, epoch=0), n))


def an_order_misses_an_image(patch: Patch) -> None:
    right = draws.permutation
    patch.setattr(draws, "permutation", lambda *place: right(*place).clip(min=1))


FAULTS = [
    (every_fourth_unit_is_kept, randomness, "keep frequency by unit, layer 1, rate 0.2"),
    (scale_is_off_by_two_percent, agreement, "one step"),
    (dropout_is_left_on_at_test_time, agreement, "one step"),
    (dropout_is_left_on_at_test_time, drift, "evaluation of the same weights"),
    (learning_rate_is_divided_by_the_stack, agreement, "one step"),
    (sign_bit_is_never_set, randomness, "keep frequency by unit, layer 2, rate 0.5"),
    (loss_is_a_mean_over_trials, agreement, "one step"),
    (mask_is_reused_at_every_step, randomness, "masks of other steps, epochs, layers and seeds are independent"),
    (mask_is_reused_at_every_step, agreement, "two epochs of seven steps, the last short"),
    (masks_are_not_nested, randomness, "masks are nested across rates"),
    (order_is_never_reshuffled, randomness, "orders of other epochs and seeds are independent"),
    (order_is_never_reshuffled, agreement, "five epochs of one step"),
    (an_order_misses_an_image, randomness, "orders are permutations"),
]


@pytest.mark.parametrize("rung", [agreement, randomness, pytest.param(drift, marks=pytest.mark.slow)])
def test_the_engine_climbs_the_rung(rung: ModuleType) -> None:
    finding = rung.climb(SETTING)
    assert finding.verdict == EQUIVALENT, finding.failed()
    frequencies = [check for check in finding.checks if "keep frequency" in check.name]
    assert len(frequencies) == (10 if rung is randomness else 0)
    assert all(check.figures["draws"] >= 10_000_000 for check in frequencies)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "rung", "caught_by"), FAULTS, ids=[f"{fault.__name__}-{rung.NAME}" for fault, rung, _ in FAULTS]
)
def test_a_planted_fault_is_caught(
    fault: Callable[[Patch], None], rung: ModuleType, caught_by: str, monkeypatch: Patch
) -> None:
    """Of the drift's three trainings only that which catches the fault: one step in place of forty-one."""
    if rung is drift:
        monkeypatch.setattr(drift, "TRAININGS", {caught_by: drift.TRAININGS[caught_by]})
    fault(monkeypatch)
    finding = rung.climb(SETTING)
    assert finding.verdict == NOT_EQUIVALENT
    assert caught_by in finding.failed()
