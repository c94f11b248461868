"""Figures over tasks: every mark is where its number is, and no word is cut off, however many and long they are."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import analysis
from analysis.answer.profiles_over_tasks import profiles_over_tasks
from analysis.answer.tasks import compare_tasks
from analysis.figures import pairs_matrix, profiles, task_forest, theme
from analysis.figures.evidence_over_tasks import EvidenceOverTasks
from analysis.figures.plot import drawn, rendered
from analysis.report.task_sections.order import PLOTS_OVER_TASKS
from analysis.tables.loading import load_tasks
from analysis.tables.tasks import Tasks
from tests.unit.analysis.figures.words import words_lie_inside_and_apart
from tests.unit.analysis.task_trials import rows

pytestmark = pytest.mark.slow

WEIRD = {"name": "<b>$t$ & a task that goes on and on", "label": "<script>$x$ dropout_1-0.25_dropout_2-0.5"}
CASES: dict[str, dict[str, Any]] = {
    "usual": {},
    "fewest": {"tasks": 2, "conditions": 2},
    "most": {"tasks": 20, "conditions": 8},
    "long names": {"tasks": 12, "conditions": 8, **WEIRD},
    "one run": {"tasks": 5, "conditions": 2, "seeds": 1},
    "few seeds": {"tasks": 3, "conditions": 5, "seeds": 3},
}
EVERY = [
    pytest.param(plot, layout, given, id=f"{plot.name}, {layout.name}, {name}")
    for plot, layout, (name, given) in itertools.product(PLOTS_OVER_TASKS, theme.LAYOUTS, CASES.items())
]


def evidence(scale: str = "raw", margin: float = 0.002, **given: Any) -> EvidenceOverTasks:
    tasks = load_tasks(rows(**given))
    assert isinstance(tasks, Tasks)
    whole = compare_tasks(tasks, "test_accuracy", "none", margin=margin, scale=scale)
    return EvidenceOverTasks(whole, profiles_over_tasks(tasks, whole))


def figure_of(plot: Any, known: EvidenceOverTasks) -> Figure:
    with theme.applied("test"):
        return drawn(plot, known, theme.WIDE)


def panel(figure: Figure, label: str) -> Any:
    return next(axes for axes in figure.axes if axes.get_label() == label)


@pytest.mark.parametrize(("plot", "layout", "given"), EVERY)
def test_words_lie_inside_the_figure_and_apart(plot, layout, given, monkeypatch):
    words_lie_inside_and_apart(plot, evidence(**given), layout, monkeypatch)


@pytest.mark.parametrize("plot", PLOTS_OVER_TASKS, ids=lambda plot: plot.name)
def test_only_colours_that_a_dark_page_knows_and_labels_are_text(plot):
    svg = rendered(plot, evidence(tasks=3, **WEIRD), theme.WIDE, ("svg",))["svg"].decode()
    assert not set(re.findall(r"#[0-9a-f]{6}\b", svg)) - theme.DARK.keys()
    assert "<script" not in svg
    assert "&lt;script&gt;$" in svg


def test_the_forest_has_each_task_these_tasks_and_new_ones_where_their_numbers_are():
    known = evidence()
    axes = panel(figure_of(task_forest.PLOT, known), "rate-0.2")
    over, lines = known.whole.across["rate-0.2"], {line.get_label(): line for line in axes.lines}
    for index, (name, task) in enumerate(known.whole.tasks.items()):
        assert lines[name].get_xydata()[0] == pytest.approx(
            (100 * task.effects["rate-0.2"].headline.estimate, index), abs=1e-9
        )
    (diamond,) = (each for each in axes.patches if each.get_label() == task_forest.MEAN_THESE)
    corners = diamond.get_xy()[:, 0]
    assert (corners.min(), corners.max()) == pytest.approx((100 * over.these.low, 100 * over.these.high))
    assert 100 * over.these.estimate in [pytest.approx(each) for each in corners]
    assert lines[task_forest.MEAN_NEW].get_xdata()[0] == pytest.approx(100 * over.new.estimate)
    dashed = [line for line in axes.lines if line.is_dashed()]
    assert [end for line in dashed for end in line.get_xdata()] == pytest.approx(
        [100 * over.new.prediction_low, 100 * over.new.prediction_high]
    )


def test_an_interval_without_limit_ends_in_an_arrow_at_the_edge():
    known = evidence()
    over = known.whole.across["rate-0.1"]
    across = known.whole.across | {"rate-0.1": replace(over, these=replace(over.these, high=None))}
    axes = panel(figure_of(task_forest.PLOT, replace(known, whole=replace(known.whole, across=across))), "rate-0.1")
    (arrow,) = (line for line in axes.lines if line.get_marker() == ">" and 4 < line.get_ydata()[0] < 5)
    assert arrow.get_xdata()[0] == axes.get_xlim()[1]


def test_on_the_scale_of_ratios_the_axis_is_per_cent_above_one():
    known = evidence(scale="log-ratio")
    axes = panel(figure_of(task_forest.PLOT, known), "rate-0.2")
    line = next(line for line in axes.lines if line.get_label() == "task-0")
    estimate = known.whole.tasks["task-0"].effects["rate-0.2"].headline.estimate
    assert line.get_xdata()[0] == pytest.approx(100 * (np.exp(estimate) - 1))
    assert "per cent above 1" in task_forest.measured(known.whole)


def test_the_profile_shows_the_share_of_runs_above_the_median_of_the_control():
    known, given = evidence(), rows()
    profile = next(each for each in known.profiles if each.condition == "rate-0.2")
    middle = given[given["condition"] == "none"].groupby("task")["test_accuracy"].median()
    mine = given[given["condition"] == "rate-0.2"]
    apart = mine["test_accuracy"].to_numpy() - middle[mine["task"]].to_numpy()
    for place in (0, 40, 60, 80, 120):
        assert profile.share[place] == np.mean(apart > profile.thresholds[place])
    svg = figure_of(PLOTS_OVER_TASKS[1], known)
    line = next(line for line in panel(svg, "rate-0.2").lines if line.get_label() == "rate-0.2")
    assert list(line.get_ydata()) == pytest.approx([100 * each for each in profile.share])


def test_one_run_on_each_task_has_no_diamond_of_these_tasks_and_no_band() -> None:
    known = evidence(tasks=5, conditions=2, seeds=1)
    words = {each.get_text() for each in figure_of(task_forest.PLOT, known).findobj(Text)}
    assert task_forest.MEAN_NEW in words and not {task_forest.MEAN_THESE, task_forest.ONE_NEW} & words
    assert not figure_of(profiles.PLOT, known).axes[0].collections
    assert figure_of(profiles.PLOT, evidence(tasks=5, conditions=2, seeds=9)).axes[0].collections
    for plot in (task_forest.PLOT, profiles.PLOT):
        assert "Band" not in plot.caption(known) and "mean over these tasks" not in plot.caption(known)


def test_the_matrix_has_the_counts_of_every_pair():
    known = evidence(tasks=7, conditions=4)
    (axes,) = figure_of(pairs_matrix.PLOT, known).axes
    texts = {text.get_text() for text in axes.texts}
    assert len(known.whole.pairs) == 6
    for each in known.whole.pairs:
        assert f"{each.wins}/{each.ties}/{each.losses}" in texts


def test_labels_that_begin_alike_stay_apart():
    labels = [f"dropout_1-0.25_dropout_2-0.{place}" for place in range(1, 12)]
    assert len(set(theme.told_apart(labels))) == len(labels)
    assert all(len(each) <= 20 for each in theme.told_apart(labels))
    assert theme.told_apart(["none", "a" * 21]) == ["none", "a" * 19 + "…"]


def test_a_comparison_over_tasks_draws_its_figures():
    found = analysis.compare(rows(), "test_accuracy", "none")
    assert isinstance(found, analysis.ComparisonOverTasks)
    assert {axes.get_label() for axes in found.plot().axes} == {"rate-0.1", "rate-0.2"}
    assert found.plot("pairs").axes
    with pytest.raises(analysis.TableError, match="'pair' is no figure over tasks; did you mean 'pairs'"):
        found.plot("pair")
