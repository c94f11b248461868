"""Number formats: what is rounded in each, and what is not."""

from __future__ import annotations

import pytest
import torch

from bench.base.draws import Position
from bench.base.precision import Target, operand_format, products
from bench.data.split import Split
from bench.engines.stacked import model
from bench.engines.stacked.hooks import Hooks
from bench.engines.stacked.train import softmax_error, train_stack
from bench.record.trials import Stack
from tests.conftest import condition, in_precision, stack

SIZES = (20, 8, 6, 3)


def test_tf32_is_on_inside_its_context_and_nowhere_else() -> None:
    matmul = torch.backends.cuda.matmul
    before = matmul.fp32_precision
    with products("tf32"):
        assert matmul.fp32_precision == "tf32"
        with products("float32"):
            assert matmul.fp32_precision == "ieee"
    assert matmul.fp32_precision == before


def test_what_exists_where() -> None:
    assert not Target("cpu", "tf32").exists()
    assert Target("cuda", "tf32").exists()
    assert Target("cpu", "float32").is_present()
    assert Target("cuda", "float32").is_present() == torch.cuda.is_available()
    assert str(Target("cpu", "bfloat16")) == "cpu in bfloat16"


def test_one_step_in_bfloat16_is_the_definition() -> None:
    """Each product of rounded operands, summed exactly and rounded once; weights, loss and update stay float32."""
    weights = model.initial_weights(SIZES, 0, "default")
    network = model.build(weights, 2, torch.float32, torch.device("cpu"), operand_format("bfloat16", torch.float32))
    images, labels = torch.linspace(0, 1, 100).reshape(5, 20), torch.arange(5) % 3
    space = model.Workspace(network, 5)

    def rounded(values: torch.Tensor) -> torch.Tensor:
        return values.bfloat16().double()

    def with_ones(values: torch.Tensor) -> torch.Tensor:
        return torch.cat([values, torch.ones(len(values), 1, dtype=values.dtype)], dim=1)

    before = [torch.cat([layer.weight, layer.bias], dim=1)[0].clone() for layer in network]
    inputs, active = [with_ones(rounded(images))], []
    for parameters in before[:-1]:
        hidden = rounded(inputs[-1] @ rounded(parameters))
        active.append(hidden > 0)
        inputs.append(with_ones(hidden.clamp(min=0)))
    space.batches[..., :-1] = images
    logits = model.forward(network, space, model.no_noise)
    assert logits.dtype == torch.bfloat16
    torch.testing.assert_close(logits[0].double(), rounded(inputs[-1] @ rounded(before[-1])), rtol=0, atol=0)

    loss, _, error = softmax_error(logits, labels)
    assert loss.dtype == error.dtype == torch.float32
    model.backward(network, space, error)
    model.descend(network, 0.5)
    gradient = rounded(error[0])
    for index in reversed(range(3)):
        step = rounded(inputs[index].T @ gradient)
        expected = (before[index].double() - 0.5 * step).float()
        trained = torch.cat([network[index].weight, network[index].bias], dim=1)[0]
        torch.testing.assert_close(trained, expected, rtol=1e-6, atol=1e-7)
        assert torch.equal(network[index].operand, network[index].parameters.bfloat16())
        if index:
            gradient = rounded(gradient @ rounded(before[index])[:-1].T) * active[index - 1]


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.4, 0.7])
def test_the_noise_keeps_the_expectation_in_bfloat16_too(rate: float, small_split: Split) -> None:
    """The scale of these rates is no bfloat16 number: rounded, it would be off by up to 0.16%."""
    many = stack(condition("x", dropout=(rate, rate)))
    sizes = (small_split.train_images.shape[1], *many.recipe.hidden, 10)
    weights = model.initial_weights(sizes, 0, "default")
    network = model.build(weights, 1, torch.float32, torch.device("cpu"), torch.bfloat16)
    space = model.Workspace(network, 64)
    space.gather(small_split.train_images, torch.arange(64))
    model.forward(network, space, Hooks(many, network).noise(Position()))
    for slope in space.slopes:
        assert slope.max().item() == pytest.approx(65536 / (65536 - round(rate * 65536)), rel=1e-7)


def test_bfloat16_trains_as_well_but_not_to_the_same_numbers(small_split: Split) -> None:
    many = stack(condition("none"), condition("book", dropout=(0.2, 0.5)))
    short = Stack(tuple(in_precision(trial, "bfloat16") for trial in many.trials))
    for single, half in zip(*(train_stack(each, small_split, lambda: None) for each in (many, short)), strict=True):
        assert half.running[-1].loss != single.running[-1].loss
        assert half.running[-1].loss == pytest.approx(single.running[-1].loss, rel=0.02)


@pytest.mark.slow
def test_bfloat16_slices_of_a_stack_are_those_alone(small_split: Split) -> None:
    settings = [condition(f"c{k}", dropout=(k / 10, k / 10)) for k in range(8)]
    trials = [in_precision(trial, "bfloat16") for trial in stack(*settings).trials]
    stacked = train_stack(Stack(tuple(trials)), small_split, lambda: None)
    for trial, together in zip(trials, stacked, strict=True):
        (alone,) = train_stack(Stack((trial,)), small_split, lambda: None)
        assert [score.loss for score in alone.running] == [score.loss for score in together.running]
        assert torch.equal(alone.test[-1].correct, together.test[-1].correct)
