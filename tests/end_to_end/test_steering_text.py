"""What training code or a study says steers no terminal that a command of the runner prints it on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.cli import main as analyse
from bench.cli import main

ODD = r"\u001b[31m\u202ered"
"""As TOML and Python have it."""
WRITTEN_OUT = r"\x1b[31m\u202ered"
STEERING = ("\x1b", "\u202e", "\x9b")
TRAIN = f"""
def train(trial):
    if trial.settings["dropout"] and trial.seed == 0:
        print("in \\x9bcolour")
        raise ValueError("{ODD}")
    right = [True, trial.seed % 2 == 0, trial.settings["dropout"] > 0, False] * 3
    more = {{"more{ODD}": float("nan")}} if trial.settings["fails"] else {{}}
    return {{"test_correct": right, **more}}
"""
STUDY = f"""
name = "steering"
[experiment]
function = "train.py:train"
deterministic = false
[settings]
dropout = 0.0
note = "{ODD}"
fails = false
[trials]
seeds = 4
[[conditions]]
label = "none"
[[conditions]]
label = "half"
dropout = 0.5
[analysis]
control = "none"
primary = "test_accuracy"
"""


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Return what the commands since the last call printed, on which nothing may steer."""

    def checked() -> str:
        printed = "".join(capsys.readouterr())
        assert not [letter for letter in STEERING if letter in printed], repr(printed)
        return printed

    return checked


def written(folder: Path, study: str = STUDY, train: str = TRAIN) -> str:
    (folder / "train.py").write_text(train, encoding="utf-8")
    (folder / "study.toml").write_text(study, encoding="utf-8")
    return str(folder / "study.toml")


@pytest.mark.parametrize("command", ["plan", "run", "throughput", "slurm", "check-training"])
@pytest.mark.parametrize(
    ("where", "instead"),
    [
        ('label = "half"', f'label = "{ODD}"'),
        ("[experiment]", f'[experiment]\n"k{ODD}" = 1'),
        ("[trials]", f'[trials]\n"k{ODD}" = 1'),
        ("dropout = 0.5", f'"k{ODD}" = 1'),
        ("[analysis]", f'[grid]\n"k{ODD}" = [1, 2]\n[analysis]'),
        ('control = "none"', f'control = "{ODD}"'),
        ('"train.py:train"', f'"{ODD}.py:train"'),
        ('name = "steering"', f'name = "{ODD}"'),
    ],
)
def test_a_fault_of_a_study_is_written_out(
    command: str, where: str, instead: str, tmp_path: Path, said: Callable[[], str]
) -> None:
    path = written(tmp_path, STUDY.replace(where, instead, 1))
    more = ["--jobs", "2", "--time", "01:00:00"] if command == "slurm" else []
    assert main([command, path, *more]) == 2
    assert WRITTEN_OUT in said()


def test_what_training_code_says_is_written_out_by_every_command(
    tmp_path: Path, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path, out = written(tmp_path), tmp_path / "results"
    assert main(["run", path, "--out", str(out), "--no-rehearsal", "--workers", "1"]) == 1
    said()
    assert main(["status", str(out)]) == 0
    assert f"ValueError: {WRITTEN_OUT} (train.py:" in (printed := said())
    assert "\nin \\x9bcolour" in printed
    assert analyse(["compare", str(out)]) == 0
    assert WRITTEN_OUT in said()
    assert analyse(["report", str(out), "--out", str(tmp_path / "report")]) == 0
    said()
    for page in (each for each in (tmp_path / "report").rglob("*") if each.suffix in (".html", ".md", ".tex")):
        shown = page.read_text("utf-8")
        assert not [letter for letter in STEERING if letter in shown], page
    assert WRITTEN_OUT in (tmp_path / "report" / "index.html").read_text("utf-8")


def test_what_a_run_warns_of_is_written_out(tmp_path: Path, said: Callable[[], str]) -> None:
    path = written(tmp_path, STUDY.replace("fails = false", "fails = true"))
    assert main(["run", path, "--out", str(tmp_path / "results"), "--workers", "1"]) == 1
    assert WRITTEN_OUT in said()


@pytest.mark.parametrize("given", ["train.py:train", "study.toml"])
def test_a_check_of_training_code_writes_out_what_it_says(
    given: str, tmp_path: Path, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, train=f'def train(trial, dropout=0.0):\n    raise ValueError("{ODD}")\n')
    assert main(["check-training", given]) == 2
    assert WRITTEN_OUT in said()
