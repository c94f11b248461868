"""Compiled passes: to the bit what numpy and torch do in several."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from bench.base import draws, passes
from bench.base.draws import Position
from bench.engines.stacked import model
from bench.engines.stacked.activations import RELU
from bench.engines.stacked.model import Workspace
from bench.engines.stacked.train import softmax_error
from bench.regularisers.noise import bernoulli
from bench.regularisers.record import Draw

RATES = torch.tensor([0.0, 1e-9, 0.2, 0.5, 0.9999999, 1.0], dtype=torch.float64)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compiled passes for a test alone."""
    monkeypatch.setattr(passes, "_loaded", None)
    assert passes.load()
    yield


def without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "_loaded", None)


POSITIONS = [Position(), Position(3, 234, 1), Position(2**40, 2**33 + 5, 2**35)]


@pytest.mark.parametrize("at", POSITIONS)
@pytest.mark.parametrize("count", [1, 4, 7, 4096])
def test_words_are_those_of_numpy(loaded: None, monkeypatch: pytest.MonkeyPatch, at: Position, count: int) -> None:
    fast = draws.words(2**63 + 11, "dropout", at, count)
    without(monkeypatch)
    np.testing.assert_array_equal(fast, draws.words(2**63 + 11, "dropout", at, count))


def test_noise_is_that_of_torch(loaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """At rates so near 0 and 1 that they are 1 and 65,535 cells, and at both ends; drawn in parts, the last one odd."""
    draw = Draw(7, Position(1, 2, 1), 0.5, (0, 0))
    fast, slow = torch.empty(len(RATES), 501, 301), torch.empty(len(RATES), 501, 301)
    bernoulli(draw, "dropout", RATES, fast)
    without(monkeypatch)
    bernoulli(draw, "dropout", RATES, slow)
    assert fast.view(torch.int32).equal(slow.view(torch.int32))
    assert [len(each.unique()) for each in fast] == [1, 2, 2, 2, 2, 1]


@pytest.mark.parametrize("columns", [16, 17], ids=["whole rows", "rows that end in a column of ones"])
def test_relu_is_that_of_torch(loaded: None, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    generator = torch.Generator().manual_seed(1)
    given = torch.randn(3, 8, columns, generator=generator)
    given[0, 0, :7] = torch.tensor([0.0, -0.0, torch.inf, -torch.inf, torch.nan, 1e-42, -1e-42])
    noise = torch.randint(0, 2, (3, 8, 16), generator=generator) * 1.25
    fast, slow = (given.clone(), noise.clone()), (given.clone(), noise.clone())
    RELU.train(fast[0][:, :, :16], fast[1])
    without(monkeypatch)
    RELU.train(slow[0][:, :, :16], slow[1])
    for one, other in zip(fast, slow, strict=True):
        assert one.view(torch.int32).equal(other.view(torch.int32))


@pytest.mark.parametrize("rows", [96, 256])
def test_the_loss_and_its_gradient_are_those_of_torch(loaded: None, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Also where two logits are the greatest, where exponentials vanish or overflow, and where nothing is a number."""
    generator = torch.Generator().manual_seed(2)
    logits = torch.randn(3, rows, 10, generator=generator) * 4
    labels = torch.randint(0, 10, (rows,), generator=generator)
    logits[0, 0] = 1.5
    logits[0, 1, 3:5] = 200.0
    logits[0, 2, 7], logits[0, 3, 0], logits[0, 4, 9] = torch.nan, torch.inf, -torch.inf
    logits[0, 5, 2], logits[0, 5, 6] = torch.nan, torch.nan
    for given in (labels, torch.stack([labels, labels.flip(0), labels])):
        assert passes.load()
        fast = softmax_error(logits.clone(), given)
        without(monkeypatch)
        slow = softmax_error(logits.clone(), given)
        for one, other in zip(fast, slow, strict=True):
            np.testing.assert_array_equal(one.numpy(), other.contiguous().numpy())
    turned = softmax_error(logits[1:2].clone(), labels.flip(0))
    for one, alone in zip(slow, turned, strict=True):
        np.testing.assert_array_equal(one[1:2].numpy(), alone.numpy(), "the second network has labels of its own")


def test_images_are_gathered_as_torch_does_it(loaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte, into rows that end in a column of ones, by seed."""
    images = torch.arange(256, dtype=torch.uint8).reshape(64, 4)
    network = model.build(model.initial_weights((4, 3, 2), 0, "default"), 2, torch.float32, torch.device("cpu"))
    rows = torch.stack([torch.arange(64), torch.arange(64).flip(0)])
    fast, slow = (Workspace(network, 64, [slice(0, 1), slice(1, 2)]) for _ in range(2))
    fast.gather(images, rows)
    without(monkeypatch)
    slow.gather(images, rows)
    assert fast.batches.view(torch.int32).equal(slow.batches.view(torch.int32))
    assert fast.batches[1, 0].tolist() == [*(images[63] / 255).tolist(), 1]


def test_they_are_loaded_once_a_process_expects_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch)
    monkeypatch.setattr(passes, "_expected", 0)
    passes.expect(passes.WORTH_STEPS - 1)
    assert passes.compiled() is None
    passes.expect(1)
    assert passes.compiled() is not None


def test_a_machine_without_numba_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch)
    monkeypatch.setattr(passes, "find_spec", lambda name: None)
    assert not passes.load()
    assert passes.compiled() is None


@pytest.mark.parametrize("fault", [ImportError("Numba needs an older NumPy"), OSError(28, "No space left on device")])
def test_numba_that_does_not_work_is_done_without(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: Exception
) -> None:
    from bench.base import compiled_passes  # noqa: PLC0415 - imports numba

    tries = []

    def warm_up() -> None:
        tries.append(fault)
        raise fault

    monkeypatch.setattr(compiled_passes, "warm_up", warm_up)
    monkeypatch.setattr(passes, "_loaded", None)
    monkeypatch.setattr(passes, "_is_usable", True)
    assert not passes.load() and not passes.load() and passes.compiled() is None
    assert len(tries) == 1
    assert str(fault) in capsys.readouterr().err
