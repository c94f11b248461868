"""import analysis: from a frame under anybody's column names to numbers, a table and a figure."""

from __future__ import annotations

import inspect
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

import analysis
from analysis.answer.compare import compare
from analysis.cli import main
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


ODD = {
    "categories": lambda frame: frame.assign(
        method=pd.Categorical(frame["method"], ["unused", *frame["method"].unique()])
    ),
    "arrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "missing allowed": lambda frame: frame.astype({"run": "Int64", "test_accuracy": "Float64", "method": "string"}),
    "decimals": lambda frame: frame.assign(test_accuracy=[Decimal(repr(each)) for each in frame["test_accuracy"]]),
    "objects": lambda frame: frame.astype(object),
    "index of runs": lambda frame: frame.set_index("run"),
    "index of both": lambda frame: frame.set_index(["method", "run"]),
    "repeated index": lambda frame: frame.set_index(pd.Index([0] * len(frame))),
    "index that is a column too": lambda frame: frame.set_index("run", drop=False),
}


@pytest.mark.parametrize("odd", ODD)
def test_frames_of_any_form_hold_the_same_numbers(odd: str, runs: pd.DataFrame, found: analysis.Comparison) -> None:
    same = analysis.compare(ODD[odd](runs), "test_accuracy", "none", condition="method", seed="run", margin=0.002)
    assert same.to_json() == found.to_json()


def test_labels_and_names_that_are_numbers_are_taken_as_they_are_written(runs: pd.DataFrame) -> None:
    numbered = runs.replace({"method": {"none": 0, "half": 1, "other": 2}}).rename(columns={"run": 7})
    found = analysis.compare(numbered, "test_accuracy", np.int64(0), condition="method", seed=7, margin=np.float64(0.1))
    assert (found.control, list(found.effects), found.margin) == ("0", ["1", "2"], 0.1)
    in_points = numbered.assign(test_accuracy=100 * numbered["test_accuracy"])
    named = {"condition": "method", "seed": 7, "percent": True}
    assert analysis.compare(in_points, "test_accuracy", 0, margin=np.float64(0.2), **named).margin == 0.002


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (pd.DataFrame(), "has no rows"),
        (
            pd.DataFrame([["a", 0, 0.5, 0.5]], columns=["condition", "seed", "x", "x"]),
            "several columns of one name: 'x'",
        ),
        (pd.DataFrame({"condition": ["a"], "seed": [0], "x": [1j]}), "cannot be read: .* column x with type complex"),
        (pd.DataFrame({"condition": ["a"], "seed": [0], "x": pd.arrays.SparseArray([1.0])}), "Sparse pandas data"),
        (pd.Series([1.0]), "is of type Series; allowed: a DataFrame, a path"),
        (None, "is of type NoneType; allowed"),
        ({"condition": ["a", "b"], "seed": [0, 0]}, "task 'condition' is of type list; .* makes a table of columns"),
    ],
)
def test_what_is_no_table_is_named(table: object, fault: str) -> None:
    with pytest.raises(analysis.TableError, match=fault):
        analysis.compare(table, "x", "a")


@pytest.mark.parametrize("name", ["margin", "alpha", "bad_ending", "test_fraction"])
def test_what_is_no_number_is_named(name: str, runs: pd.DataFrame) -> None:
    with pytest.raises(analysis.TableError, match=f"{name} is 'x'; allowed: a number"):
        analysis.compare(runs, "test_accuracy", "none", condition="method", seed="run", **{name: "x"})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"sd": 0.1, "n": 2.5}, "n is 2.5; allowed: a whole number"),
        ({"sd": 0.1, "delta": np.inf}, "delta is inf"),
        ({"sd": "a", "n": 5}, "sd is 'a'"),
        ({"sd": 0.1, "n": 5, "alpha": None}, "alpha is None; allowed: a number"),
        ({"sd": 0.1, "n": 5, "power": None}, "power is None; allowed: a number"),
        ({"n": 5}, "give sd or pilot TABLE"),
    ],
)
def test_a_plan_takes_numbers_alone(given: dict[str, object], fault: str) -> None:
    with pytest.raises(analysis.TableError, match=fault):
        analysis.power(**given)


def of_command(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[dict[str, object], str]:
    """Return the numbers and the words of a command."""
    assert main([*map(str, arguments), "--json", "-"]) == 0
    numbers = json.loads(capsys.readouterr().out)
    assert main([*map(str, arguments)]) == 0
    return numbers, capsys.readouterr().out


BOOK, DECAY = ROOT / "results/book-en", ROOT / "results/weight-decay"
QUESTIONS = {
    "power, seeds": (lambda: analysis.power(0.004, delta=0.002), "power --sd 0.004 --delta 0.002"),
    "power, difference": (
        lambda: analysis.power(0.004, n=np.int64(20), estimand="typical"), "power --sd 0.004 --n 20 --estimand typical",
    ),
    "power, margin": (
        lambda: analysis.power(0.004, margin=0.003, comparisons=2), "power --sd 0.004 --margin 0.003 --comparisons 2",
    ),
    "power, pilot": (lambda: analysis.power(pilot=BOOK, delta=0.002), f"power --pilot {BOOK} --delta 0.002"),
    "power, margins": (lambda: analysis.power(pilot=BOOK, margin=0.003), f"power --pilot {BOOK} --margin 0.003"),
    "sequential": (lambda: analysis.sequential(BOOK, planned_looks=3), f"sequential {BOOK} --planned-looks 3"),
    "selfcheck": (lambda: analysis.selfcheck(BOOK), f"selfcheck {BOOK}"),
    "variance": (lambda: analysis.variance(BOOK), f"variance {BOOK}"),
    "factorial": (lambda: analysis.factorial(DECAY), f"factorial {DECAY}"),
    "factorial, by name": (
        lambda: analysis.factorial(DECAY, "test_loss", alpha=0.1, margin=0.05),
        f"factorial {DECAY} --metric test_loss --alpha 0.1 --margin 0.05",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_has_the_numbers_and_the_words_of_the_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    ask, command = QUESTIONS[name]
    answer, (numbers, words) = ask(), of_command(capsys, *command.split())
    assert answer.to_json() == numbers
    assert f"{answer}\n" == words
    assert len(repr(answer)) < 300
    assert answer._repr_html_().startswith("<pre>")
    assert len(answer.to_frame()) > 0


@pytest.mark.parametrize("name", analysis._CALLABLE)
def test_a_package_that_is_a_function_has_all_parameters_of_it(name: str) -> None:
    first, *_ = inspect.signature(getattr(analysis, name)).parameters.values()
    assert first.name in ("table", "folder_or_table")


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
