"""The same code on CUDA: the same bits of masks, order and initial weights, and numbers that agree."""

from __future__ import annotations

import pytest
import torch

from bench.base.draws import Position
from bench.base.precision import PRECISIONS, Target
from bench.data.split import Split
from bench.engines.stacked.train import train_stack
from bench.regularisers.dropout import DROPOUT
from bench.regularisers.record import Draw
from bench.run.self_test import self_test
from tests.conftest import condition, stack

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA is not here")]

CUDA = torch.device("cuda")


def test_masks_have_the_same_bits() -> None:
    draw = Draw(0, Position(1, 2, 0))
    rates = torch.tensor([0.0, 0.2, 0.5, 1.0], dtype=torch.float64)
    theirs = DROPOUT.multiplier(draw, rates.to(CUDA), (256, 256))
    assert torch.equal(theirs.cpu(), DROPOUT.multiplier(draw, rates, (256, 256)))


def test_a_short_training_agrees_with_the_cpu(small_split: Split) -> None:
    """Ten steps in float32: losses within 1e-3, and the hits all but the same."""
    many = stack(condition("none"), condition("book", dropout=(0.2, 0.5)), condition("all", dropout=(1.0, 1.0)))
    on_cpu = train_stack(many, small_split, lambda: None)
    on_cuda = train_stack(many, small_split.to(CUDA), lambda: None)
    for ours, theirs in zip(on_cuda, on_cpu, strict=True):
        assert ours.running[-1].loss == pytest.approx(theirs.running[-1].loss, abs=1e-3)
        agree = (ours.test[-1].correct == theirs.test[-1].correct).double().mean().item()
        assert agree > 0.98


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_self_test_runs(precision: str) -> None:
    assert self_test(Target("cuda", precision), {(784, 256, 256, 10): [96, 256]})["philox_known_answer"]
