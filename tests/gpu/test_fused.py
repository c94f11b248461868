"""The fused engine on CUDA at the book's sizes: one graph is every step, and K changes no bit.

The bits of masks, orders, weights and pixels, and the agreement with the stacked engine at small sizes, are tested in
tests/unit/bench/engines/fused, which runs on CUDA where it is.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from bench.base.precision import Target
from bench.data.images import Images
from bench.data.split import Split, make_split
from bench.engines.stacked import train
from bench.record.trials import FUSED, Recipe, Stack, Trial
from bench.run.self_test import fused_test
from tests.conftest import condition, trial

pytest.importorskip("triton", reason="Triton is not installed")
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA is not here")]

CUDA = torch.device("cuda")
PRECISIONS = ["float32", "tf32", "bfloat16"]
RECIPE = Recipe("fashion_mnist_sample", 608, 0, (256, 256), "default", 2, 256, 0.5)
"""Two full batches and one of 96, as at the end of an epoch of the whole set."""
CONDITIONS = [condition("none"), condition("book", dropout=(0.2, 0.5)), condition("all", dropout=(1.0, 1.0))]


@pytest.fixture(scope="module")
def split(sample_images: Images) -> Split:
    return make_split(sample_images, RECIPE.train_size, 0).to(CUDA)


def trials(seeds: int, precision: str) -> list[Trial]:
    return [
        replace(trial(setting, seed, RECIPE), device="cuda", precision=precision, engine=FUSED)
        for seed in range(seeds)
        for setting in CONDITIONS
    ]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_replayed_graph_has_the_bits_of_its_launches(split: Split, precision: str) -> None:
    from bench.engines.fused import training  # noqa: PLC0415 - needs Triton
    from bench.engines.fused.step import FusedStack  # noqa: PLC0415

    plain, graphed = (FusedStack(trials(3, precision), split) for _ in range(2))
    replay = training.replayed(graphed)
    for epoch in range(2):
        ours = training.train_epoch(plain, plain.step, epoch)
        theirs = training.train_epoch(graphed, replay, epoch)
        assert [score.loss for score in ours] == [score.loss for score in theirs]
    for a, b in zip(plain.networks.weights, graphed.networks.weights, strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_trial_has_the_same_bits_in_stacks_of_any_size(split: Split, precision: str) -> None:
    from bench.engines.fused import training  # noqa: PLC0415 - needs Triton

    many = trials(22, precision)
    together = training.train_stack(many, split, lambda: None)
    few = training.train_stack(many[-4:][::-1], split, lambda: None)[::-1]
    again = training.train_stack(many, split, lambda: None)
    for ours, theirs in [*zip(few, together[-4:], strict=True), *zip(again, together, strict=True)]:
        assert [score.loss for score in ours.running] == [score.loss for score in theirs.running]
        assert all(torch.equal(a.correct, b.correct) for a, b in zip(ours.test, theirs.test, strict=True))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_engines_agree_at_the_books_sizes(precision: str) -> None:
    """Within the tolerance that bench.engines.fused.agreement derives."""
    assert fused_test(Target("cuda", precision), {(784, 256, 256, 10): [256]})["agree"]


def test_a_short_training_agrees_with_the_cpu(split: Split) -> None:
    """Six steps in float32: losses within 1e-3, and the hits all but the same."""
    from bench.engines.fused import training  # noqa: PLC0415 - needs Triton

    ours = training.train_stack(trials(1, "float32"), split, lambda: None)
    theirs = train.train_stack(Stack(tuple(trials(1, "float32"))), split.to(torch.device("cpu")), lambda: None)
    for a, b in zip(ours, theirs, strict=True):
        assert a.running[-1].loss == pytest.approx(b.running[-1].loss, abs=1e-3)
        assert (a.test[-1].correct == b.test[-1].correct).double().mean().item() > 0.98
