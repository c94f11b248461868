"""What else is asked of a table from Python: sample sizes, sequences, sources of variance, the self-check."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.answer.asked import Checked, Followed, checked, followed
from analysis.answer.sample_size import Plan, planned
from analysis.answer.variance import VarianceBySource, variance_by_source
from analysis.base.errors import TableError
from analysis.methods.power import Design
from analysis.tables.loading import load
from analysis.tables.question import Question
from analysis.tables.table import Table
from analysis.tables.tasks import Tasks
from bench.schema.known_metrics import MEAN

Source = Table | Tasks | pd.DataFrame | Path | str


def power(
    sd: float,
    *,
    delta: float | None = None,
    n: int | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    estimand: str = MEAN,
) -> Plan:
    """Return how many seeds find a difference `delta`, or what difference `n` seeds find.

    Parameters
    ----------
    sd : float
        Standard deviation of the paired differences, in the metric's own unit.
    delta : float, optional
        True difference, above 0. Give it or `n`.
    n : int, optional
        Number of seeds, 2 or more.
    alpha, power : float
        Two-sided error rate, and the probability of finding the difference.
    estimand : {"mean", "typical"}
        Which difference is to be found.

    Raises
    ------
    TableError
        Both or neither of `delta` and `n`, or a number out of range.
    """
    design = Design(sd, alpha, power, estimand=estimand)
    faults = design.faults()
    if (delta is None) == (n is None):
        faults.append("give delta (how many seeds?) or n (what difference?), one of the two")
    if delta is not None and not delta > 0:
        faults.append(f"delta is {delta:g}; allowed: a finite number above 0")
    if n is not None and n < 2:
        faults.append(f"n is {n}; allowed: 2 or more")
    if faults:
        raise TableError("power", faults)
    return planned(design, delta, n)


def sequential(
    table: Source, metric: str, control: str, *, alpha: float = Question.ALPHA, estimand: str | None = None
) -> Followed:
    """Return what was known of every condition after each seed, however often one looked; the errors of `compare`.

    Of the median difference where the typical one is estimated, which is the default without a plan; of the mean with
    ``estimand="mean"``.
    """
    return followed(load(table), metric, control, alpha=alpha, estimand=estimand)


def selfcheck(table: Source, metric: str, control: str, *, alpha: float = Question.ALPHA) -> Checked:
    """Return the error rates of the tests and intervals on these very data; the errors of `compare`."""
    return checked(load(table), metric, control, alpha=alpha)


def variance(table: Source, metric: str, *, alpha: float = Question.ALPHA) -> VarianceBySource:
    """Return each condition's variance by source: initialisation, order, mask; the errors of `load`."""
    return variance_by_source(load(table), metric, alpha)
