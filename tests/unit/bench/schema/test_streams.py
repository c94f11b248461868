"""What of the system is in a program's way is said, and is no fault of the program."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable

import pytest

from analysis.cli import main as analysis
from bench.cli import main as bench
from bench.schema.streams import fault_of_the_system


def test_an_error_of_the_system_is_said_with_its_place_and_any_other_is_none() -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/results/x")
    assert fault_of_the_system(full) == "/results/x: No space left on device"
    assert fault_of_the_system(ZeroDivisionError("ours")) is None
    assert fault_of_the_system(FileNotFoundError(errno.ENOENT, "ours")) is None


@pytest.mark.parametrize(
    ("main", "arguments", "called"),
    [
        (bench, ["plan", "dropout"], "bench.study.finding.find_study"),
        (analysis, ["compare", "t.csv", "--metric", "x", "--control", "y"], "analysis.tables.loading.read"),
    ],
)
def test_where_no_folder_takes_temporary_files_that_is_what_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    main: Callable[[list[str]], int],
    arguments: list[str],
    called: str,
) -> None:
    """As in a container whose root is read-only: torch and matplotlib raise errors of their own."""

    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("matplotlib's own")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    monkeypatch.setattr(called, broken)
    assert main(arguments) == 2
    said = "error: No usable temporary directory found in ['/tmp']: let the environment variable TMPDIR name one\n"
    assert capsys.readouterr().err == said
