"""Logs of other tools that went wrong on the way: each is used or refused with its cause, without a traceback."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from analysis.base.errors import TableError
from analysis.importing.imported import Wanted, import_runs
from tests.end_to_end.test_imports import WRITTEN, from_here
from tests.fuzz.mutations import of_bytes

EACH = 150
KINDS = sorted(file.stem for file in WRITTEN.glob("*.zip"))


def paths_of(kind: str, folder: Path) -> list[Path]:
    """Return what is imported of what a tool wrote."""
    if kind == "sklearn":
        return sorted(folder.rglob("*.csv"))[:1]
    return [folder / "quiz" if kind == "inspect" else folder]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_log_that_went_wrong_is_used_or_refused(tmp_path: Path, kind: str) -> None:
    paths = paths_of(kind, from_here(kind, tmp_path))
    files = [file for path in paths for file in sorted([path, *path.rglob("*")]) if file.is_file()]
    import_runs(kind, paths, Wanted())
    refused = 0
    for place in range(EACH):
        random = Random(f"{kind} {place}")
        file = random.choice(files)
        whole = file.read_bytes()
        file.write_bytes(of_bytes(random, whole))
        try:
            import_runs(kind, paths, Wanted())
        except TableError as error:
            assert str(error), f"input {place} is refused without a cause"
            refused += 1
        except Exception as error:
            raise AssertionError(f"input {place} of {kind}, {file.name}, ends in {error!r}") from error
        finally:
            file.write_bytes(whole)
    assert refused > EACH / 20  # mutations are seen
