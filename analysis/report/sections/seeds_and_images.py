"""Verdicts over new seeds alone, beside those over new seeds and new test images."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.headline import OVER_IMAGES
from analysis.report.comparison_grid import headline_interval, interval_over_seeds
from analysis.report.document import Column, Grid, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.number_format import NOTHING, level
from analysis.wording.phrases import listed, quoted
from analysis.wording.units import unit_of
from analysis.wording.verdicts import short, worded
from bench.schema.known_metrics import TYPICAL


def section(_: Material, pool: Pool) -> Section | None:
    """Return both verdicts and intervals; None where no verdict covers new test examples."""
    judged, example = pool.primary.judged, pool.primary.drawn
    if not any(each.headline.scope in OVER_IMAGES for each in judged):
        return None
    title = f"New seeds, and new test {example}s"
    return Section(title, (Paragraph(_two_scopes(judged, example)), _scopes(pool.primary, judged)))


def _two_scopes(judged: list[Effect], example: str) -> str:
    """Return how many verdicts change with the scope."""
    both = [each for each in judged if each.headline.scope in OVER_IMAGES]
    changed = [quoted(each.condition) for each in both if _over_seeds(each) != short(each)]
    said = (
        f"Over seeds alone a verdict holds for this one test set; over seeds and test {example}s it holds for new "
        f"{example}s of the same kind too. The second interval is the first one, widened by what new {example}s add; "
        "all else is alike. "
    )
    if not changed:
        return said + "Here both give the same verdicts."
    verb = "has" if len(changed) == 1 else "have"
    return said + f"Here {listed(changed)} {verb} another verdict when new test {example}s count too."


def _over_seeds(each: Effect) -> str:
    """Return the verdict over seeds alone in words."""
    verdict = each.verdict_typical if each.headline.estimand == TYPICAL else each.verdict
    return NOTHING if verdict is None else worded(verdict, each.direction)


def _scopes(whole: Comparison, judged: list[Effect]) -> Grid:
    unit, told = unit_of(whole.metric), level(whole.alpha)
    return Grid(
        name="scopes",
        compact=True,
        caption=(
            f"Verdict and interval over new seeds alone, and over new seeds and new test {whole.drawn}s. "
            f"All intervals of a column hold at once, at {told}."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("over seeds alone", numeric=False),
            Column(f"{told} interval over seeds", unit.difference),
            Column(f"over seeds and {whole.drawn}s", numeric=False),
            Column(f"{told} interval over both", unit.difference),
        ),
        rows=tuple(
            (
                each.condition,
                _over_seeds(each),
                interval_over_seeds(each, unit),
                short(each),
                headline_interval(each, unit),
            )
            for each in judged
            if each.headline.scope in OVER_IMAGES
        ),
    )
