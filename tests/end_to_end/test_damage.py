"""Whatever happens to a file of results, no number changes: every reader refuses it by name, and nothing spreads."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from analysis.base.errors import TableError
from analysis.cli import main as analysis
from analysis.figures.evidence import Trial as Seen
from analysis.report.curves import read_curves
from analysis.tables.table import load
from bench import schema
from bench.base.errors import StorageError
from bench.cli import main as bench
from bench.record import rows, segments
from bench.record.export import export, pack
from bench.record.store import Store
from bench.record.trials import Trial
from bench.schema.paths import SEGMENT, STACK
from bench.schema.sealed import seal, unsealed
from tests.conftest import condition, trial
from tests.end_to_end.conftest import Workplace
from tests.results import write_apart
from tests.unit.bench.record.test_rows import outcome

pytestmark = pytest.mark.slow

COMPARE = ("--metric", "test_accuracy", "--control", "none")
TRIALS = [
    trial(setting, seed) for seed in range(3) for setting in (condition("none"), condition("book", dropout=(0.2, 0.5)))
]


WHOLE_COMMAND = 20
"""Every flip is read as runner and analysis read, and each so many by a whole command too."""


def made(folder: Path, trials: list[Trial] = TRIALS) -> Store:
    """Return a store of trials in files as earlier versions wrote them, with the curve of each apart."""
    store = Store(folder)
    store.prepare()
    for row, curve in results(trials):
        write_apart(folder, row, curve)
    return store


def results(trials: list[Trial] = TRIALS) -> Iterator[tuple[rows.Row, list[rows.Row]]]:
    for number, each in enumerate(trials):
        result = outcome(60 + 7 * number % 30)
        yield rows.stamp(each, rows.measured(result, 10), ["dropout"]), rows.curve(result)


def write_plan(store: Store) -> None:
    planned = [
        {"trial_id": each.trial_id, "condition": each.condition.label, "seed": each.seed, "device": "cpu",
         "precision": "float32"}
        for each in TRIALS
    ]  # fmt: skip
    plan = {"study": "test", "conditions": [{"label": "none"}, {"label": "book"}], "trials": planned}
    (store.folder / schema.PLAN_FILE).write_text(json.dumps(plan))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made(tmp_path / "results")


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs a command, sees that it refuses and prints no result, and returns what it says."""

    def run(command: Callable[[list[str]], int], *arguments: Any) -> str:
        capsys.readouterr()
        assert command([str(each) for each in arguments]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        return err

    return run


def curves_of(folder: Path) -> list[Any]:
    seen = [(each.trial_id, Seen(each.condition.label, each.seed, False, {})) for each in TRIALS]
    return read_curves(folder, None, seen)


def flips(content: bytes, number: int) -> Iterator[bytes]:
    """Yield the content with one bit flipped: each of the magic numbers and the footer's length, others far and wide.

    Of the others one at random in each of equal stretches: a gap in the digest as long as two of them is seen.
    """
    first, last = 8 * 4, 8 * (len(content) - 8)
    ends = [*range(first), *range(last, 8 * len(content))]
    bounds = np.linspace(first, last, 1 + number - len(ends), dtype=int).tolist()
    draw = random.Random(0)
    for bit in [*ends, *(draw.randrange(*stretch) for stretch in pairwise(bounds))]:
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped)


@pytest.mark.parametrize("number", [120, pytest.param(600)])
def test_a_flipped_bit_of_a_trial_is_refused_by_runner_and_analysis(
    store: Store, tmp_path: Path, refused, number: int
) -> None:
    """The analysis reads it alone, too: in a folder of this trial only."""
    path = store.trials / f"{TRIALS[1].trial_id}.parquet"
    whole = path.read_bytes()
    alone = made(tmp_path / "alone", TRIALS[1:2])
    assert analysis(["compare", str(store.folder), *COMPARE, "--json", str(store.folder / "before.json")]) == 0
    for flip, content in enumerate(flips(whole, number)):
        (alone.trials / path.name).write_bytes(content)
        with pytest.raises(StorageError, match=rf"{path.name}: is (damaged|not a readable parquet file)"):
            alone.read(TRIALS[1].trial_id)
        with pytest.raises(TableError, match=rf"{path.name} is (damaged|not a readable parquet file)"):
            load(alone.folder)
        if flip % WHOLE_COMMAND == 0:
            path.write_bytes(content)
            assert path.name in refused(analysis, "compare", store.folder, *COMPARE)
    path.write_bytes(whole)
    assert analysis(["compare", str(store.folder), *COMPARE, "--json", str(store.folder / "after.json")]) == 0
    assert (store.folder / "after.json").read_bytes() == (store.folder / "before.json").read_bytes()


@pytest.mark.parametrize("number", [120, pytest.param(600)])
def test_a_flipped_bit_of_an_exported_file_is_refused(store: Store, tmp_path: Path, refused, number: int) -> None:
    path = tmp_path / "all.parquet"
    export(store, path)
    for flip, content in enumerate(flips(path.read_bytes(), number)):
        path.write_bytes(content)
        with pytest.raises(TableError, match="damaged"):
            load(path)
        if flip % WHOLE_COMMAND == 0:
            assert "damaged" in refused(analysis, "compare", path, *COMPARE)


@pytest.mark.parametrize("number", [120, pytest.param(600)])
def test_a_flipped_bit_of_a_curve_is_refused_and_never_written_again(tmp_path: Path, refused, number: int) -> None:
    store = made(tmp_path / "results", TRIALS[:2])
    path = store.curves / f"{TRIALS[1].trial_id}.parquet"
    pack(store, tmp_path / "small")
    small = Store(tmp_path / "small")
    for damaged, of in ((path, store), (small.curves / schema.PACKED_FILE, small)):
        for content in flips(damaged.read_bytes(), number // 2 + 48):
            damaged.write_bytes(content)
            for write, to in ((export, tmp_path / "all.parquet"), (pack, tmp_path / "again")):
                with pytest.raises(StorageError, match=rf"{damaged.name}: is (damaged|not a readable)"):
                    write(of, to)
                assert not to.exists()
            with pytest.raises(TableError, match="damaged"):
                curves_of(of.folder)
        assert damaged.name in refused(bench, "export", of.folder, tmp_path / "again")


@pytest.mark.parametrize("number", [120, pytest.param(600)])
@pytest.mark.parametrize("kind", [STACK, SEGMENT])
def test_a_flipped_bit_of_a_stack_or_a_segment_is_refused_by_every_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused, kind: str, number: int
) -> None:
    """Also by those that need few of its columns, and of its curves where they lie apart."""
    monkeypatch.setattr(segments, "MOST_LOOSE", 1)
    store = Store(tmp_path / "results")
    store.prepare()
    store.write_stacks([list(results())[:3]])
    store.write_stacks([list(results())[3:]])
    if kind == SEGMENT:
        segments.compact(store.files, store.curves)
    write_plan(store)
    for path in sorted(store.folder.glob(f"*/{kind}*")):
        whole, named = path.read_bytes(), rf"{path.name}: is (damaged|not a readable parquet file)"
        for flip, content in enumerate(flips(whole, number)):
            path.write_bytes(content)
            fresh = Store(store.folder)
            with pytest.raises(StorageError, match=named):
                fresh.curves_of([each.trial_id for each in TRIALS])
            with pytest.raises(TableError, match=r"damaged"):
                curves_of(store.folder)
            if path.parent == store.trials:
                with pytest.raises(StorageError, match=named):
                    fresh.trial_ids()
                with pytest.raises(StorageError, match=named):
                    fresh.table({"condition"})
                with pytest.raises(TableError, match=named.replace(":", "")):
                    load(store.folder)
            if flip % WHOLE_COMMAND == 0:
                assert path.name in refused(bench, "export", store.folder, tmp_path / "all.parquet")
                if path.parent == store.trials:
                    assert path.name in refused(bench, "status", store.folder)
                    assert path.name in refused(analysis, "compare", store.folder, *COMPARE)
        path.write_bytes(whole)
    assert bench(["status", str(store.folder)]) == 0


@pytest.mark.parametrize(
    ("name", "change", "commands", "remedy"),
    [
        ("plan.json", (b'"alpha": 0.05', b'"alpha": 0.15'), ["status", "compare", "run", "report"], "or remove it"),
        ("plan.json", (b'"trial_id": "', b'"trial_id": "0'), ["status", "compare", "run", "report"], "or remove it"),
        ("plans.jsonl", (b'"margin": 0.01', b'"margin": 0.09'), ["run", "report"], "Restore it from a copy"),
        ("study.toml", (b"epochs = 4", b"epochs = 5"), ["report"], "Undo the edit"),
        (
            "environment/*.json",
            (b'"threads_per_worker": 1', b'"threads_per_worker": 3'),
            ["compare", "run", "report"],
            "loses what its trials were computed with, and no number",
        ),
    ],
)
def test_a_document_that_was_changed_is_refused_by_every_reader(
    finished: Workplace, refused, name: str, change: tuple[bytes, bytes], commands: list[str], remedy: str
) -> None:
    folder = finished.folder / "results/tiny"
    finished.study(seeds=4)  # there is something to do
    (path,) = folder.glob(name)
    content = path.read_bytes()
    assert change[0] in content
    path.write_bytes(content.replace(*change, 1))
    asked = {
        "status": (bench, "status", folder),
        "compare": (analysis, "compare", folder),
        "report": (analysis, "report", folder),
        "run": (bench, "run", finished.folder / "tiny.toml", "--out", folder, "--executor", "serial"),
    }
    for command in commands:
        said = refused(*asked[command])
        assert path.name in said
        assert "cannot be used: its " in said
        assert remedy in said
    path.write_bytes(content)
    assert bench(["status", str(folder)]) == 0


def test_what_is_cut_off_is_refused(store: Store, refused) -> None:
    path = store.trials / f"{TRIALS[1].trial_id}.parquet"
    whole = path.read_bytes()
    for length in (0, 4, 8, 100, len(whole) // 2, len(whole) - 8, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert path.name in refused(analysis, "compare", store.folder, *COMPARE)
        with pytest.raises(StorageError, match=path.name):
            store.read(TRIALS[1].trial_id)


@pytest.mark.parametrize("folder", [schema.TRIALS_FOLDER, schema.CURVES_FOLDER])
def test_files_that_changed_places_are_refused(store: Store, tmp_path: Path, folder: str) -> None:
    one, other = (store.folder / folder / f"{each.trial_id}.parquet" for each in TRIALS[:2])
    contents = one.read_bytes(), other.read_bytes()
    one.write_bytes(contents[1])
    other.write_bytes(contents[0])
    with pytest.raises(StorageError, match=r"holds .*trial \w{16}: a file was renamed"):
        export(store, tmp_path / "all.parquet")
    read = load if folder == schema.TRIALS_FOLDER else curves_of
    with pytest.raises(TableError, match="a file was renamed"):
        read(store.folder)


def test_a_trial_of_another_study_is_left_out(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plan(store)

    def found() -> dict[str, Any]:
        assert analysis(["compare", str(store.folder), *COMPARE, "--json", "-"]) == 0
        return json.loads(capsys.readouterr().out)

    before = found()
    other = made(tmp_path / "other", [trial(condition("book", dropout=(0.1, 0.1)), 7)])
    for file in other.folder.glob("*/*.parquet"):
        (store.folder / file.parent.name / file.name).write_bytes(file.read_bytes())
    after = found()
    assert [each["seeds"] for each in after["dropped"]] == [[7]]
    assert after["comparisons"] == before["comparisons"]
    assert export(store, tmp_path / "all.parquet").trials == len(TRIALS)


def test_a_column_of_another_type_is_refused_by_name(store: Store) -> None:
    path = store.trials / f"{TRIALS[0].trial_id}.parquet"
    table = pq.read_table(path)
    index = table.column_names.index("test_correct")
    for changed, why in (
        (
            table.set_column(index, "test_correct", table["test_correct"].cast("int64")),
            "has test_correct as int64, not int32",
        ),
        (table.drop_columns(["test_correct"]), "lacks test_correct"),
        (table.append_column("note", table["seed"]), "has note as int64, not double"),
    ):
        pq.write_table(changed, path)
        path.write_bytes(seal(path.read_bytes()))
        with pytest.raises(StorageError, match=why):
            store.read(TRIALS[0].trial_id)
        with pytest.raises(TableError, match=why):
            load(store.folder)


def test_results_of_before_digests_are_refused_until_they_are_sealed(
    store: Store, refused, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted(store.folder.glob("*/*.parquet"))
    contents = [file.read_bytes() for file in files]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(unsealed(content))
    assert "bench seal DIR" in refused(analysis, "compare", store.folder, *COMPARE)
    assert "bench seal DIR" in refused(bench, "export", store.folder, store.folder / "all.parquet")
    for said in ("12 files sealed, 0 were already", "0 files sealed, 12 were already"):
        assert bench(["seal", str(store.folder)]) == 0
        assert said in capsys.readouterr().err
        assert [file.read_bytes() for file in files] == contents
    files[0].write_bytes(next(flips(contents[0], 96)))
    assert files[0].name in refused(bench, "seal", store.folder)
    assert "no results folder" in refused(bench, "seal", store.folder / "absent")
