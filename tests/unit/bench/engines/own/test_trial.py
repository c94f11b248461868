"""What a training function is given: streams that conditions share, and a memory that outlives a kill."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bench.engines.own.streams import stream_seeds
from bench.engines.own.trial import Trial


def trial(folder: Path, seed: int = 0, settings: Mapping[str, Any] | None = None) -> Trial:
    return Trial(settings or {}, seed, stream_seeds(seed, seed, seed), devices=("cpu",), cpus=1, folder=folder)


def draws() -> tuple[float, float, float]:
    return random.random(), float(np.random.random()), float(torch.rand(()))


def test_the_seeds_of_the_streams_differ_and_are_whole_numbers_below_2_to_the_32() -> None:
    for seed in range(200):
        seeds = stream_seeds(seed, seed, seed)
        assert len({seeds.init, seeds.order, seeds.mask}) == 3
        assert all(isinstance(each, int) and 0 <= each < 2**32 for each in (seeds.init, seeds.order, seeds.mask))
    assert stream_seeds(1, 2, 3).order == stream_seeds(7, 2, 9).order, "each is made of its own source alone"


def test_a_stream_is_the_same_in_every_trial_of_a_seed_and_another_at_other_seeds_streams_and_epochs(
    tmp_path: Path,
) -> None:
    def of(seed: int, stream: str, epoch: int) -> tuple[float, float, float]:
        with trial(tmp_path, seed).random(stream, epoch):
            return draws()

    assert of(0, "mask", 1) == of(0, "mask", 1)
    names = [
        (seed, stream, epoch) for seed in (0, 1) for stream in ("init", "order", "mask", "mine") for epoch in (0, 1)
    ]
    assert len({of(*name) for name in names}) == len(names)


def test_crossed_sources_move_their_own_stream_alone(tmp_path: Path) -> None:
    def of(seed: int, sources: tuple[int, int, int]) -> dict[str, float]:
        one = Trial({}, seed, stream_seeds(*sources), devices=("cpu",), cpus=1, folder=tmp_path)
        return {stream: float(one.numpy(stream).random()) for stream in ("init", "order", "mask", "mine")}

    one, other = of(0, (0, 0, 0)), of(1, (0, 0, 1))
    assert (one["init"], one["order"]) == (other["init"], other["order"])
    assert one["mask"] != other["mask"]
    assert one["mine"] != other["mine"]


def test_a_context_puts_the_global_generators_back_nested_as_well(tmp_path: Path) -> None:
    one = trial(tmp_path)
    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    expected = draws()
    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    with one.random("init"):
        draws()
        with one.random("mask"):
            draws()
        inner = draws()
    assert draws() == expected
    with one.random("init"):
        draws()
        assert draws() == inner
    with pytest.raises(ZeroDivisionError), one.random("order"):
        1 / 0  # noqa: B018 - it is what is raised


def test_a_setting_that_is_not_there_is_told_with_the_nearest_and_reading_is_remembered(tmp_path: Path) -> None:
    settings = trial(tmp_path, settings={"learning_rate": 0.1, "epochs": 3}).settings
    assert dict(settings) == {"learning_rate": 0.1, "epochs": 3}
    with pytest.raises(KeyError, match='did you mean "learning_rate"'):
        settings["learning_rat"]
    fresh = trial(tmp_path, settings={"a": 1, "b": 2}).settings
    assert fresh["a"] == 1
    assert fresh.read == {"a"}
    with pytest.raises(TypeError):
        fresh["a"] = 2


def test_correct_evaluates_without_gradient_and_puts_every_mode_back(tmp_path: Path) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Dropout(0.5), torch.nn.BatchNorm1d(3))
    model.train()
    model[2].eval()
    inputs, labels = torch.randn(50, 4), torch.randint(0, 3, (50,))
    before = {name: each.clone() for name, each in model.state_dict().items()}
    found = trial(tmp_path).correct(model, inputs, labels, batch_size=7)
    assert found.dtype == torch.bool
    assert [module.training for module in model] == [True, True, False]
    model.eval()
    assert torch.equal(found, model(inputs).argmax(1) == labels)
    assert all(torch.equal(before[name], each) for name, each in model.state_dict().items())


def test_what_was_saved_is_restored_with_curve_and_generators(tmp_path: Path) -> None:
    one = trial(tmp_path)
    assert one.restored() is None
    torch_order, numpy_order = one.generator("order"), one.numpy("order")
    one.epoch(test_loss=1.0)
    torch.rand(3, generator=torch_order), numpy_order.random(3)
    one.save({"weights": torch.arange(3)})
    expected = torch.rand(2, generator=torch_order).tolist(), numpy_order.random(2).tolist(), draws()
    again = trial(tmp_path)
    torch_order = again.generator("order")
    state = again.restored()
    numpy_order = again.numpy("order")
    assert torch.equal(state["weights"], torch.arange(3))
    assert again.curve == [{"epoch": 1, "test_loss": 1.0}]
    assert (torch.rand(2, generator=torch_order).tolist(), numpy_order.random(2).tolist(), draws()) == expected


def test_a_generator_made_anew_in_each_epoch_is_as_it_would_have_been(tmp_path: Path) -> None:
    def epochs(one: Trial, first: int, last: int) -> list[float]:
        found = []
        for epoch in range(first, last):
            made = one.numpy("order", epoch)
            found.append(float(made.random()))
            one.epoch()
            one.save(epoch)
        return found

    whole = epochs(trial(tmp_path / "whole"), 0, 5)
    epochs(trial(tmp_path / "killed"), 0, 2)
    again = trial(tmp_path / "killed")
    assert again.restored() == 1
    assert epochs(again, 2, 5) == whole[2:]


def test_an_epoch_takes_numbers_alone(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="a number is expected, not str"):
        trial(tmp_path).epoch(test_loss="low")
