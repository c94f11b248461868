"""The fused engine trains as the stacked one does, and every trial alike wherever it stands.

Small networks on few pixels: the interpreter takes a second for what a GPU does in a microsecond.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from bench.base import draws
from bench.base.draws import Position
from bench.data.split import Split
from bench.engines.stacked import train
from bench.record.trials import Recipe, Seeds, Stack, Trial
from bench.regularisers import dropout, noise
from bench.regularisers.record import Draw
from bench.schema.documents import content_hash
from tests.conftest import condition, trial

pytest.importorskip("triton", reason="Triton is not installed: pip install --no-deps triton")

from bench.engines.fused import training
from bench.engines.fused.agreement import Agreement, agreement
from bench.engines.fused.networks import resident
from bench.engines.fused.step import FusedStack

RECIPE = Recipe("fashion_mnist_sample", 40, 0, (32, 16), "default", 2, 16, 0.5)
"""Three steps an epoch, the last with a batch of 8."""
CONDITIONS = [
    condition("none"),
    condition("book", dropout=(0.2, 0.5)),
    condition("all and some", dropout=(1.0, 0.3)),
]
PIXELS = 40


def trials(*seeds: int, precision: str = "float32", recipe: Recipe = RECIPE) -> list[Trial]:
    """Every condition with every seed, the three sources of randomness with seeds of their own."""
    return [
        replace(trial(setting, seed, recipe), seeds=Seeds(seed, seed + 10, seed + 20), precision=precision)
        for seed in seeds
        for setting in CONDITIONS
    ]


@pytest.fixture
def split(small_split: Split, device: torch.device) -> Split:
    """Some real pixels, few of everything."""
    middle = slice(14 * 28, 14 * 28 + PIXELS)
    images, labels = small_split.train_images[:, middle], small_split.train_labels
    small = Split(
        images[:40], labels[:40], images[40:60], labels[40:60], images[60:90], labels[60:90], small_split.classes
    )
    return small.to(device)


@pytest.mark.slow
def test_it_agrees_with_the_stacked_engine_in_float32(split: Split) -> None:
    """Six steps, two seeds: losses differ by less than the rounding of some thousand operations, 2^-24 each."""
    ours = training.train_stack(trials(0, 3), split, lambda: None)
    for seed, three in ((0, ours[:3]), (3, ours[3:])):
        theirs = train.train_stack(Stack(tuple(trials(seed))), split, lambda: None)
        for mine, other in zip(three, theirs, strict=True):
            assert mine.train is not None and other.train is not None
            assert mine.validation is not None and other.validation is not None
            pairs = [(mine.train, other.train), (mine.validation, other.validation)]
            pairs += [*zip(mine.running, other.running, strict=True), *zip(mine.test, other.test, strict=True)]
            for a, b in pairs:
                assert a.loss == pytest.approx(b.loss, rel=2e-4)
                assert torch.equal(a.correct, b.correct)


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float32", "tf32", "bfloat16"])
def test_a_trial_has_the_same_bits_at_every_place_of_every_stack(split: Split, precision: str) -> None:
    many = trials(0, 3, precision=precision, recipe=replace(RECIPE, epochs=1))
    together = training.train_stack(many, split, lambda: None)
    for place in (0, 4):
        alone = training.train_stack([many[place]], split, lambda: None)[0]
        assert [score.loss for score in alone.running] == [score.loss for score in together[place].running]
        assert [score.loss for score in alone.test] == [score.loss for score in together[place].test]
        backwards = training.train_stack(many[::-1], split, lambda: None)[::-1][place]
        assert [score.loss for score in backwards.running] == [score.loss for score in together[place].running]


def test_initial_weights_have_the_bits_of_the_cpu(split: Split) -> None:
    fused = FusedStack(trials(3), split)
    stack = Stack(tuple(trials(3)))
    initial = train.model.initial_weights(fused.sizes, stack.trials[0].seeds.init, RECIPE.initialisation)
    network = train.model.build(initial, 3, torch.float32, fused.device)
    for layer, weight, bias in zip(network, fused.networks.weights, fused.networks.biases, strict=True):
        assert torch.equal(layer.weight, weight[:, :, : layer.bias.shape[2]])
        assert torch.equal(layer.bias[:, 0], bias[:, : layer.bias.shape[2]])


def test_padding_stays_zero(split: Split) -> None:
    fused = FusedStack(trials(0, recipe=replace(RECIPE, hidden=(24, 12))), split)
    fused.begin_epoch(0)
    for _ in range(fused.steps):
        fused.step()
    for width, weight, bias in zip(fused.sizes[1:], fused.networks.weights, fused.networks.biases, strict=True):
        assert not weight[:, :, width:].any() and not bias[:, width:].any()


@pytest.mark.parametrize("precision", ["float32", "tf32", "bfloat16"])
def test_the_self_check_agrees(device: torch.device, precision: str) -> None:
    found = agreement(device, (PIXELS, 32, 24, 10), 16, precision)
    assert found, found.record()


def test_a_self_check_that_gave_no_number_can_be_recorded() -> None:
    found = Agreement("float32", True, math.inf, 0.1).record()
    assert not found["agree"]
    content_hash(found)


def test_the_self_check_sees_a_fault(device: torch.device, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dropout scale that is off by 2% in the kernels alone."""
    from bench.engines.fused import networks  # noqa: PLC0415 - to be patched

    right = networks.scale
    monkeypatch.setattr(networks, "scale", lambda rate: right(rate) * 1.02)
    assert not agreement(device, (PIXELS, 32, 24, 10), 16, "float32")


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_a_diverged_network_is_seen_to_be_so(split: Split) -> None:
    steep = replace(RECIPE, learning_rate=1e30)
    outcome = training.train_stack(trials(0, recipe=steep)[:1], split, lambda: None)[0]
    assert not torch.tensor(outcome.running[-1].loss).isfinite()


def test_images_are_kept_as_bytes_only_where_nothing_is_lost(split: Split) -> None:
    assert resident(split.train_images).dtype == torch.uint8
    shifted = split.train_images + 1e-4
    assert resident(shifted).dtype == torch.float32


def test_images_that_are_not_bytes_train_too(split: Split) -> None:
    """With values between the bytes it agrees with the stacked engine as well."""
    soft = replace(split, train_images=split.train_images * 0.9 + 0.01)
    ours = training.train_stack(trials(0), soft, lambda: None)
    theirs = train.train_stack(Stack(tuple(trials(0))), soft, lambda: None)
    for a, b in zip(ours, theirs, strict=True):
        assert a.running[-1].loss == pytest.approx(b.running[-1].loss, rel=2e-4)


def test_masks_have_the_bits_of_the_cpu(small_split: Split, device: torch.device) -> None:
    """Where every unit is at 1 before dropout, activations are the multiplier; some numbers are at the limit itself."""
    recipe = replace(RECIPE, hidden=(256,), batch_size=256)
    settings = [condition(str(rate), dropout=(rate,)) for rate in (0.0, 0.2, 0.5, 1.0)]
    many = [trial(setting, seed, recipe) for setting, seed in zip(settings, (0, 1, 2, 3), strict=True)]
    images, labels = small_split.train_images[:256, :16], small_split.train_labels[:256]
    fused = FusedStack(many, Split(*(images, labels) * 3, classes=small_split.classes).to(device))
    fused.networks.weights[0].zero_()
    fused.networks.biases[0].fill_(1.0)
    fused.begin_epoch(1)
    fused.step()
    at_limit = 0
    for one, active in zip(many, fused.training.activations[0].cpu(), strict=True):
        rate = torch.tensor(one.condition.settings[0][1], dtype=torch.float64)
        draw = Draw(one.seeds.mask, Position(1, 0, 0))
        assert torch.equal(active, dropout.DROPOUT.multiplier(draw, rate, (256, 256))[0])
        numbers = torch.from_numpy(draws.signed16(draw.seed, "dropout", draw.at, (256, 256)))
        at_limit += int((numbers == noise.dropped_cells(rate) - noise.CELLS // 2).sum())
    assert at_limit > 0
