"""What chooses the weights, or repeats the evaluation, is its reference implementation, in float64 to 1e-12."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from bench.base import draws
from bench.base.draws import Position
from bench.data.images import Images
from bench.data.split import Split, make_split
from bench.engines.stacked import train
from bench.engines.stacked.evaluation import OTHER_SEED, calibration_error
from bench.engines.stacked.train import StackedEngine, evaluate, train_stack
from bench.record.outcome import Score
from tests.conftest import SMALL, condition, stack
from tests.oracles.plain import Plain, assert_same, double, train_plain, trained

RECIPE = replace(SMALL, train_size=256, validation_size=64, epochs=4, learning_rate=0.8)


@pytest.fixture(scope="module")
def split(sample_images: Images) -> Split:
    return double(make_split(sample_images, RECIPE.train_size, RECIPE.validation_size))


def averaged(split: Split, make: Callable[[nn.Module], AveragedModel], when: Callable[[Position], bool]) -> nn.Module:
    """Return the average that torch makes of the plain training, updated after the steps that `when` says."""
    found: list[AveragedModel] = []

    def after_step(net: nn.Sequential, at: Position) -> None:
        if not found:
            found.append(make(net))
        if when(at):
            found[0].update_parameters(net)

    train_plain(Plain(after_step=after_step), split, RECIPE)
    return found[0].module


def test_ema_is_torchs(split: Split) -> None:
    expected = averaged(split, lambda net: AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.9)), lambda at: True)
    engine = trained(condition("x", ema=(0.9,)), split, RECIPE)
    with engine.evaluation.weights():
        assert_same(expected, engine)


@pytest.mark.parametrize(("share", "first"), [(1.0, 0), (0.5, 2), (0.6, 2), (0.01, 3)])
def test_swa_is_torchs(share: float, first: int, split: Split) -> None:
    expected = averaged(split, AveragedModel, lambda at: at.step == 3 and at.epoch >= first)
    engine = trained(condition("x", swa=(share,)), split, RECIPE)
    with engine.evaluation.weights():
        assert_same(expected, engine)


def test_the_training_goes_on_from_its_own_weights(split: Split) -> None:
    engine = trained(condition("x", swa=(1.0,)), split, RECIPE)
    with engine.evaluation.weights():
        pass
    for layer in engine.network:
        assert torch.equal(*layer.parameters)


@pytest.mark.parametrize(("patience", "kept"), [(1, [0, 0, 0, 0]), (2, [0, 0, 2, 2]), (3, [0, 0, 2, 2])])
def test_early_stopping_keeps_the_best_epoch_before_patience_ran_out(
    patience: int, kept: list[int], split: Split
) -> None:
    """Validation losses are 2.218, 2.887, 2.125 and 2.165."""
    engine = StackedEngine(stack(condition("none"), condition("x", early_stopping=(patience,)), recipe=RECIPE), split)
    tests: list[Score] = []
    for epoch in range(4):
        engine.train_epoch(epoch)
        engine.end_epoch(epoch)
        plain, chosen = engine.evaluate("test")
        tests.append(plain)
        assert chosen.loss == tests[kept[epoch]].loss


def test_passes_are_the_mean_of_the_probabilities_with_noise_on(split: Split) -> None:
    setting = condition("x", dropout=(0.2, 0.5), test_passes=(3,))
    engine = trained(setting, split, RECIPE)
    images, labels = split.test_images[500:600], split.test_labels[500:600]
    mean = 0
    for each in range(3):
        hidden, step = split.test_images[500:], (2 << 40) + (1 << 20) + each
        for index, layer in enumerate(engine.network):
            parameters = layer.parameters[1]
            hidden = hidden @ parameters[:-1] + parameters[-1]
            if index < 2:
                at, cells = Position(3, step, index), round((0.2, 0.5)[index] * 65536)
                numbers = draws.signed16(OTHER_SEED, "dropout", at, tuple(hidden.shape)).astype("int64") + 32768
                hidden = hidden.relu() * torch.from_numpy(numbers >= cells) * 65536 / (65536 - cells)
        mean = mean + hidden.softmax(dim=1)[:100] / 3
    logits = engine.evaluation.logits(split.test_images[500:], "test", 1)[1][:100]
    torch.testing.assert_close(logits.softmax(dim=1), mean, rtol=0, atol=1e-12)
    assert len(images) == len(labels)


def test_networks_of_one_stack_have_as_many_passes_as_each_asks_for(split: Split) -> None:
    settings = [condition(f"x{passes}", dropout=(0.5, 0.5), test_passes=(passes,)) for passes in (0, 1, 3)]
    together = StackedEngine(stack(*settings, recipe=RECIPE), split).evaluate("test")
    for setting, found in zip(settings, together, strict=True):
        (alone,) = StackedEngine(stack(setting, recipe=RECIPE), split).evaluate("test")
        assert found.loss == alone.loss
        assert found.calibration_error == alone.calibration_error
    assert len({each.loss for each in together}) == 3


def test_passes_without_noise_are_evaluation(split: Split) -> None:
    engine = trained(condition("x", test_passes=(2,)), split, RECIPE)
    clean, passes = engine.evaluate("test")
    assert passes.loss == pytest.approx(clean.loss, abs=1e-12)


def test_passes_of_a_network_that_is_sure_and_wrong_have_a_finite_loss(split: Split) -> None:
    """Logits that are thousands apart: a probability is 0 in float64, and its logarithm is not."""
    engine = trained(condition("x", test_passes=(2,)), split, RECIPE)
    for layer in engine.network:
        layer.parameters.mul_(30)
    clean, passes = engine.evaluate("test")
    assert passes.loss == pytest.approx(clean.loss, rel=1e-12)
    assert passes.calibration_error == pytest.approx(clean.calibration_error, abs=1e-12)


def test_early_stopping_tells_losses_apart_that_are_the_same_in_float32(
    split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = StackedEngine(stack(condition("x", early_stopping=(2,)), recipe=RECIPE), split)
    for epoch, loss in enumerate((1.0, 1.0 - 1e-9)):
        engine.train_epoch(epoch)
        monkeypatch.setattr(train, "evaluate", lambda *part, loss=loss: [Score(torch.ones(1), loss)])
        engine.end_epoch(epoch)
    newest = engine.network[0].parameters.clone()
    with engine.evaluation.weights():
        assert torch.equal(engine.network[0].parameters, newest)


def test_calibration_error_is_its_definition() -> None:
    rng = np.random.default_rng(0)
    confidence = np.append(rng.uniform(0.1, 1, 997), [1.0, 1 / 15, 0.1])
    correct = rng.uniform(size=1000) < (1 + np.sin(40 * confidence)) / 2
    expected = 0.0
    for low in range(15):
        inside = (confidence > low / 15) & (confidence <= (low + 1) / 15)
        if inside.any():
            expected += inside.mean() * abs(correct[inside].mean() - confidence[inside].mean())
    found = calibration_error(torch.from_numpy(confidence), torch.from_numpy(correct))
    assert found == pytest.approx(expected, abs=1e-12)
    assert calibration_error(torch.tensor([0.5, torch.nan]), torch.tensor([True, False])) is None


def test_scores_have_the_calibration_of_their_probabilities(split: Split) -> None:
    engine = trained(condition("x"), split, RECIPE)
    (found, _) = evaluate(engine.network, split.test_images, split.test_labels)
    hidden = split.test_images
    for index, layer in enumerate(engine.network):
        hidden = hidden @ layer.weight[0] + layer.bias[0]
        hidden = hidden.relu() if index < 2 else hidden
    confidence, label = hidden.softmax(dim=1).max(dim=1)
    expected = calibration_error(confidence, label == split.test_labels)
    assert found.calibration_error == pytest.approx(expected, abs=1e-12)


def test_activations_are_those_of_the_weights_that_are_evaluated(split: Split) -> None:
    recipe = replace(RECIPE, epochs=2, record_activations=True)
    engine = trained(condition("x", ema=(0.9,)), split, recipe)
    (plain, averaged), first = engine.end_epoch(1), engine.network[0]
    with engine.evaluation.weights():
        hidden = (split.train_images[:1000] @ first.weight[1] + first.bias[1]).relu()
    assert averaged["activation_mean_1"] == pytest.approx(hidden.mean().item(), abs=1e-12)
    assert averaged["activation_mean_1"] != plain["activation_mean_1"]


def test_activations_before_and_after_the_noise_are_those_of_the_first_training_images(split: Split) -> None:
    recipe = replace(RECIPE, epochs=1, record_activations=True)
    setting = condition("x", dropout=(0.2, 0.5))
    engine = trained(setting, split, recipe)
    (_, row) = engine.end_epoch(0)
    first = engine.network[0]
    hidden = (split.train_images[:1000] @ first.weight[1] + first.bias[1]).relu()
    assert row["activation_mean_1"] == pytest.approx(hidden.mean().item(), abs=1e-12)
    assert row["activation_variance_1"] == pytest.approx(hidden.var(correction=0).item(), abs=1e-12)
    assert row["activation_zeros_1"] == (hidden == 0).double().mean().item()
    assert row["masked_zeros_1"] > row["activation_zeros_1"]
    assert row["masked_mean_1"] == pytest.approx(row["activation_mean_1"], rel=0.05)
    (alone,) = train_stack(stack(setting, recipe=recipe), split, lambda: None)
    assert alone.activations == [row]
