"""scikit-learn's ``cv_results_``: one row a candidate and split, whatever it was saved as."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from analysis.cli import main
from bench.schema.known_metrics import direction_of
from tests.end_to_end.test_imports import by_the_tool, from_here

SAVED = ["cv_results.csv", "frame.json", "rows.json", "lists.json"]


@pytest.fixture(params=["here", pytest.param("tool", marks=pytest.mark.slow)])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "here":
        return from_here("sklearn", tmp_path)
    if importlib.util.find_spec("sklearn") is None:
        pytest.skip("scikit-learn is not installed: make test-frameworks")
    return by_the_tool("sklearn", tmp_path)


def imported(path: Path, *options: str) -> list[dict[str, Any]]:
    out = path.parent / "out.parquet"
    assert main(["import", "sklearn", str(path), "--out", str(out), *options]) == 0
    return pq.read_table(out).to_pylist()


def test_a_score_of_each_split_is_a_row_and_a_failed_fit_a_row_that_failed(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = np.load(written / "scores.npy").T  # [candidates, splits]
    assert np.isnan(scores).sum() == 1
    for name in SAVED:
        found = imported(written / name)
        said = capsys.readouterr().err
        labels = ("0.01", "1.0", "100.0") if name.endswith("csv") else ("0.01", "1", "100")
        expected = [(label, split) for label in labels for split in range(5)]
        assert [(row["condition"], row["seed"]) for row in found] == expected
        values = [np.nan if row["test_accuracy"] is None else row["test_accuracy"] for row in found]
        np.testing.assert_allclose(values, scores.ravel(), atol=1e-10)  # to_json of a frame keeps ten digits
        assert [row["status"] == "failed" for row in found] == np.isnan(scores).ravel().tolist()
        assert {"test_f1", "train_accuracy", "train_f1"} <= set(found[0])
        assert "no independent seeds" in said


def test_compare_warns_of_the_splits(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = written / "out.parquet"
    imported(written / "cv_results.csv")
    assert main(["compare", str(out), "--metric", "test_accuracy", "--control", "1.0", "--json", "-"]) == 0
    warnings = json.loads(capsys.readouterr().out.split("\n", 1)[1])["warnings"]
    assert any("no independent seeds" in each for each in warnings)


def test_a_candidate_of_several_parameters_is_named_by_those_that_vary(tmp_path: Path) -> None:
    path = tmp_path / "cv.csv"
    path.write_text(
        "param_C,param_kernel,param_tol,split0_test_score,split1_test_score\n1,rbf,0.1,0.8,0.9\n2,,0.1,0.7,0.6\n"
    )
    found = imported(path)
    assert [(row["condition"], row["seed"], row["test_score"]) for row in found] == [
        ("C=1, kernel=rbf", 0, 0.8),
        ("C=1, kernel=rbf", 1, 0.9),
        ("C=2, kernel=None", 0, 0.7),
        ("C=2, kernel=None", 1, 0.6),
    ]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.json", "{", "cannot be read as JSON"),
        ("a.json", "3", "no columns of one length"),
        ("a.json", '{"split0_test_score": [1], "param_C": [1, 2]}', "no columns of one length"),
        ("a.csv", "C,score\n1,2\n", "no column split0_test_score"),
        ("a.pkl", "", "is no .csv or .json"),
    ],
)
def test_what_is_no_result_of_a_search_is_refused(
    tmp_path: Path, name: str, content: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(content)
    assert main(["import", "sklearn", str(tmp_path / name), "--out", str(tmp_path / "o.csv")]) == 2
    said = capsys.readouterr().err
    assert name in said
    assert why in said


def test_a_loss_that_scikit_learn_has_negated_is_not_called_better_where_it_is_lower(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the name of the scorer alone, lower would be better; the values are of a loss with its sign turned."""
    path = tmp_path / "cv.csv"
    path.write_text("param_C,split0_test_nll,split1_test_nll,split0_test_mse\n1,-0.2,-0.3,0.5\n2,-0.1,-0.2,0.4\n")
    found = imported(path)
    assert [row["test_neg_nll"] for row in found] == [-0.2, -0.3, -0.1, -0.2]
    assert "test_mse" in found[0], "not negated: a scorer of somebody's own"
    assert "'test_nll' is never above 0" in capsys.readouterr().err
    assert direction_of("test_neg_nll") is None


def test_the_rounds_of_a_halving_search_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cv.csv"
    path.write_text("iter,n_resources,param_C,split0_test_score\n0,10,1,0.5\n0,10,2,0.6\n1,30,2,0.7\n1,30,1,0.8\n")
    assert main(["import", "sklearn", str(path), "--out", str(tmp_path / "o.csv")]) == 2
    assert "setting 'iter' distinguishes" in capsys.readouterr().err
    assert [row["test_score"] for row in imported(path, "--where", "iter=1")] == [0.7, 0.8]
