"""How the runner's commands end: what is said where one is interrupted or at fault."""

from __future__ import annotations

from typing import NoReturn

import pytest

from bench.cli import main
from bench.commands import check_training, run

TRAINING, STUDY = (check_training, "check-training", "train.py:train"), (run, "run", "smoke")


@pytest.mark.parametrize(
    ("command", "error", "code", "said"),
    [
        (STUDY, KeyboardInterrupt, 130, "interrupted; finished trials are kept, and the same command goes on"),
        (TRAINING, KeyboardInterrupt, 130, "interrupted\n"),
        (STUDY, ZeroDivisionError, 3, "internal fault: finished trials are kept; please report"),
        (TRAINING, ZeroDivisionError, 3, "internal fault: please report the lines above"),
    ],
)
def test_trials_are_said_to_be_kept_where_there_are_trials(command, error, code, said, monkeypatch, capsys) -> None:
    def ended(_: object) -> NoReturn:
        raise error

    module, *arguments = command
    monkeypatch.setattr(module, "execute", ended)
    assert main(arguments) == code
    assert said in capsys.readouterr().err
