"""What a slot left is read, or refused: other sources than its own, and records that lack things."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.assurance.gate import slot_result
from bench.assurance.gate.checkouts import Trees
from bench.assurance.gate.errors import GateFault
from bench.assurance.gate.refs import git
from bench.assurance.gate.slots import Slot

BENCHMARK = {"fullname": "tests/perf/test_a.py::test_a", "stats": {"min": 1.0, "data": [1.0, 4.0]}}


class Place:
    """Two one-file repositories and the record of the base's slot."""

    def __init__(self, folder: Path) -> None:
        sides = {side: folder / side for side in ("head", "base")}
        for tree in sides.values():
            (tree / "bench").mkdir(parents=True)
            (tree / "bench/__init__.py").write_text("")
            git(tree, "init", "--quiet")
            git(tree, "add", "--all")
            person = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false"]
            git(tree, *person, "commit", "--quiet", "--message", str(tree.name))
        self.trees = Trees(sides, {side: git(tree, "rev-parse", "HEAD") for side, tree in sides.items()}, folder)
        self.slot = Slot("base", "3", folder / "round-00-base.json")
        self.slot.log.write_text("the last line that it printed\n")
        self.content: dict[str, Any] = {
            "benchmarks": [BENCHMARK],
            "failures": {"test_b.py": "ImportError: no b"},
            "imported": {"bench": str(sides["base"] / "bench/__init__.py")},
            "side": "base",
        }

    def read(self, **changed: Any) -> slot_result.Record:
        content = {name: value for name, value in (self.content | changed).items() if value is not None}
        self.slot.record.write_text(json.dumps(content))
        return slot_result.read(self.slot, self.trees)

    def refused(self, why: str, **changed: Any) -> None:
        with pytest.raises(GateFault, match=why):
            self.read(**changed)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return Place(tmp_path.resolve())


def test_a_whole_record(place: Place) -> None:
    """The mean log of calls of 1 s and 4 s is log 2; the record is completed by what was measured."""
    found = place.read()
    assert found.log_seconds == {"tests/perf/test_a.py::test_a": pytest.approx(np.log(2))}
    assert (found.side, found.failures) == ("base", {"test_b.py": "ImportError: no b"})
    kept = json.loads(place.slot.record.read_text())
    assert (kept["commit"], kept["tree"]) == (place.trees.commits["base"], str(place.trees.sides["base"]))


def test_a_module_of_the_other_tree_is_a_fault(place: Place) -> None:
    stray = str(place.trees.sides["head"] / "bench/engines/stacked/model.py")
    imported = place.content["imported"] | {"bench.engines.stacked.model": stray}
    place.refused(f"did not measure its own tree .*bench.engines.stacked.model from {stray}", imported=imported)


def test_a_tree_whose_name_begins_alike_is_another(place: Place) -> None:
    place.refused("did not measure its own tree", imported={"bench": f"{place.trees.sides['base']}2/bench.py"})


def test_nothing_of_the_project_imported_is_a_fault(place: Place) -> None:
    place.refused("no module of bench at all", imported={})
    place.refused("no module of bench at all", imported=None)


def test_a_record_of_the_other_side_is_a_fault(place: Place) -> None:
    place.refused("the record calls its side 'head'", side="head")
    place.refused("the record calls its side None", side=None)


def test_a_tree_at_another_commit_or_changed_is_a_fault(place: Place) -> None:
    (place.trees.sides["base"] / "bench/__init__.py").write_text("changed = True\n")
    place.refused("or was changed")
    git(place.trees.sides["base"], "checkout", "--quiet", ".")
    place.trees.commits["base"] = "f" * 40
    place.refused("f{40} as committed was expected")


@pytest.mark.parametrize("lacking", ["benchmarks", "failures"])
def test_a_record_that_lacks_a_part_is_a_fault(place: Place, lacking: str) -> None:
    place.refused(f"an incomplete record.*{lacking}", **{lacking: None})


@pytest.mark.parametrize("stats", [{}, {"min": 1.0}, {"data": [1.0]}])
def test_a_benchmark_without_its_times_is_a_fault(place: Place, stats: dict[str, Any]) -> None:
    place.refused("an incomplete record", benchmarks=[BENCHMARK | {"stats": stats}])


def test_a_benchmark_that_took_no_time_is_a_fault(place: Place) -> None:
    place.refused("took no time", benchmarks=[BENCHMARK | {"stats": {"min": 0.0, "data": [0.0, 1.0]}}])


@pytest.mark.parametrize("text", [None, "", '{"benchmarks": [', "[]"])
def test_no_record_is_a_fault_that_shows_what_was_printed(place: Place, text: str | None) -> None:
    if text is not None:
        place.slot.record.write_text(text)
    with pytest.raises(GateFault, match=r"record[^|]*\| the last line that it printed"):
        slot_result.read(place.slot, place.trees)
