"""The second opinion of baycomp: where it agrees with the verdict, where it differs, and what it cannot be asked."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.answer.cross_check import cross_check
from analysis.base.errors import TableError
from analysis.cli import main
from analysis.tables.table import from_frame

pytest.importorskip("baycomp", reason="baycomp is an optional extra: regularisation-bench[bayes]")


def runs(shift: float, seeds: int = 20, metric: str = "test_accuracy") -> pd.DataFrame:
    random = np.random.default_rng(3)
    base = 0.85 + 0.003 * random.standard_normal(seeds)
    values = {"none": base, "half": base + shift + 0.001 * random.standard_normal(seeds)}
    rows = [(label, seed, float(value)) for label, each in values.items() for seed, value in enumerate(each)]
    return pd.DataFrame(rows, columns=["condition", "seed", metric])


@pytest.mark.parametrize(
    ("shift", "points_to"), [(0.01, "better"), (-0.01, "worse"), (0.0, "equivalent"), (0.002, None)]
)
@pytest.mark.parametrize("lower", [False, True])
def test_it_points_where_a_clear_verdict_does(shift: float, points_to: str | None, lower: bool) -> None:
    metric = "test_loss" if lower else "test_accuracy"
    frame = runs(-shift if lower else shift, metric=metric)
    (found,) = cross_check(compare(from_frame(frame), metric, "none", margin=0.002))
    assert found.points_to == points_to
    assert found.differs == (found.verdict_points_to != points_to)
    if points_to is not None:
        assert not found.differs
    assert found.p_better + found.p_equivalent + found.p_worse == pytest.approx(1)


def test_it_says_the_same_again_and_the_command_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    runs(0.01).to_csv(path, index=False)
    command = ["compare", str(path), "--metric", "test_accuracy", "--control", "none", "--margin", "0.002",
               "--cross-check"]  # fmt: skip
    told = []
    for _ in range(2):
        assert main([*command, "--json", "-"]) == 0
        told.append(json.loads(capsys.readouterr().out)["cross_check"])
    assert told[0] == told[1]
    assert told[0][0]["points_to"] == "better"
    assert main(command) == 0
    assert "half: better 1.000, equivalent 0.000, worse 0.000; as the verdict" in capsys.readouterr().out


def test_what_it_cannot_be_asked_is_said() -> None:
    with pytest.raises(TableError, match="needs --margin"):
        cross_check(compare(from_frame(runs(0.01)), "test_accuracy", "none"))
    frame = runs(0.01, metric="score")
    with pytest.raises(TableError, match="which values are better"):
        cross_check(compare(from_frame(frame), "score", "none", margin=0.01))
