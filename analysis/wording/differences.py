"""A difference in the unit of its metric: estimate, interval and margin, with the digits that tell them apart."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.effect import Judged
from analysis.answer.headline import ITEM_GROUPS, ITEMS, SEEDS, SEEDS_AND_GROUPS, SEEDS_AND_IMAGES, SEQUENCE, SPLITS
from analysis.methods import verdict
from analysis.wording.number_format import digits, exact, inner_level, level, lined_up, margin_text, p_value
from analysis.wording.style import TERMINAL, Style
from analysis.wording.verdicts import block_of, pairs_of
from bench.schema.known_metrics import MEAN, TYPICAL, is_fraction, is_seconds

CONFIDENCE = {
    SEEDS: "CI", SEEDS_AND_IMAGES: "CI", SEEDS_AND_GROUPS: "CI", SEQUENCE: "confidence sequence", ITEMS: "CI",
    ITEM_GROUPS: "CI", SPLITS: "approximate CI",
}  # fmt: skip
"""What the interval of a headline is called, by its scope."""

ESTIMATES = {TYPICAL: "typical difference", MEAN: "mean difference", "median": "median difference"}
ESTIMANDS = {
    TYPICAL: "typical difference (Hodges-Lehmann estimate) over all pairs",
    MEAN: "mean over complete pairs",
    "median": "median over complete pairs",
}
"""What the estimate of a headline is called, and what it is, by its estimand."""

SIGNIFICANT = 4
"""Digits of numbers without a unit, at least."""

NEGLIGIBLE = (verdict.POSITIVE_BUT_NEGLIGIBLE, verdict.NEGATIVE_BUT_NEGLIGIBLE)
NARROWER = (verdict.EQUIVALENT, *NEGLIGIBLE)
"""Verdicts that the interval at 1 - 2 alpha decides: it stands beside the other."""


def amount(value: float, metric: str, margin: float | None = None, style: Style = TERMINAL) -> str:
    """Return a difference in the metric's unit for people: percentage points for accuracies and gaps."""
    return f"{_numbers([value], metric, margin, style)[0]}{unit_after(metric)}"


def amounts(values: Sequence[float], metric: str, margin: float | None = None, style: Style = TERMINAL) -> list[str]:
    """Return differences as `amount` does, without unit, all with as many digits as one of them needs."""
    return _numbers(values, metric, margin, style)


def _numbers(
    values: Sequence[float], metric: str, margin: float | None, style: Style, beside: Sequence[float] = ()
) -> list[str]:
    """Return differences with their signs, all with as many digits as one of them needs.

    Without a unit they line up with those `beside` as well.
    """
    if is_fraction(metric):
        scale, known, least, code = 100, [100 * value for value in values], 2, "f"
    else:
        scale, known = 1, [*values, *beside]
        least, code = lined_up(known, SIGNIFICANT)
    places = digits(known, None if margin is None else scale * margin, least, code)
    return [style.number(f"{exact(scale * value) + 0.0:+.{places}{code}}") for value in values]


def _told(judged: Judged) -> list[float]:
    """Return the numbers that stand beside each other in the headline."""
    told = judged.headline
    return [each for each in (told.estimate, told.low, told.high) if each is not None]


def unit_after(metric: str) -> str:
    """Return the unit of a metric's differences with a blank before it; nothing where it has none."""
    return " points" if is_fraction(metric) else " s" if is_seconds(metric) else ""


def estimate(judged: Judged, style: Style = TERMINAL) -> str:
    """Return the headline's estimate; where runs that lost to every other are in the middle it has no limit."""
    told = judged.headline
    if told.estimate is not None:
        (number,) = _numbers([told.estimate], judged.metric, judged.margin, style, _told(judged))
        return f"{number}{unit_after(judged.metric)}"
    return "an amount without limit"


def between(judged: Judged, style: Style = TERMINAL, *, inner: bool = False, of_zero: bool = True) -> str:
    """Return interval, number of seeds and p of the headline in parentheses; p where the sentence is `of_zero`.

    The interval at 1 - 2 alpha stands there too where it decides: by the verdict, or where `inner` says so.
    """
    told, n = judged.headline, pairs_of(judged)
    said = list(filter(None, [interval(judged, style, assumed=True)]))
    decides = inner or told.verdict in NARROWER
    if told.scope != SEQUENCE and decides and told.low_90 is not None and told.high_90 is not None:
        ends = [told.low_90, told.high_90]
        narrower = " to ".join(_numbers(ends, judged.metric, judged.margin, style, _told(judged)))
        said[0] += f"; {inner_level(judged.alpha)} CI {narrower}"
    said.append(f"{n} {block_of(judged)}{'' if n == 1 else 's'}")
    if of_zero and told.p is not None:
        said.append(p_value(told.p))
    return f"({'; '.join(said)})"


def interval(judged: Judged, style: Style = TERMINAL, *, assumed: bool = False) -> str:
    """Return the interval of the headline, with what it assumes where that is `assumed`; empty where there is none."""
    told = judged.headline
    if told.low is None and told.high is None:
        return ""
    called = f"{level(judged.alpha)} {CONFIDENCE[told.scope]}"
    assumes = f", assuming {told.assumes}" if assumed and told.assumes is not None else ""
    return f"{called} {_ends(judged, style)}{assumes}"


def _ends(judged: Judged, style: Style) -> str:
    told = judged.headline
    ends = [end for end in (told.low, told.high) if end is not None]
    known = _numbers(ends, judged.metric, judged.margin, style, _told(judged))
    if len(known) == 2:
        return " to ".join(known)
    return known[0] + (" or more, no upper limit" if told.high is None else " or less, no lower limit")


def margin_of(metric: str, margin: float | None) -> str:
    """Return the smallest difference that matters in the unit for people; nothing where there is none."""
    if margin is None:
        return ""
    told = margin_text((100 if is_fraction(metric) else 1) * margin)
    unit = unit_after(metric)
    return told + (unit.removesuffix("s") if told == "1" and is_fraction(metric) else unit)


def by_how_much(word: str | None, m: str) -> str:
    """Return what a verdict says of the margin `m`, as it follows the direction."""
    if word in (verdict.SUPERIOR, verdict.INFERIOR):
        return f", by more than the margin of {m}" if m else ""
    if word in NEGLIGIBLE:
        return f", by less than the margin of {m}"
    unclear = word in (verdict.POSITIVE_UNCLEAR, verdict.NEGATIVE_UNCLEAR)
    return f", perhaps by less than the margin of {m}" if unclear else ""


def over_seeds(judged: Judged) -> tuple[float | None, float | None]:
    """Return the interval of the headline's estimand over new seeds alone."""
    if judged.headline.estimand == TYPICAL:
        return judged.typical_low_simultaneous, judged.typical_high_simultaneous
    return judged.mean_low_simultaneous, judged.mean_high_simultaneous
