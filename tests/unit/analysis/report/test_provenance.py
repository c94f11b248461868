"""Where the numbers come from: environments are told once, plans by what they changed, seeds as ranges."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from analysis.report.document import Grid
from analysis.report.gather import gather
from analysis.report.sections import provenance

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def material(report):
    return gather(report(labels=("none", "book"), seeds=4).folder)


def grids(material, **changed):
    found = provenance.section(dataclasses.replace(material, **changed))
    return {each.name: each for each in found.blocks if isinstance(each, Grid)}


def test_what_environments_share_is_told_once_and_only_their_differences_side_by_side(material):
    one, other = ({"cpu": {"cores": cores}, "python": "3.12", "gpu": None} for cores in (2, 8))
    found = grids(material, environments={"a": one, "b": other})
    assert found["environment"].rows == (("python", "3.12"), ("gpu", "none"))
    assert found["environments"].rows == (("cpu.cores", "2", "8"),)
    assert [each.heading for each in found["environments"].columns] == ["what", "a", "b"]
    alone = grids(material, environments={"a": one})
    assert "environments" not in alone
    assert alone["environment"].caption == "Environment a."
    assert len(alone["environment"].rows) == 3


def test_a_plan_is_told_by_what_it_changed(material):
    first = {
        "time": "t1",
        "trials_done": 0,
        "analysis": {"control": "none", "margin": 0.001, "until": None, "alpha": 0.05},
    }
    second = {"time": "t2", "trials_done": 8, "analysis": {"control": "none", "margin": 0.002, "protocol": 2}}
    rows = grids(material, plan_changes=(first, second, second))["plan-changes"].rows
    assert [row[3] for row in rows] == [
        "control none; margin 0.001; alpha 0.05", "margin 0.002; protocol 2; alpha left out", "nothing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        (list(range(100)), "0-99"), ([3, 4, 5, 9], "3-5, 9"), ([2, 1, 0], "2, 1, 0"), ([256, 256], "256, 256"),
        (list(range(0, 40, 2)), ", ".join(map(str, range(0, 40, 2)))),
    ],
)  # fmt: skip
def test_seeds_are_ranges_and_nothing_is_cut_off(seeds, said):
    assert list(provenance.leaves({"trials": {"seeds": seeds}})) == [("trials.seeds", said)]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("python -m bench run dropout", "python -m bench run dropout --out 'my results'"),
        ("python -m bench run dropout --out /tmp/elsewhere", "python -m bench run dropout --out 'my results'"),
        ("python -m bench run 'a b.toml' --out x", "python -m bench run 'a b.toml' --out 'my results'"),
        ("not 'a command", "not 'a command"),
    ],
)
def test_both_commands_are_of_the_folder_where_the_results_are(run: str, said: str, tmp_path: Path) -> None:
    assert provenance.into(run, "my results", tmp_path / "study.toml") == said


def test_a_study_file_that_is_not_here_gives_way_to_the_one_of_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But not one of training code: its files lie beside the study, and not beside the results."""
    monkeypatch.chdir(tmp_path)
    kept, run = tmp_path / "results" / "study.toml", "python -m bench run my.toml --out results"
    kept.parent.mkdir()
    kept.write_text('name = "made"\n', encoding="utf-8")
    assert provenance.into(run, "results", kept) == "python -m bench run results/study.toml --out results"
    (tmp_path / "my.toml").touch()
    assert provenance.into(run, "results", kept) == "python -m bench run my.toml --out results"
    (tmp_path / "my.toml").unlink()
    kept.write_text('[experiment]\nfunction = "train.py:train"\n', encoding="utf-8")
    assert provenance.into(run, "results", kept) == "python -m bench run my.toml --out results"
