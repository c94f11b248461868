"""Ten thousand inputs that went wrong on the way: each is used or refused with its cause, without a traceback."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from analysis.answer.compare import compare
from analysis.base.errors import TableError
from analysis.tables.loading import load_tasks
from analysis.tables.plan import read_plan
from analysis.tables.table import Table
from bench.base.errors import UsageError
from bench.data import idx
from bench.data.data_set import PARTS
from bench.data.users import own_data_set
from bench.study.study import Study
from bench.study.tasks import load
from tests.fuzz import inputs
from tests.fuzz.mutations import of_bytes, of_document

FEW_TRIALS = 5_000


def study(path: Path) -> None:
    found = load(path)
    for each in [found] if isinstance(found, Study) else found.tasks.values():
        if len(each.seeds) * len(each.conditions) < FEW_TRIALS:
            each.trials()


def table(path: Path) -> None:
    found = load_tasks(path)
    if isinstance(found, Table):
        compare(found, "test_accuracy", "none", margin=0.01)


def archive(path: Path) -> None:
    own_data_set("mine", path)


def images(path: Path) -> None:
    folder = path.parent / "folder"
    folder.mkdir(exist_ok=True)
    ending = ".gz" if path.suffix == ".gz" else ""
    for part, array in zip(PARTS, inputs.arrays().values(), strict=True):
        (folder / part).write_bytes(idx.encode(array))
    (folder / PARTS[0]).unlink()
    (folder / f"{PARTS[0]}{ending}").write_bytes(path.read_bytes())
    own_data_set("mine", folder)


def plan(path: Path) -> None:
    read_plan(path)


Kind = tuple[str, bytes, Callable[[Random, bytes], bytes], Callable[[Path], None], int]

KINDS: dict[str, Kind] = {
    "study": ("study.toml", inputs.STUDY, of_bytes, study, 700),
    "study, by value": ("study.toml", inputs.STUDY, of_document, study, 1_000),
    "own code": ("own.toml", inputs.OWN, of_bytes, study, 600),
    "own code, by value": ("own.toml", inputs.OWN, of_document, study, 1_000),
    "tasks, by value": ("tasks.toml", inputs.TASKS, of_document, study, 800),
    "CSV": ("table.csv", inputs.csv(), of_bytes, table, 700),
    "CSV of semicolons": ("table.csv", inputs.csv(";", ","), of_bytes, table, 700),
    "CSV, gzip": ("table.csv.gz", gzip.compress(inputs.csv(), mtime=0), of_bytes, table, 500),
    "parquet": ("table.parquet", inputs.parquet(), of_bytes, table, 1_000),
    "npz": ("data.npz", inputs.npz(compressed=False), of_bytes, archive, 700),
    "npz, compressed": ("data.npz", inputs.npz(compressed=True), of_bytes, archive, 700),
    "IDX": ("images", inputs.images(compressed=False), of_bytes, images, 600),
    "IDX, gzip": ("images.gz", inputs.images(compressed=True), of_bytes, images, 500),
    "plan": ("plan.json", inputs.PLAN, of_bytes, plan, 500),
}


def test_there_are_ten_thousand_inputs() -> None:
    assert sum(number for *_, number in KINDS.values()) == 10_000


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore")
def test_an_input_that_went_wrong_is_used_or_refused(tmp_path: Path, kind: str) -> None:
    name, content, mutate, use, number = KINDS[kind]
    path = tmp_path / name
    path.write_bytes(content)
    use(path)
    used, refused = 0, 0
    for place in range(number):
        mutated = mutate(Random(f"{kind} {place}"), content)
        path.write_bytes(mutated)
        try:
            use(path)
            used += 1
        except (TableError, UsageError) as error:
            assert str(error), f"input {place} is refused without a cause"
            refused += 1
        except Exception as error:
            raise AssertionError(f"input {place} of {kind} ends in {error!r}: {mutated[:300]!r}") from error
    assert refused > number / 10  # mutations are seen
