"""Timing, and the loss where the engine must be exact."""

from __future__ import annotations

import math

import pytest
import torch

from bench.data.split import Split
from bench.engines import epochs
from bench.engines.stacked.train import softmax_error, train_stack
from tests.conftest import condition, stack


def test_a_trials_seconds_are_its_share_of_the_stacks_training_in_every_epoch(
    small_split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock that ticks once a reading: two epochs of one second each, shared by two trials."""
    ticks = iter(range(100))
    monkeypatch.setattr(epochs, "_clock", lambda device: float(next(ticks)))
    outcomes = train_stack(stack(condition("a"), condition("b", dropout=(0.1, 0.1))), small_split, lambda: None)
    assert [outcome.train_seconds for outcome in outcomes] == [1.0, 1.0]


def test_every_epoch_is_told(small_split: Split) -> None:
    told: list[int] = []
    train_stack(stack(condition("a")), small_split, lambda: told.append(1))
    assert len(told) == 2


def test_the_gradient_is_a_mean_over_rows_and_a_sum_over_trials() -> None:
    logits = torch.linspace(-1, 2, 2 * 3 * 4, dtype=torch.float64).reshape(2, 3, 4).requires_grad_()
    labels = torch.tensor([0, 3, 1])
    expected = sum(torch.nn.functional.cross_entropy(logits[k], labels) for k in range(2))
    expected.backward()
    loss, hits, error = softmax_error(logits.detach().clone(), labels)
    assert loss.mean(dim=1).sum().item() == pytest.approx(expected.item(), abs=1e-15)
    torch.testing.assert_close(error, logits.grad, rtol=0, atol=1e-16)
    assert hits.tolist() == [[False, True, False]] * 2


def test_a_network_that_overflows_says_so(small_split: Split) -> None:
    """A non-finite loss is kept as it is, for the rule of divergence to see."""
    images = small_split.train_images.clone()
    images[0] = math.inf
    (outcome,) = train_stack(
        stack(condition("a")), type(small_split)(**{**vars(small_split), "train_images": images}), lambda: None
    )
    assert not math.isfinite(outcome.running[-1].loss)
