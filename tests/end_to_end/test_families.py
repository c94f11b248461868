"""The families that ship as own training code: conditions train, are paired, and go on after a kill."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import RandomSampler

from bench.data import DATA_SETS, sources
from bench.engines.own import function
from bench.engines.own.streams import stream_seeds
from bench.engines.own.trial import Trial
from bench.record.experiment import Experiment
from bench.record.settings import canonical
from bench.study.finding import SHIPPED
from bench.study.study import Study

pytestmark = pytest.mark.slow

FAMILIES = sorted(path.stem for path in SHIPPED.glob("*.toml") if path.with_suffix(".py").exists())


def table() -> bytes:
    """A table like that of the segments, of random numbers."""
    rows = np.random.default_rng(0).normal(size=(2_310, 18))
    lines = [",".join([*map(str, row), f"class {index % 7}"]) for index, row in enumerate(rows)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("segment.csv", "\n".join(["header", *lines]))
    return file.getvalue()


def text() -> bytes:
    """A text as long as is needed, of random letters."""
    return gzip.compress(bytes(np.random.default_rng(0).integers(97, 123, 500_000).astype(np.uint8)))


@pytest.fixture
def family(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], dict[str, Experiment]]]:
    """Returns the training code of each condition, for two epochs, on data that need no network."""
    monkeypatch.setitem(DATA_SETS, "fashion_mnist", DATA_SETS["fashion_mnist_sample"])
    monkeypatch.setattr(sources, "kept", lambda path, *_: table() if "segment" in path.name else text())
    before = set(sys.modules)

    def conditions(name: str) -> dict[str, Experiment]:
        study = Study.load(name)
        code = {each.label: study.recipe_of(each) for each in study.conditions}
        return {
            label: replace(each, settings=tuple((key, 2 if key == "epochs" else value) for key, value in each.settings))
            for label, each in code.items()
            if isinstance(each, Experiment)
        }

    yield conditions
    for loaded in set(sys.modules) - before:
        if getattr(sys.modules[loaded], "__file__", "").startswith(str(SHIPPED)):
            del sys.modules[loaded]


def trial(code: Experiment, folder: Path, seed: int = 0, on_epoch: Callable[[], None] = lambda: None) -> Trial:
    folder.mkdir(exist_ok=True)
    return Trial(
        canonical(code.settings), seed, stream_seeds(seed, seed, seed), devices=("cpu",), cpus=1, folder=folder,
        on_epoch=on_epoch,
    )  # fmt: skip


@pytest.mark.parametrize("name", FAMILIES)
def test_conditions_read_every_setting_and_share_initial_weights_and_batches(
    name: str, family: Callable[[str], dict[str, Experiment]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights: list[torch.Tensor] = []
    batches: list[torch.Tensor] = []
    randperm = torch.randperm

    class Recording(torch.optim.AdamW):
        def __init__(self, parameters: Any, *words: Any, **named: Any) -> None:
            listed = list(parameters)
            weights.append(torch.cat([each.detach().flatten() for each in listed]).clone())
            super().__init__(listed, *words, **named)

    def recording(number: int, **named: Any) -> torch.Tensor:
        batches.append(randperm(number, **named))
        return batches[-1]

    monkeypatch.setattr(torch.optim, "AdamW", Recording)
    monkeypatch.setattr(torch, "randperm", recording)
    found = {}
    for label, code in family(name).items():
        mine = trial(code, tmp_path / label)
        found[label] = function.load(code)(mine)
        assert set(mine.settings) == mine.settings.read
        assert len(mine.curve) == 2
        assert np.isfinite(found[label].get(code.primary, 0.0))
    other = trial(code, tmp_path / "other", seed=1)
    function.load(code)(other)
    assert len({each.numpy().tobytes() for each in weights[:-1]}) == 1
    assert len({each.numpy().tobytes() for each in batches[:-2]}) == 2, "each epoch has its order, whatever the rate"
    assert not torch.equal(weights[0], weights[-1])
    assert not torch.equal(batches[0], batches[-2])
    right = {each["test_correct"].numpy().tobytes() for each in found.values()}
    assert len(right) == len(found), "each condition ends elsewhere"


@pytest.mark.parametrize("name", ["seeding-mlp", "seeding-tabular"])
def test_what_dropout_leaves_in_common_is_all_none_or_the_first_epoch_by_seeding(
    name: str, family: Callable[[str], dict[str, Experiment]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights: list[torch.Tensor] = []
    batches: list[list[int]] = []

    class Recording(torch.optim.SGD):
        def __init__(self, parameters: Any, *words: Any) -> None:
            listed = list(parameters)
            weights.append(listed[0].detach().clone())
            super().__init__(listed, *words)

    class Order(RandomSampler):
        def __iter__(self) -> Iterator[int]:
            batches.append(list(super().__iter__()))
            return iter(batches[-1])

    monkeypatch.setattr(torch.optim, "SGD", Recording)
    monkeypatch.setattr("torch.utils.data.RandomSampler", Order)
    conditions = family(name)
    for seeding, weights_shared, orders_shared in [
        ("streams", True, (True, True)),
        ("manual_seed", True, (True, False)),
        ("unseeded", False, (False, False)),
    ]:
        weights.clear()
        batches.clear()
        of = {dict(each.settings)["dropout"]: each for each in conditions.values() if seeding in each.settings[1]}
        for rate, code in of.items():
            function.load(code)(trial(code, tmp_path / f"{seeding}-{rate}"))
        assert len(of) == 2
        assert torch.equal(*weights) == weights_shared
        assert (batches[0] == batches[2], batches[1] == batches[3]) == orders_shared


def test_a_transformer_whose_trial_is_killed_ends_as_one_that_is_not(
    family: Callable[[str], dict[str, Experiment]], tmp_path: Path
) -> None:
    code = family("characters")["dropout-0.3"]
    train = function.load(code)
    whole = train(trial(code, tmp_path / "whole"))
    calls = []

    def kill() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        train(trial(code, tmp_path / "killed", on_epoch=kill))
    again = trial(code, tmp_path / "killed", on_epoch=lambda: calls.append(1))
    resumed = train(again)
    assert len(calls) == 3, "the first epoch was kept"
    assert resumed["bits_per_character"] == whole["bits_per_character"]
    assert torch.equal(resumed["test_correct"], whole["test_correct"])
