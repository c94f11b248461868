"""Finished trials that were made elsewhere are noted: other sources, other kernels, an environment nobody describes."""

from __future__ import annotations

import pytest

from bench.record import origins
from bench.schema import Arithmetic, arithmetic

HERE, THERE = Arithmetic("Haswell", "2.4.6", "2.13.0"), Arithmetic("SkylakeX", "2.4.6", "2.13.0")

CHOSEN = Arithmetic("Haswell/oneDNN", "2.4.6", "2.13.0", layers=(((784, 256), "oneDNN"), ((256, 10), "numpy")))


def row(environment: str = "here", code: str = "c0de", device: str = "cpu") -> dict[str, str]:
    return {"environment_id": environment, "code_hash": code, "device": device}


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "present", lambda: HERE)
    monkeypatch.setattr(origins, "sources_hash", lambda: "c0de")


def notes(*rows: dict[str, str]) -> list[str]:
    return origins.notes(rows, {"here": HERE, "again": HERE, "there": THERE, "chosen": CHOSEN})


def test_what_was_made_here_needs_no_note() -> None:
    assert notes() == notes(row(), row("again")) == []


def test_other_sources_and_kernels_are_noted_with_their_numbers() -> None:
    sources, kernels = notes(row("there", "older"), row("there"), row("again", "older"))
    assert sources == "2 finished trials were made by other sources of the same versions"
    assert kernels.startswith("2 finished trials were made with SkylakeX kernels of numpy 2.4.6, torch 2.13.0;")
    assert "Haswell kernels" in kernels


def test_a_library_that_was_chosen_here_is_noted_only_where_other_trials_were_made_without() -> None:
    assert notes(row("chosen"), row("chosen")) == []
    (both,) = notes(row("chosen"), row("here"))
    assert both.startswith("1 finished trial was made with Haswell/oneDNN kernels")


def test_an_environment_that_is_not_described_is_noted_and_a_gpu_is_not_compared_with_this_cpu() -> None:
    (unknown,) = notes(row("lost"), row("there", device="cuda"))
    assert unknown == "1 finished trial was made in an environment of which the folder says nothing"


def test_this_process_says_which_kernels_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert origins.present().kernels != "unknown"
    assert origins.present().torch[0].isdigit()


@pytest.mark.parametrize("content", [{}, {"libraries": None, "cpu": None, "gpu": None}, {"cpu": {}}])
def test_what_an_environment_does_not_say_is_unknown(content: dict[str, object]) -> None:
    assert arithmetic(content) == Arithmetic("unknown", "unknown", "unknown")
