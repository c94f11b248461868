"""Hidden units before and after the mask: the figure, their statistics at the end, and variance against the control."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.figures import activations as figure
from analysis.methods.activations import Activations, UnitStatistics, VarianceDifference
from analysis.report.document import Block, Column, Grid, Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.number_format import NOTHING, digits, level
from analysis.wording.phrases import count, quoted
from analysis.wording.units import plain, signed

_LEAST, _PLAIN, _MOST = 2, 4, 6
"""Decimals: at least, where an interval does not say how many, and at most."""
_ROUNDING = 1e-9
THEORY = (
    "By theory, inverted dropout at rate p leaves the mean of a layer’s units as it is and makes their variance "
    "E[h²] / (1 − p) − E[h]², where h are the units before the mask: the table has this variance, of dropout alone, "
    "beside the one measured."
)
DESCRIPTIVE = (
    "These numbers describe; nothing is tested. Each interval holds for itself and is not adjusted for how many there "
    "are, and no verdict rests on them."
)
NO_PAIR = "There is no condition to set against the control’s hidden units: none was recorded and trained in both."


def section(_: Material, pool: Pool) -> Section | None:
    """Return figure and tables; None where no curve has the statistics."""
    found = pool.evidence.activations
    if found is None:
        return None
    why = figure.missing(pool.evidence)
    if why is not None:
        said = " ".join(filter(None, (why, figure.left_out(pool.evidence))))
        return Section(figure.PLOT.title, (Paragraph(said),))
    blocks: list[Block] = [Illustration(figure.PLOT, pool.evidence)]
    theory = any(each.variance_by_theory is not None for each in found.ends)
    blocks += [Paragraph(THEORY)] if theory else []
    blocks.append(_ends_grid(found, theory))
    blocks += [differences_grid(found)] if found.differences else []
    said = " ".join(filter(None, (DESCRIPTIVE, figure.left_out(pool.evidence))))
    return Section(figure.PLOT.title, (*blocks, Paragraph(said, "note")))


def _ends_grid(found: Activations, theory: bool) -> Grid:
    told = level(found.alpha)
    return Grid(
        name="activations",
        caption=(
            "Hidden units after the last epoch, over units and the first 1,000 training images, before and after the "
            f"mask: mean over the seeds that trained ± half the width of its {told} t interval."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("hidden layer"),
            Column("mask", numeric=False),
            Column("seeds"),
            Column("mean"),
            Column("variance"),
            *((Column("variance by theory"),) if theory else ()),
            Column("zeros", "%"),
        ),
        rows=tuple(_end(each, theory) for each in found.ends),
        data=found.ends,
    )


def _end(each: UnitStatistics, theory: bool) -> tuple[str, ...]:
    decimals = _decimals(each.variance, each.variance_high)
    return (
        each.condition,
        str(each.layer),
        each.side,
        str(each.n),
        _with_reach(each.mean, each.mean_high),
        _with_reach(each.variance, each.variance_high),
        *((plain(each.variance_by_theory, decimals),) if theory else ()),
        _with_reach(*(None if value is None else 100 * value for value in (each.zeros, each.zeros_high))),
    )


def _with_reach(mean: float | None, high: float | None) -> str:
    """Return a mean with the half width of its interval, to two digits of that."""
    if mean is None or high is None:
        return plain(mean, _PLAIN)
    decimals = _decimals(mean, high)
    return f"{plain(mean, decimals)} ± {plain(high - mean, decimals)}"


def _decimals(mean: float, high: float | None) -> int:
    reach = 0.0 if high is None else high - mean
    if reach <= _ROUNDING * abs(mean):
        return _PLAIN
    return min(_MOST, max(_LEAST, 1 - math.floor(math.log10(reach))))


def differences_grid(found: Activations, conditions: Sequence[str] = ()) -> Grid:
    """Return the paired differences of the variance, of some `conditions` or of all."""
    told = [each for each in found.differences if not conditions or each.condition in conditions]
    return Grid(
        name="activation-differences",
        caption=(
            f"Variance of the hidden units after the last epoch, condition minus {quoted(found.control)}, paired by "
            "seed: mean and t interval, for each alone."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("hidden layer"),
            Column("mask", numeric=False),
            Column("difference of variance"),
            Column(f"{level(found.alpha)} interval"),
            Column("pairs of seeds"),
        ),
        rows=tuple(
            (each.condition, str(each.layer), each.side, *_difference(each), str(each.n_pairs)) for each in told
        ),
        data=tuple(told),
    )


def _difference(each: VarianceDifference) -> tuple[str, str]:
    """Return a difference and its interval with decimals by which each is on its true side of 0."""
    mean, low, high = each.difference, each.low, each.high
    if mean is None or low is None or high is None:
        return signed(mean, _PLAIN), NOTHING
    decimals = digits([mean, low, high], None, _decimals(mean, high))
    return signed(mean, decimals), f"{signed(low, decimals)} to {signed(high, decimals)}"


def sentences(found: Activations, conditions: Sequence[str] = ()) -> list[str]:
    """Return a sentence on each condition and hidden layer, of some `conditions` or of all."""
    told: dict[tuple[str, int], list[VarianceDifference]] = {}
    for each in found.differences:
        if not conditions or each.condition in conditions:
            told.setdefault((each.condition, each.layer), []).append(each)
    return [_sentence(label, layer, sides, found) for (label, layer), sides in told.items()]


def _sentence(label: str, layer: int, sides: Sequence[VarianceDifference], found: Activations) -> str:
    names = f"{quoted(label)} minus {quoted(found.control)}"
    n = sides[0].n_pairs
    if not n:
        return f"Hidden layer {layer}, {names}: no pair of seeds trained."
    parts = []
    for each in sides:
        mean, interval = _difference(each)
        known = "" if interval == NOTHING else f" ({level(found.alpha)} t interval over seeds: {interval})"
        parts.append(f"{mean} {each.side} the mask{known}")
    return (
        f"Hidden layer {layer}, {names}: the variance of the units after the last epoch differs by "
        f"{' and '.join(parts)}; {count(n, 'pair')} of seeds."
    )
