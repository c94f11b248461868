"""Comparisons for the Python interface: numbers, and how they print, draw and report themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.answer import comparison as answer
from analysis.answer.compare import compare as compared
from analysis.answer.headline import ALONE
from analysis.answer.tasks import compare_tasks
from analysis.api.given import alpha_of, metric_and_control, numbers
from analysis.api.in_python import in_python
from analysis.api.tasks import ComparisonOverTasks
from analysis.base.errors import TableError, nearest
from analysis.tables.epochs import refuse_best_of
from analysis.tables.loading import Source, load_tasks
from analysis.tables.percent import hundredth
from analysis.tables.plan import PlannedAnalysis
from analysis.tables.question import RAW, Told
from analysis.tables.table import Table
from analysis.tables.tasks import Tasks
from analysis.wording.number_format import probability
from analysis.wording.terminal import interval, render, signed
from analysis.wording.verdicts import short
from bench.schema.known_metrics import Direction, is_fraction

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparison(answer.Comparison):
    """A comparison that prints, draws and reports itself; `effects` has one typed record per condition.

    Parameters
    ----------
    table : Table
        What was compared.
    """

    table: Table = field(repr=False, compare=False)

    def __str__(self) -> str:
        return render(self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per condition, indexed by it, and one column for each number of its effect."""
        rows = [
            {name: value for name, value in each.to_json().items() if not isinstance(value, dict | list)}
            | {f"headline_{name}": value for name, value in each.headline.to_json().items()}
            for each in self.effects.values()
        ]
        return pd.DataFrame(rows).set_index("condition") if rows else pd.DataFrame(index=pd.Index([], name="condition"))

    def plot(self, name: str = "differences") -> Figure:
        """Return a figure of the report by its name; raise TableError where there is none, or nothing to draw."""
        from analysis.figures import theme  # noqa: PLC0415 - matplotlib is slow to import
        from analysis.figures.plot import drawn  # noqa: PLC0415
        from analysis.report.evidence_of_table import evidence_of  # noqa: PLC0415
        from analysis.report.sections.order import PLOTS, entries  # noqa: PLC0415

        plots = {plot.name: plot for plot in PLOTS}
        if name not in plots:
            raise TableError(
                "plot", [f"{name!r} is no figure{nearest(name, list(plots))} (figures: {', '.join(plots)})"]
            )
        plan = PlannedAnalysis(
            self.control, self.metric, alpha=self.alpha, margin=self.margin, direction=self.direction
        )
        if not (self.unit.independent or plots[name] in [plot for each in entries(self) for plot in each.plots]):
            raise TableError("plot", [f"{name!r} takes independent seeds, and these are splits of one data set"])
        evidence = evidence_of(self.table, plan, {self.metric: self})
        if (why := plots[name].missing(evidence)) is not None:
            raise TableError("plot", [why])
        with theme.applied(name):
            return drawn(plots[name], evidence, theme.WIDE)

    def report(self, folder: Path | str) -> Path:
        """Write the report of what was compared to `folder`, of a results folder by its plan; return its page."""
        from analysis.report.of_table import write_report_of  # noqa: PLC0415 - matplotlib is slow to import

        if self.table.analysis is not None and Path(self.table.source).is_dir():
            instead: Told = {} if self.test_fraction is None else {"test_fraction": self.test_fraction}
            return write_report_of(self.table, out=folder, **instead)
        told: Told = {
            "margin": self.margin,
            "alpha": self.alpha,
            "direction": self.direction,
            "estimand": self.estimand,
            "bad_ending": self.bad_ending,
            "test_fraction": self.test_fraction,
        }
        return write_report_of(self.table, out=folder, metric=self.metric, control=self.control, **told)

    def _repr_html_(self) -> str:
        scale = 100 if is_fraction(self.metric) else 1
        header = ("", "pairs", "difference", "interval", "p (adjusted)", "verdict")
        rows = []
        for each in self.effects.values():
            told, difference = each.headline, each.headline.estimate
            ends = interval(told.low, told.high, scale, each.margin) + (" (t)" if told.interval == ALONE else "")
            shown = "-" if difference is None else signed([difference], scale, each.margin)[0]
            p = "-" if told.p is None else probability(told.p)
            rows.append((each.condition, str(each.n_pairs), shown, ends, p, short(each)))
        unit = ", percentage points" if scale == 100 else ""
        caption = f"{self.metric} against {self.control}{unit}; {100 * (1 - self.alpha):g}% intervals"
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
        return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


@in_python
def compare(
    table: Source | Tasks | Sequence[Path | str] | Mapping[str, Source],
    metric: str | None = None,
    control: str | None = None,
    *,
    margin: float | None = None,
    alpha: float | None = None,
    direction: Direction | None = None,
    estimand: str | None = None,
    bad_ending: float | None = None,
    percent: bool = False,
    late_epochs: int | None = None,
    epochs: str | None = None,
    condition: str = "condition",
    seed: str = "seed",
    task: str | None = None,
    scale: str = RAW,
    test_fraction: float | None = None,
    where: Mapping[str, str] | None = None,
) -> Comparison | ComparisonOverTasks:
    """Compare every condition of a table with the control, paired by seed; of several tasks, on each and over them.

    Parameters
    ----------
    table : Table, DataFrame, Path or str; or a list of paths, or a mapping of task to any of these
        As `load` takes it, with its parameters `condition`, `seed`, `task` and `where`.
    metric, control : str, optional
        A column, and the label of a condition. Default: those of a results folder's plan.
    margin : float, optional
        Smallest difference that matters, in the metric's own unit (fractions for accuracies). Default: the plan's.
    alpha : float, optional
        Error rate of each interval, and of the family. Default: the plan's, or 0.05.
    direction : {"higher", "lower"}, optional
        Which values are better. Default: the plan's, or by the metric's name.
    estimand : {"typical", "mean"}, optional
        Which centre of the differences leads. Default: the plan's, or the typical difference.
    bad_ending : float, optional
        By how much a run may end worse than the median of its condition. Default: the plan's, or 0.05 for accuracies.
    percent : bool
        Whether the metric, `margin` and `bad_ending` are in per cent: they are divided by 100.
    late_epochs : int, optional
        How many of the last epochs ``late_test_accuracy`` is the median of. Default: the plan's, or 4.
    epochs : str, optional
        Which epoch of a trial counts, in a table with a row for each: ``last``, or ``best:COLUMN`` by a validation
        metric.
    scale : {"raw", "log-ratio"}
        Over tasks: whether differences are of values, or of their logarithms (then `margin` is a ratio minus 1).
    test_fraction : float, optional
        Where the seeds are folds or random splits of one data set: the share of the examples of each split that are
        held out, 0.1 with 10 folds. The approximate test of Nadeau and Bengio then decides; without it nothing does.

    Returns
    -------
    Comparison, or of several tasks ComparisonOverTasks.

    Raises
    ------
    TableError
        A table that cannot be read; an unknown metric, control or direction; numbers out of range.
    """
    refuse_best_of("compare", epochs, metric)
    loaded = load_tasks(
        table,
        condition=condition,
        seed=seed,
        task=task,
        where=where,
        percent=metric or True if percent else False,
        late_epochs=late_epochs,
        epochs=epochs,
    )
    first = loaded.first if isinstance(loaded, Tasks) else loaded
    plan = first.analysis
    metric, control = metric_and_control(loaded.source, plan, metric, control)
    given = numbers(loaded.source, margin=margin, alpha=alpha, bad_ending=bad_ending, test_fraction=test_fraction)
    if percent:
        given |= {name: hundredth(given[name]) for name in ("margin", "bad_ending")}
    margin = given["margin"]
    told: Told = {
        "margin": margin if margin is not None or plan is None else plan.margin_of(metric),
        "alpha": alpha_of(plan, given["alpha"]),
        "direction": direction,
        "estimand": estimand,
        "bad_ending": given["bad_ending"],
        "scale": scale,
        "test_fraction": given["test_fraction"],
    }
    if isinstance(loaded, Tasks):
        over = compare_tasks(loaded, metric, control, **told)
        return ComparisonOverTasks(**{each.name: getattr(over, each.name) for each in fields(over)}, tables=loaded)
    if scale != RAW:
        raise TableError(loaded.source, [f"scale {scale!r} is for several tasks; this table is of one"])
    found = compared(loaded, metric, control, **told)
    return Comparison(**{each.name: getattr(found, each.name) for each in fields(found)}, table=loaded)
