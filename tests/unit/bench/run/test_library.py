"""A run multiplies as the runs before it in the same folder, and says what it chose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.base import multiplying
from bench.record.origins import present
from bench.run.library import choose_library
from bench.study.study import load_study

STUDY = """
name = "tiny"
data = { name = "fashion_mnist_sample", train_size = 64 }
model = { hidden = [8] }
training = { epochs = 1, batch_size = 32, learning_rate = 0.1 }
trials = { seeds = 2 }
analysis = { control = "none" }
conditions = [{ label = "none" }]
"""
LAYERS = (((784, 8), "oneDNN"), ((8, 10), "numpy"))


@pytest.fixture(autouse=True)
def a_study_that_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(multiplying, "WORTH_FLOP", 1)
    yield
    multiplying.use({})


@pytest.mark.parametrize("others", [dict(LAYERS), {(784, 8): "numpy", (8, 10): "oneDNN"}], ids=["one", "another"])
def test_a_run_multiplies_as_the_one_before_it(tmp_path: Path, others: dict[tuple[int, int], str]) -> None:
    (tmp_path / "tiny.toml").write_text(STUDY)
    made = replace(present(), kernels=present().kernels + "/oneDNN", layers=tuple(others.items()))
    said = choose_library(load_study(tmp_path / "tiny.toml").trials(), [made])
    assert multiplying.chosen() == others
    (layer,) = (f"{i} x {o}" for (i, o), library in others.items() if library == "oneDNN")
    assert said[-1] == f"note: faster here than numpy, and chosen: layers of {layer} by oneDNN"


def test_what_was_chosen_with_other_kernels_is_measured_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tiny.toml").write_text(STUDY)
    monkeypatch.setattr(multiplying, "_seconds", lambda *_: [{"numpy": 1.0, "oneDNN": 9.0}] * 2)
    made = replace(present(), kernels="Another/oneDNN", layers=LAYERS)
    choose_library(load_study(tmp_path / "tiny.toml").trials(), [made])
    assert set(multiplying.chosen().values()) == {"numpy"}
