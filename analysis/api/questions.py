"""What else is asked of a table from Python: sample sizes, sequences, sources of variance, the self-check, factors."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import pandas as pd

from analysis.answer.asked import checked, followed
from analysis.answer.power_question import Planning
from analysis.answer.variance import variance_by_source
from analysis.api import answers
from analysis.api.given import alpha_of, metric_and_control, number, numbers, whole
from analysis.api.in_python import in_python
from analysis.base.errors import TableError
from analysis.base.records import merged
from analysis.factorial import analyse
from analysis.factorial.design import Crossing
from analysis.factorial.slopes import Scores
from analysis.tables.loading import load
from analysis.tables.question import Told
from analysis.tables.table import Table
from analysis.tables.tasks import Tasks
from bench.schema.known_metrics import MEAN, Direction

Source = Table | Tasks | pd.DataFrame | Path | str


@in_python
def power(
    sd: float | None = None,
    *,
    delta: float | None = None,
    n: int | None = None,
    margin: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    comparisons: int | None = None,
    estimand: str = MEAN,
    pilot: Source | None = None,
    metric: str | None = None,
    control: str | None = None,
) -> answers.Plan | answers.PilotPlan | answers.MarginPlan | answers.PilotMargin:
    """Return how many seeds find a difference or its absence, or what `n` seeds find.

    Parameters
    ----------
    sd : float, optional
        Standard deviation of the paired differences, in the metric's own unit. Give it or `pilot`.
    delta : float, optional
        True difference, above 0. Without `margin`, give it or `n`; with `margin` it is positive where better.
    n : int, optional
        Number of seeds, 2 or more.
    margin : float, optional
        Smallest difference that matters: plan for a difference from 0, one beyond the margin, one not worse by it, and
        equivalence within it.
    alpha, power : float
        Two-sided error rate, and the probability of finding the difference.
    comparisons : int, optional
        Conditions compared with the control. Default: 1, or the pilot's.
    estimand : {"mean", "typical"}
        Which difference is to be found.
    pilot : Table, DataFrame, Path or str, optional
        Table that the standard deviations are taken from, as `load` takes it.
    metric, control : str, optional
        Of the pilot. Default: those of a results folder's plan.

    Raises
    ------
    TableError
        Not one question and one standard deviation, or a number out of range.
    """
    given = numbers("power", sd=sd, delta=delta, margin=margin)
    asked = Planning(
        given["delta"],
        whole("power", "n", n),
        given["margin"],
        number("power", "alpha", alpha),
        number("power", "power", power),
        whole("power", "comparisons", comparisons),
        estimand,
    )
    if faults := asked.faults(given["sd"], pilot=pilot is not None):
        raise TableError("power", faults)
    if pilot is None:
        assert given["sd"] is not None
        return answers.printed_plan(asked.of_sd(given["sd"]))
    table = load(pilot)
    names = metric_and_control(table.source, table.analysis, metric, control)
    return answers.printed_plan(asked.of_pilot(table, *names))


@in_python
def sequential(
    table: Source,
    metric: str | None = None,
    control: str | None = None,
    *,
    alpha: float | None = None,
    direction: Direction | None = None,
    estimand: str | None = None,
    planned_looks: int | None = None,
) -> answers.Sequences:
    """Return what was known of every condition after each seed, however often one looked; the errors of `compare`.

    Of the median difference where the typical one is estimated, which is the default without a plan; of the mean with
    ``estimand="mean"``. Metric, control and alpha are by default those of a results folder's plan. `planned_looks`: the
    seeds are looked at so many times, evenly, at levels by O'Brien-Fleming spending.
    """
    loaded = load(table)
    names = metric_and_control(loaded.source, loaded.analysis, metric, control)
    looks = whole(loaded.source, "planned_looks", planned_looks)
    if looks is not None and looks < 1:
        raise TableError("sequential", [f"planned_looks is {looks}; allowed: 1 or more"])
    told: Told = {"alpha": alpha_of(loaded.analysis, alpha), "direction": direction, "estimand": estimand}
    return merged(answers.Sequences, followed(loaded, *names, planned=looks, **told))


@in_python
def selfcheck(
    table: Source, metric: str | None = None, control: str | None = None, *, alpha: float | None = None
) -> answers.SelfCheck:
    """Return the error rates of the tests and intervals on these very data; the errors of `compare`.

    Metric, control and alpha are by default those of a results folder's plan.
    """
    loaded = load(table)
    names = metric_and_control(loaded.source, loaded.analysis, metric, control)
    return merged(answers.SelfCheck, checked(loaded, *names, alpha=alpha_of(loaded.analysis, alpha)))


@in_python
def variance(table: Source, metric: str | None = None, *, alpha: float | None = None) -> answers.Variance:
    """Return each condition's variance by source: initialisation, order, mask; the errors of `load`.

    Metric and alpha are by default those of a results folder's plan.
    """
    loaded = load(table)
    name, _ = metric_and_control(loaded.source, loaded.analysis, metric)
    return merged(answers.Variance, variance_by_source(loaded, name, alpha_of(loaded.analysis, alpha)))


@in_python
def factorial(
    table: Source,
    metric: str | None = None,
    crossed: Crossing | None = None,
    *,
    scores: Scores = "raw",
    **told: Unpack[Told],
) -> answers.Factorial:
    """Return main effects, interactions and simple effects of the factors that a table crosses.

    `analysis.factorial.analyse.factorial` has the parameters; metric, margin and alpha are by default those of the plan
    of a results folder.
    """
    loaded = load(table)
    plan = loaded.analysis
    name, _ = metric_and_control(loaded.source, plan, metric)
    told["alpha"] = alpha_of(plan, told.get("alpha"))
    if told.get("margin") is None and plan is not None:
        told["margin"] = plan.margin_of(name)
    return merged(answers.Factorial, analyse.factorial(loaded, name, crossed, scores=scores, **told))
