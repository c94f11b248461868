"""The progress display: counts that add up and a time left that can be believed."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bench.record.experiment import Experiment
from bench.record.trials import Stack
from bench.run import progress
from bench.run.progress import Progress, duration
from tests.conftest import condition, stack

TWO = stack(condition("a"), condition("b", dropout=(0.1, 0.1)))
"""Two trials of two epochs: four epochs of trials."""
OTHER = stack(condition("a"), condition("b", dropout=(0.1, 0.1)), seed=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_no_time_is_told_until_every_worker_has_told_of_an_epoch(clock: list[float]) -> None:
    shown = Progress(1, [*TWO.trials, *OTHER.trials], workers=2)
    assert shown.seconds_left() is None
    clock[0] = 10
    shown.epoch(TWO)
    assert shown.seconds_left() is None
    assert "starting" in shown.text()
    shown.epoch(OTHER)
    assert shown.seconds_left() == pytest.approx(10)
    clock[0] = 14
    assert shown.seconds_left() == pytest.approx(6)
    assert shown.text() == "1 done · 4 left · 0 failed · 0.4 epochs/s · about 6 s left"


def test_the_last_stack_is_not_shared_between_workers(clock: list[float]) -> None:
    alone = stack(condition("c"), seed=2)
    shown = Progress(0, [*TWO.trials, *alone.trials], workers=2)
    clock[0] = 10
    shown.epoch(TWO)
    shown.epoch(alone)
    shown.epoch(alone)
    shown.finished(alone, ["ok"])
    assert shown.seconds_left() == pytest.approx(2 * 2 * 10 / 4)


def test_epochs_of_a_stack_that_is_trained_again_do_not_count(clock: list[float]) -> None:
    shown = Progress(0, [*TWO.trials, *OTHER.trials], workers=2)
    clock[0] = 10
    shown.epoch(OTHER)
    shown.epoch(TWO)
    shown.put_back(OTHER)
    assert (shown.epochs, shown.epochs_to_do) == (2, 8)
    shown.put_back(OTHER)  # lost before its first epoch
    assert shown.epochs == 2


def test_failed_and_diverged_trials_are_counted_and_what_was_not_trained_is_not_left(clock: list[float]) -> None:
    shown = Progress(0, [*TWO.trials, *OTHER.trials], workers=1)
    shown.finished(TWO, ["failed", "diverged"])
    assert shown.epochs_to_do == 4
    assert shown.text().startswith("2 done · 2 left · 1 failed · 1 diverged · starting")
    shown.elsewhere(OTHER.trials)
    assert shown.text().startswith("4 done · 0 left")


def test_the_plain_lines_of_ten_days_fit_into_a_pipe_that_nobody_reads(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    trials = [*TWO.trials] * 100_000
    with Progress(0, trials, workers=1) as shown:
        while clock[0] < 864_000:
            clock[0] += 4
            shown.epoch(TWO)
            if clock[0] == 600:
                lines = capsys.readouterr().err
                assert len(lines.splitlines()) == 600 // 12, "every ten seconds at first"
    said = capsys.readouterr().err
    assert 400 < len(said.splitlines()) < 800
    assert len(lines + said) < 64_000


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59.4, "59 s"), (400, "6 min 40 s"), (11_130, "3 h 05 min"), (-1, "0 s")]
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_trials_of_another_runner_are_said_to_be_waited_for() -> None:
    shown = Progress(2, [*TWO.trials, *OTHER.trials], workers=1)
    shown.waiting_for(3)
    assert shown.text() == "2 done · 4 left · 0 failed · waiting for 3 that another runner trains"
    shown.waiting_for(0)
    assert "waiting" not in shown.text()


def test_speed_is_of_trials_where_training_code_tells_of_no_epoch(clock: list[float]) -> None:
    silent = Stack((replace(TWO.trials[0], recipe=Experiment("train.py:train", (), Path(), (), "", (), "", ())),))
    shown = Progress(0, [*silent.trials] * 2, workers=1)
    clock[0] = 10
    shown.finished(silent, ["ok"])
    assert "0.1 trials/s" in shown.text()


def test_a_trial_that_tells_of_no_epoch_before_its_end_counts_as_those_of_its_setting(clock: list[float]) -> None:
    command = Experiment("", ("perl",), Path(), (), "", (), "", (("epochs", 3),))
    first, second = (Stack((replace(TWO.trials[0], recipe=command, seed=seed),)) for seed in (0, 1))
    shown = Progress(0, [*first.trials, *second.trials], workers=1)
    clock[0] = 6
    shown.finished(first, ["ok"])
    assert shown.text() == "1 done · 1 left · 0 failed · 0.5 epochs/s · about 6 s left"
    shown.finished(second, ["failed"])
    assert shown.epochs_to_do == shown.epochs == 3


def test_the_last_line_is_told_once(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(0, list(TWO.trials), workers=1) as shown:
        clock[0] = 60
        shown.finished(TWO, ["ok", "ok"])
    assert capsys.readouterr().err.count("2 done") == 1


@pytest.mark.parametrize("width", [20, 50, 60, 80, 120])
def test_a_narrow_terminal_has_one_line(clock: list[float], width: int) -> None:
    shown = Progress(123_456, [*TWO.trials, *OTHER.trials], workers=2)
    clock[0] = 10
    shown.epoch(TWO)
    shown.epoch(OTHER)
    console = Console(width=width, force_terminal=True, color_system=None, file=io.StringIO())
    with console.capture() as captured:
        console.print(shown.on_one_line(width))
    (line,) = captured.get().splitlines()
    assert len(line) <= width
    if width >= len(shown.text()):
        assert shown.text() in line
    assert ("━" in line) == (width >= 60)


@pytest.mark.parametrize(("width", "failed"), [(80, 0), (60, 0), (50, 2), (40, 0)])
def test_a_narrow_terminal_still_says_how_long_it_takes(clock: list[float], width: int, failed: int) -> None:
    """The speed goes first, then a count of no failures: never what is left, nor a failure."""
    shown = Progress(18, [*TWO.trials, *OTHER.trials], workers=2)
    clock[0] = 10
    shown.epoch(TWO)
    shown.epoch(OTHER)
    shown.failed = failed
    told = shown.text(width)
    assert len(told) <= width
    assert told.startswith("18 done · 4 left") and told.endswith("left") and "about" in told
    assert ("epochs/s" in told) == (width >= len(shown.text()))
    assert ("failed" in told) == (bool(failed) or width > 40)
