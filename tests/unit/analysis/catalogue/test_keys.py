"""Every key of every answer is in exactly one entry, and no entry names a key that there is not."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.catalogue import METHODS
from analysis.catalogue.entry import BY_R, COMPARISON
from analysis.catalogue.example import frame
from analysis.cli import main

ROOT = Path(__file__).parents[4]
ASKED = ("--metric", "test_accuracy", "--control", "none")
Run = Callable[..., Any]


def leaves(answer: Mapping[str, Any], where: str) -> Iterator[tuple[str, str, bool]]:
    """Yield every key of an object, where it is found, and whether it leads to further keys; those too."""
    for name, value in answer.items():
        rows = value if isinstance(value, list) else [value]
        objects = [row for row in rows if isinstance(row, Mapping) and all(str(key).isidentifier() for key in row)]
        yield where, name, bool(objects)
        for row in objects:
            yield from leaves(row, f"{where}.{name}[]" if isinstance(value, list) else f"{where}.{name}")


def test_leaves_are_told_from_what_leads_to_them() -> None:
    found = set(leaves({"a": 1, "b": [{"c": None}], "d": {"e": [1]}, "f": {"no name": 2}, "g": []}, "x"))
    branches = {("x", "b", True), ("x", "d", True)}
    ends = {("x", "a"), ("x.b[]", "c"), ("x.d", "e"), ("x", "f"), ("x", "g")}
    assert found == branches | {(*each, False) for each in ends}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command of the analysis and gives the object that it answers with."""

    def command(*arguments: object) -> Any:
        assert main([*map(str, arguments), "--json", "-"]) == 0
        return json.loads(capsys.readouterr().out)

    return command


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    """Tables of every kind: all that a study has, the bare columns, one seed, no variation, crossed sources."""
    whole = frame()
    bare = whole.assign(test_accuracy=whole["test_correct"] / whole["test_total"])[
        ["condition", "seed", "test_accuracy"]
    ]
    crossed = whole[whole["condition"] == "none"].drop(columns="seed").reset_index(drop=True)
    sources = np.array(list(itertools.product((0, 1), repeat=3)))
    kinds = {
        "whole": whole.assign(stays_at_chance=whole["condition"] == "middle"),
        "bare": bare,
        "one": bare[bare["seed"] == 0],
        "steady": bare.assign(test_accuracy=0.5),
        "crossed": crossed.assign(
            seed=range(8), init_seed=sources[:, 0], order_seed=sources[:, 1], mask_seed=sources[:, 2]
        ),
    }
    for name, rows in kinds.items():
        rows.to_parquet(tmp_path / f"{name}.parquet")
    return {name: tmp_path / f"{name}.parquet" for name in kinds}


def emitted(*answers: tuple[str, Any]) -> set[tuple[str, str]]:
    """Return the keys of all `answers`, (command, object), without those that lead to further keys in any of them."""
    found = {each for command, answer in answers for each in leaves(answer, command)}
    branches = {(where, name) for where, name, leads in found if leads}
    return {(where, name) for where, name, _ in found} - branches


def catalogued(command: str) -> set[tuple[str, str]]:
    every = [(each.where, name) for method in METHODS for each in method.fills for name in each.names]
    return {(where, name) for where, name in every if where.split(".")[0] == command}


def test_no_key_is_in_two_entries() -> None:
    times = Counter((each.where, name) for method in METHODS for each in method.fills for name in each.names)
    assert [key for key, number in times.items() if number > 1] == []


def test_keys_of_compare(run: Run, tables: dict[str, Path], tmp_path: Path) -> None:
    """The comparison on a task has the keys of any comparison."""
    answers = [run("compare", path, *ASKED) for path in tables.values()]
    answers.append(run("compare", tables["whole"], "--metric", "generalisation_gap", "--control", "none"))
    pd.concat([frame().assign(task=name) for name in "abc"]).to_parquet(tmp_path / "tasks.parquet")
    found = emitted(*(("compare", each) for each in [*answers, run("compare", tmp_path / "tasks.parquet", *ASKED)]))
    of_tasks = {(where, name) for where, name in found if where.startswith("compare.tasks[]")} - {
        ("compare.tasks[]", "task")
    }
    alone = {(where.replace("compare.tasks[]", "compare"), name) for where, name in of_tasks}
    assert alone <= found | {("compare", each) for each in ("comparisons", "divergence", "bad_endings", "conditions")}
    assert found - of_tasks == catalogued("compare")


@pytest.mark.slow
def test_keys_of_power(run: Run, tables: dict[str, Path]) -> None:
    pilot = ("power", *ASKED, "--pilot")
    answers = [
        run("power", "--sd", 0.4, "--delta", 0.2),
        run("power", "--sd", 0.4, "--n", 20),
        run(*pilot, tables["whole"], "--delta", 0.0001),
        run(*pilot, tables["whole"], "--n", 20),
        run("power", "--sd", 0.4, "--margin", 0.3),
        run(*pilot, tables["whole"], "--margin", 0.0001, "--n", 20),
        run(*pilot, tables["one"], "--n", 20),
    ]
    assert emitted(*(("power", each) for each in answers)) == catalogued("power")


def test_keys_of_sequential(run: Run, tables: dict[str, Path]) -> None:
    answers = [
        run("sequential", tables["whole"], *ASKED, "--planned-looks", 2),
        run("sequential", tables["one"], *ASKED),
        run("sequential", tables["whole"], *ASKED, "--estimand", "mean"),
    ]
    assert emitted(*(("sequential", each) for each in answers)) == catalogued("sequential")


def test_keys_of_variance(run: Run, tables: dict[str, Path]) -> None:
    answers = [run("variance", tables[name], "--metric", "test_accuracy") for name in ("crossed", "bare")]
    assert emitted(*(("variance", each) for each in answers)) == catalogued("variance")


def test_keys_of_selfcheck(run: Run, tables: dict[str, Path]) -> None:
    answers = [run("selfcheck", tables[name], *ASKED) for name in ("whole", "one")]
    assert emitted(*(("selfcheck", each) for each in answers)) == catalogued("selfcheck")


def test_keys_of_factors_are_there(run: Run, tmp_path: Path) -> None:
    """Entries name what a factorial has of its own; the other keys of a contrast are those of a comparison."""
    rows = frame()
    crossed = pd.concat(
        [rows.assign(condition=rows["condition"] + each, kind=each, rate=rows["rate"]) for each in "ab"]
    )
    crossed.to_parquet(tmp_path / "crossed.parquet")
    answer = run("factorial", tmp_path / "crossed.parquet", "--metric", "test_accuracy", "--factors", "rate", "kind")
    assert catalogued("factorial") <= emitted(("factorial", answer))
    assert len(catalogued("factorial")) == 10


def test_keys_of_throughput(run: Run, tmp_path: Path, measured: Any, made_slots: Any, disturb: Any) -> None:
    rows = made_slots({"none": 1.0, "book": 1.2})
    measured(tmp_path, [disturb(rows[0]), *rows[1:]])
    answer = run("throughput", tmp_path, "--control", "none")
    assert emitted(("throughput", answer)) == catalogued("throughput")


def test_entries_name_the_comparison_with_r_where_r_has_their_keys_and_only_there() -> None:
    by_r = set(
        pd.read_csv(ROOT / BY_R.split("::")[0].replace("test_comparison.py", "comparison_r.csv"), comment="#")["key"]
    )
    objects = (COMPARISON, "compare.omnibus", "compare.conditions[]")
    with_r = {
        method.title
        for method in METHODS
        if any(each.where in objects and by_r & set(each.names) - {"n_pairs"} for each in method.fills)
    }
    assert {method.title for method in METHODS if BY_R in method.checked_by} == with_r
