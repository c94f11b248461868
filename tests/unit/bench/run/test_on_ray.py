"""What goes to the nodes of a cluster and is taken in there, and what a run needs before: without Ray itself."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import data
from bench.cli import main
from bench.data import DATA_SETS, images_of
from bench.record.experiment import Experiment
from bench.record.store import Store
from bench.record.trials import Stack
from bench.regularisers import REGULARISERS
from bench.run import session
from bench.run.executors import EpochDone, PutBack, StackDone
from bench.run.executors.on_ray.shipment import pack, token_folder, unpack
from bench.run.runner import Run
from bench.run.worker import load_split, perform
from bench.schema.documents import content_hash
from bench.study import plugins
from bench.study.study import Study
from tests.end_to_end.test_own import STUDY, TRAIN
from tests.unit.bench.study.test_plugins import noise

SMALL = """
name = "small"
data = { name = "fashion_mnist_sample", train_size = 100 }
model = { hidden = [8] }
training = { epochs = 1, batch_size = 100, learning_rate = 0.1 }
trials = { seeds = 1 }
analysis = { control = "none" }
conditions = [{ label = "none" }]
"""


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    registries = [(each, dict(each)) for each in (REGULARISERS, DATA_SETS, data.at_hand)]
    for name in ("_plugins", "_data"):
        monkeypatch.setattr(plugins, name, {})
    yield
    for registry, before in registries:
        registry.clear()
        registry.update(before)
    load_split.cache_clear()


def put(content: Any) -> list[Any]:
    return [content]


def get(reference: list[Any]) -> Any:
    return reference[0]


def as_on_a_node() -> None:
    """Forget what this process has of its user's."""
    for each in plugins._plugins.values():
        plugins._forget(each)
    plugins._plugins.clear()
    for name in plugins._data:
        del DATA_SETS[name]
    plugins._data.clear()


def test_a_node_trains_with_plug_ins_and_images_that_it_has_no_files_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, node = tmp_path / "mine", tmp_path / "node"
    mine.mkdir()
    rng = np.random.default_rng(0)
    content = {
        f"{part}_{what}": rng.integers(0, high, (200, 4, 4) if what == "images" else 200, dtype=np.uint8)
        for part in ("train", "test")
        for what, high in (("images", 256), ("labels", 2))
    }
    np.savez(mine / "mine.npz", **content)
    noise(mine)
    (mine / "my.toml").write_text(
        'name = "my"\nplugins = ["my_noise.py"]\n'
        'data = { name = "mine", path = "mine.npz", train_size = 200 }\nmodel = { hidden = [8] }\n'
        "training = { epochs = 1, batch_size = 100, learning_rate = 0.1 }\ntrials = { seeds = 1 }\n"
        'analysis = { control = "none" }\n'
        'conditions = [{ label = "none" }, { label = "mine", my_noise = 0.5 }]\n'
    )
    found = Study.load(mine / "my.toml")
    stack = Stack(tuple(found.trials()))
    here = [result.row for result in perform(stack, lambda: None)]
    shipment = pack(found, tmp_path / "results", "t", put)
    as_on_a_node()
    load_split.cache_clear()
    mine.rename(tmp_path / "elsewhere")
    assert "mine" not in DATA_SETS
    unpacked = unpack(shipment, node, get, None)
    assert DATA_SETS["mine"].pixels == 16  # for the self-test
    there = [result.row for result in perform(stack, lambda: None)]
    assert [row["test_bits"] for row in there] == [row["test_bits"] for row in here]
    assert (unpacked.is_shared, unpacked.results) == (False, node / "t")


def test_images_at_hand_are_read_from_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    images = images_of("fashion_mnist_sample")
    data.at_hand["fashion_mnist_sample"] = handed = replace(images, classes=3)
    assert images_of("fashion_mnist_sample") is handed


def test_own_training_code_is_laid_where_the_folder_of_the_study_is_not(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "train.py").write_text(TRAIN)
    (mine / "points.bin").write_bytes(b"\0\1")
    (mine / "own.toml").write_text(STUDY.replace("classes = 10", 'classes = 10\ndata_files = ["points.bin"]'))
    found = Study.load(mine / "own.toml")
    assert isinstance(found.recipe, Experiment)
    results = mine / "results"
    token_folder(results, "t").mkdir(parents=True)
    shipment = pack(found, results, "t", put)
    here = unpack(shipment, tmp_path / "node", get, found.recipe)
    assert (here.code, here.is_shared, here.results) == (None, True, results)
    (mine / "train.py").write_text(TRAIN.replace("200", "300"))
    assert unpack(shipment, tmp_path / "node", get, found.recipe).code == tmp_path / "node/t/code"
    mine.rename(tmp_path / "elsewhere")
    there = unpack(shipment, tmp_path / "node", get, found.recipe)
    assert (there.is_shared, there.results) == (False, tmp_path / "node/t")
    assert there.code is not None
    assert (there.code / "train.py").read_text() == TRAIN
    assert (there.code / "points.bin").read_bytes() == b"\0\1"


def test_a_row_has_the_environment_of_the_machine_that_trained_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    node = {"cpu": "another"}

    def elsewhere(next_stack: Any, workers: int) -> Any:
        del workers
        while (stack := next_stack()) is not None:
            yield [EpochDone(stack), PutBack(stack), EpochDone(stack)]
            yield [StackDone(stack, perform(stack, lambda: None), node)]

    (tmp_path / "small.toml").write_text(SMALL)
    store = Store(tmp_path / "out")
    session.carry_out(Run(Study.load("small.toml"), store, elsewhere, 1), "cpu", "test")
    (trial_id,) = store.trial_ids()
    row = store.read(trial_id)
    assert row is not None
    assert row["environment_id"] == content_hash(node)
    assert [each.stem for each in (tmp_path / "out/environment").iterdir()] == [content_hash(node)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--executor", "ray"], "error: --executor ray needs Ray, which is not installed: pip install 'regularisation"),
        (["--address", "auto"], "error: --address auto was given without --executor ray"),
    ],
)
def test_ray_is_an_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "ray" else find(name, *more))
    assert main(["run", "smoke", "--out", str(tmp_path / "out"), *words]) == 2
    assert capsys.readouterr().err.startswith(expected)
    assert not (tmp_path / "out").exists()
