"""Means beside typical differences: where outcomes have a heavy tail, one run can decide a mean."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.effect import Effect
from analysis.methods.verdict import ROUGH
from analysis.report.comparison_grid import interval
from analysis.report.document import Column, Grid
from analysis.wording.number_format import NOTHING, level
from analysis.wording.phrases import quoted
from analysis.wording.units import Unit, plain, unit_of

KEYS = (
    "condition", "n_pairs", "mean_difference", "mean_low_simultaneous", "mean_high_simultaneous", "n_typical",
    "typical_difference", "typical_low_simultaneous", "typical_high_simultaneous", "improvement_paired",
    "improvement_paired_low", "improvement_paired_high", "extreme_seed", "mean_without_extreme",
    "variance_share_of_extreme_seed",
)  # fmt: skip


def mean_words(each: Effect) -> str | None:
    """Return the mean, and what the farthest difference does to it; None where too few pairs tell."""
    if each.n_pairs < ROUGH or each.extreme_seed is None or each.improvement_paired is None:
        return None
    unit = unit_of(each.metric)
    points = f" {unit.difference}".rstrip()
    share = each.improvement_paired * each.n_pairs
    said = (
        f"{quoted(each.condition)}: mean difference {_told(each.mean_difference, each, unit)}{points} "
        f"({level(each.alpha)} interval over seeds, assuming normal differences: {_of_mean(each, unit)}); better than "
        f"{quoted(each.control)} at {share:g} of {each.n_pairs} seeds. "
    )
    share = each.variance_share_of_extreme_seed
    without = f"Without seed {each.extreme_seed}, the farthest from the others, the mean"
    if each.fragile(each.n_pairs) and share is not None:
        without = f"The mean is fragile: one seed makes {100 * share:.0f}% of the variance. Without it, seed "
        without += f"{each.extreme_seed}, the mean"
    return said + (f"{without} would be {_told(each.mean_without_extreme, each, unit)}{points}.")


def typical_grid(judged: Sequence[Effect]) -> Grid:
    """Return typical difference, mean and share of seeds that improve, side by side."""
    first = judged[0]
    unit, told = unit_of(first.metric), level(first.alpha)
    return Grid(
        name="typical",
        caption=(
            "Typical difference: the Hodges-Lehmann estimate, which is the median of the averages of any two "
            "differences, over all pairs. Mean: over the pairs in which both trained, its interval assuming normal "
            f"differences; one run far from the others can move it a long way. All {told} intervals of a column hold "
            "at once, for new seeds. Better at: seeds at which the condition did better than the control, ties half. "
            "Mean without: the mean without the seed farthest from the others. It shows what the mean hangs on; "
            "nothing was left out."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("typical difference", unit.difference),
            Column(f"{told} interval", unit.difference),
            Column("mean difference", unit.difference),
            Column(f"{told} interval of the mean", unit.difference),
            Column("better at", "seeds"),
            Column("farthest seed"),
            Column("its share of the variance", "%"),
            Column("mean without it", unit.difference),
        ),
        rows=tuple(_row(each, unit) for each in judged),
        data=tuple({key: each.to_json()[key] for key in KEYS} for each in judged),
        compact=True,
    )


def _row(each: Effect, unit: Unit) -> tuple[str, ...]:
    share = each.improvement_paired
    return (
        each.condition,
        _told(each.typical_difference, each, unit),
        interval(each.typical_low_simultaneous, each.typical_high_simultaneous, each.margin, unit),
        _told(each.mean_difference, each, unit),
        _of_mean(each, unit),
        NOTHING if share is None else f"{share * each.n_pairs:g} of {each.n_pairs}",
        NOTHING if each.extreme_seed is None else str(each.extreme_seed),
        NOTHING if each.variance_share_of_extreme_seed is None else plain(100 * each.variance_share_of_extreme_seed, 0),
        _told(each.mean_without_extreme, each, unit),
    )


def _told(value: float | None, each: Effect, unit: Unit) -> str:
    return unit.tell_difference(value, each.margin)


def _of_mean(each: Effect, unit: Unit) -> str:
    return interval(each.mean_low_simultaneous, each.mean_high_simultaneous, each.margin, unit)
