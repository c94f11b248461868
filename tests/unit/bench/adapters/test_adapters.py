"""Adapters: what is said where a library is missing, and an order that does not depend on who asks for it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from itertools import islice
from pathlib import Path

import pytest
import torch

from bench.adapters.order import Order
from bench.engines.own.streams import stream_seeds
from bench.engines.own.trial import Trial


def order(folder: Path, seed: int = 0) -> Order:
    trial = Trial({}, seed, stream_seeds(seed, seed, seed), devices=("cpu",), cpus=1, folder=folder)
    return Order(trial, range(100))


@pytest.mark.parametrize(
    ("adapter", "library"),
    [
        ("lightning", "lightning"),
        ("transformers", "accelerate"),
        ("transformers", "transformers"),
        ("sklearn", "sklearn"),
        ("jax", "jax"),
    ],
)
def test_a_missing_library_is_told_with_the_extra_that_installs_it(
    adapter: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if library == "transformers" and importlib.util.find_spec("accelerate") is None:
        monkeypatch.setitem(sys.modules, "accelerate", torch)  # there, as far as the adapter looks
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, f"bench.adapters.{adapter}", raising=False)
    with pytest.raises(ModuleNotFoundError, match=rf"needs {library}.*, which is not installed.*'\.\[{adapter}\]'"):
        importlib.import_module(f"bench.adapters.{adapter}")


def test_an_order_is_of_its_epoch_whoever_iterates_it_and_how_often(tmp_path: Path) -> None:
    sampler = order(tmp_path)
    first = list(sampler)
    assert sorted(first) == list(range(100)) != first
    list(islice(sampler, 7))  # an iterator that is left alone, as Lightning does
    torch.rand(5)
    assert list(sampler) == first
    sampler.set_epoch(1)
    second = list(sampler)
    assert second != first
    fresh = order(tmp_path)
    fresh.set_epoch(1)
    assert list(fresh) == second
    assert list(order(tmp_path, seed=1)) != first
    assert len(sampler) == 100
