"""import analysis: from a frame under anybody's column names to numbers, a table and a figure."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

import analysis
from analysis.answer.compare import compare
from analysis.figures.plot import SCREEN_DPI
from analysis.figures.theme import WIDE
from analysis.tables.table import from_frame
from analysis.wording.terminal import render
from bench.record.export import export
from bench.record.store import Store

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    gains = {"none": 0.0, "half": 0.01, "other": 0.001}
    rows = [
        {"method": method, "run": run, "test_accuracy": 0.85 + gain + rng.normal(0, 0.002)}
        for run in range(10)
        for method, gain in gains.items()
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def found(runs: pd.DataFrame) -> analysis.Comparison:
    return analysis.compare(runs, "test_accuracy", "none", condition="method", seed="run", margin=0.002)


def test_a_comparison_is_that_of_the_command(runs: pd.DataFrame, found: analysis.Comparison) -> None:
    plain = compare(
        from_frame(runs.rename(columns={"method": "condition", "run": "seed"})), "test_accuracy", "none", margin=0.002
    )
    assert found.to_json() == plain.to_json()
    assert str(found) == render(plain)
    assert list(found.effects) == ["half", "other"]
    assert found.effects["half"].headline.verdict == "superior"


def test_its_frame_has_a_row_for_each_condition_and_a_column_for_each_number(found: analysis.Comparison) -> None:
    frame = found.to_frame()
    assert list(frame.index) == ["half", "other"]
    assert frame.loc["half", "mean_difference"] == found.effects["half"].mean_difference
    assert frame.loc["other", "headline_verdict"] == found.effects["other"].headline.verdict
    assert not frame.map(lambda cell: isinstance(cell, list | dict)).any(axis=None)


def test_it_shows_itself_small(runs: pd.DataFrame, found: analysis.Comparison) -> None:
    assert len(repr(found)) < 200
    page = found._repr_html_()
    assert page.count("<tr>") == 3
    assert "<td>half</td><td>10</td>" in page
    told = analysis.compare(runs.replace({"half": "<b>"}), "test_accuracy", "none", condition="method", seed="run")
    assert "<b>" not in told._repr_html_()


def test_it_draws_a_figure_by_name_and_says_why_where_there_is_none(found: analysis.Comparison) -> None:
    figure = found.plot()
    assert {"half", "other"} <= {text.get_text() for axes in figure.axes for text in axes.texts}
    with pytest.raises(analysis.TableError, match="'difference' is no figure; did you mean 'differences'"):
        found.plot("difference")
    with pytest.raises(analysis.TableError, match="no learning curves"):
        found.plot("learning-curves")


def test_a_notebook_shows_its_figure_without_any_backend(found: analysis.Comparison) -> None:
    shown = Image.open(io.BytesIO(found.plot()._repr_png_()))
    assert shown.width == round(WIDE.width * SCREEN_DPI)
    assert shown.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)  # readable on a dark page too


@pytest.mark.slow
def test_curves_of_a_folder_and_of_one_exported_file_are_drawn_alike(tmp_path: Path) -> None:
    folder, file = ROOT / "results/book-en", tmp_path / "book-en.parquet"
    export(Store(folder), file)
    of_folder, of_file = (
        analysis.compare(analysis.load(source), "test_accuracy", "none").plot("learning-curves")
        for source in (folder, file)
    )
    assert len(_lines(of_folder)) > 6
    for one, other in zip(_lines(of_folder), _lines(of_file), strict=True):
        np.testing.assert_array_equal(one, other)


def _lines(figure: Figure) -> list[np.ndarray]:
    return [line.get_xydata() for axes in figure.axes for line in axes.lines]


def test_direction_says_which_values_are_better(runs: pd.DataFrame) -> None:
    named = {"condition": "method", "seed": "run"}
    lower = analysis.compare(runs, "test_accuracy", "none", direction="lower", margin=0.002, **named)
    assert lower.effects["half"].headline.verdict == "inferior"
    with pytest.raises(analysis.TableError, match="direction is 'up'; allowed: 'higher', 'lower'"):
        analysis.compare(runs, "test_accuracy", "none", direction="up", **named)


def test_per_cent_become_fractions(runs: pd.DataFrame, found: analysis.Comparison) -> None:
    hundredfold = analysis.load(
        runs.assign(test_accuracy=100 * runs["test_accuracy"]), condition="method", seed="run", percent=True
    )
    again = analysis.compare(hundredfold, "test_accuracy", "none", margin=0.002)
    assert again.effects["half"].mean_difference == pytest.approx(found.effects["half"].mean_difference, rel=1e-9)


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        ({"condition": "methods"}, "column 'methods' is missing; did you mean 'method'"),
        ({"condition": "method"}, "column 'seed' is missing"),
        ({"condition": "method", "seed": "run", "task": "method"}, "column 'method' is missing"),
    ],
)
def test_columns_that_do_not_fit_are_named(runs: pd.DataFrame, names: dict[str, str], fault: str) -> None:
    with pytest.raises(analysis.TableError, match=fault):
        analysis.load(runs.assign(data=["a", "b"] * 15), **names)


def test_a_name_that_two_columns_claim_is_refused(runs: pd.DataFrame) -> None:
    with pytest.raises(analysis.TableError, match="there is another column of that name"):
        analysis.load(runs.assign(condition="x"), condition="method", seed="run")


def test_metric_and_control_are_those_of_a_folders_plan() -> None:
    whole = analysis.compare(ROOT / "results/book-en")
    assert (whole.metric, whole.control, whole.margin) == ("test_accuracy", "none", 0.001)
    with pytest.raises(analysis.TableError, match="metric is missing"):
        analysis.compare(pd.DataFrame({"condition": ["a", "b"], "seed": [0, 0], "x": [1.0, 2.0]}))


def test_other_questions_have_answers(runs: pd.DataFrame) -> None:
    table = analysis.load(runs, condition="method", seed="run")
    assert analysis.load(table) is table
    assert analysis.power(0.004, delta=0.002)
    for found in (
        analysis.sequential(table, "test_accuracy", "none"),
        analysis.selfcheck(table, "test_accuracy", "none"),
    ):
        assert (found.metric, found.control) == ("test_accuracy", "none")
    assert analysis.variance(ROOT / "results/book-en", "test_accuracy")
    assert analysis.factorial(ROOT / "results/weight-decay", "test_accuracy")
    with pytest.raises(analysis.TableError, match="one of the two"):
        analysis.power(0.004)
    with pytest.raises(analysis.TableError, match="does not exist; expected a results folder"):
        analysis.report("somewhere")


def test_importing_loads_nothing_heavy() -> None:
    script = (
        "import sys, analysis, bench; dir(analysis), dir(bench);"
        "print(sorted({'numpy', 'pandas', 'scipy', 'torch', 'matplotlib', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_name_that_is_none_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'compares'"):
        _ = analysis.compares
    assert {"compare", "load", "report", "factorial"} <= set(dir(analysis))
