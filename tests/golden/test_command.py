"""The command writes what is new or has a new version, and refuses while numbers alone moved."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.golden.__main__ import DONE, REFUSED, main
from tests.golden.everything import GOLDENS
from tests.golden.golden import Golden, Numbers, place
from tests.golden.recorded import COMMAND, moved, raised, read, shown

MADE: Numbers = {"losses": [2.25, 1.5], "correct": [10, 20], "right": ["0110"]}
OTHERS = {
    "a loss off by 2e-9": {"losses": [2.25, 1.5 * (1 + 2e-9)]},
    "a count": {"correct": [10, 21]},
    "a text": {"right": ["0111"]},
    "a number less": {"losses": [2.25]},
    "a number that is none": {"losses": [2.25, float("nan")]},
    "a thing less": {"losses": []},
}


def golden(name: str = "one", version: int = 1, **numbers: list) -> Golden:
    return Golden(name, {"regulariser dropout": version, "engine stacked": 3}, lambda: MADE | numbers)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.json"
    assert main([golden(), golden("two")], path) == DONE
    return path


def test_what_is_written_is_read(file: Path) -> None:
    assert {name: entry.numbers for name, entry in read(file).items()} == {"one": MADE, "two": MADE}
    assert read(file)["one"].versions == {"regulariser dropout": 1, "engine stacked": 3}


@pytest.mark.parametrize("numbers", OTHERS.values(), ids=OTHERS)
def test_numbers_that_moved_alone_are_refused_with_what_to_do(file: Path, capsys, numbers: Numbers) -> None:
    before = file.read_bytes()
    assert main([golden(**numbers), golden("two", version=2), golden("three")], file) == REFUSED
    assert file.read_bytes() == before
    said = capsys.readouterr().err
    (key,) = numbers
    for expected in ("one: numbers moved", key, "`version` of the record in bench/regularisers/dropout.py", COMMAND):
        assert expected in said
    assert 'NUMERICS_VERSION["stacked"] in bench/record/trials.py' in said
    assert "nothing is written" in said


def test_a_message_says_from_what_to_what_and_by_how_much(file: Path) -> None:
    (line,) = moved(golden(), read(file)["one"], MADE | {"losses": [2.25, 1.5 * (1 + 1e-7)]})
    assert line == "losses, 2 of 2: was 1.5, is 1.50000015, off by 1e-07 of it"


def test_what_moved_most_is_shown_first_and_few_are_shown(file: Path) -> None:
    lines = moved(golden(), read(file)["one"], {"losses": [2.5, 1.6], "correct": [12, 20], "right": ["1"]})
    assert [line.split(":")[0] for line in lines] == [
        "right, 1 of 1",
        "correct, 1 of 2",
        "losses, 1 of 2",
        "losses, 2 of 2",
    ]
    assert "losses, 2 of 2" not in shown(golden(), lines)
    assert "and 1 more" in shown(golden(), lines)


def test_rounding_is_no_move_and_leaves_the_entry(file: Path) -> None:
    before = file.read_bytes()
    assert main([golden(losses=[2.25, 1.5 * (1 + 5e-10)]), golden("two")], file) == DONE
    assert file.read_bytes() == before


def test_a_raised_version_is_written_and_nothing_else(file: Path) -> None:
    two = golden("two", losses=[2.25 * (1 + 5e-10), 1.5])
    assert main([golden(version=2, correct=[11, 20]), two], file) == DONE
    entries = read(file)
    assert entries["one"].numbers == MADE | {"correct": [11, 20]}
    assert entries["one"].versions["regulariser dropout"] == 2
    assert entries["two"].numbers == MADE
    assert not raised(golden(version=2), entries["one"])


def test_a_version_that_went_back_is_refused(file: Path, capsys) -> None:
    before = file.read_bytes()
    assert main([golden(version=0), golden("two")], file) == REFUSED
    assert "went back from 1 to 0" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_other_things_of_a_version_are_another_golden(file: Path, capsys) -> None:
    changed = replace(golden(), versions={"engine stacked": 4})
    assert main([changed, golden("two")], file) == REFUSED
    assert "one: it has versions of engine stacked, its entry of" in capsys.readouterr().err


def test_an_entry_goes_once_its_golden_is_gone(file: Path, capsys) -> None:
    assert main([golden("two")], file) == DONE
    assert list(read(file)) == ["two"]
    assert "removed: one" in capsys.readouterr().out


def test_what_cannot_be_computed_here_is_kept_but_not_with_a_new_version(file: Path, capsys) -> None:
    lacking = replace(golden(), absent=lambda: "install it", compute=lambda: pytest.fail("computed"))
    assert main([lacking, golden("two"), replace(lacking, name="new")], file) == DONE
    assert read(file)["one"].numbers == MADE
    assert "not computed: new (install it)" in capsys.readouterr().out
    assert (
        main([replace(lacking, versions={"regulariser dropout": 2, "engine stacked": 3}), golden("two")], file)
        == REFUSED
    )


@pytest.mark.parametrize("thing", sorted({thing for each in GOLDENS for thing in each.versions}))
def test_each_version_is_where_a_message_says(thing: str) -> None:
    named, _, file = place(thing).rpartition(" in ")
    assert (Path(__file__).parents[2] / file).is_file()
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    name = named.split("[")[0]
    assert hasattr(module, name) or thing.rpartition(" ")[2] in Path(file).stem
