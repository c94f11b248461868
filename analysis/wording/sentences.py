"""Plain-language sentences about one comparison, from the same object as table and figures.

A sentence never travels without n and interval, and never says 'no difference' where nothing was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.answer.effect import Effect, Judged
from analysis.answer.headline import ALONE, SEEDS, SEEDS_AND_IMAGES, SEQUENCE
from analysis.methods import verdict
from analysis.methods.failure_rates import Divergence
from analysis.wording.number_format import digits, exact, level, margin_text, p_value
from analysis.wording.style import TERMINAL, Style
from analysis.wording.verdicts import pairs_of
from bench.schema.known_metrics import HIGHER, LOWER, MEAN, TYPICAL, is_fraction, is_seconds

INTERVALS = {
    SEEDS: "interval",
    SEEDS_AND_IMAGES: "interval over new seeds and new test images",
    SEQUENCE: "confidence sequence",
}
"""What the interval of a headline is called, by its scope."""

ESTIMATES = {TYPICAL: "typical difference", MEAN: "mean difference", "median": "median difference"}
ESTIMANDS = {
    TYPICAL: "typical difference (Hodges-Lehmann estimate) over all pairs",
    MEAN: "mean over complete pairs",
    "median": "median over complete pairs",
}
"""What the estimate of a headline is called, and what it is, by its estimand."""


def sentences(
    effect: Effect, divergence: Mapping[str, Divergence], style: Style = TERMINAL, *, only_failures: bool = False
) -> list[str]:
    """Return the two parts of a verdict: the difference given both trained, and how often trials diverged.

    The failures come first where they left no pair.

    Parameters
    ----------
    effect : Effect
    divergence : mapping of condition to Divergence
        The comparison's.
    style : Style
    only_failures : bool
        Whether to be silent about failures where neither arm has any.

    Where the table does not say what diverged the sentences are silent; a warning of the comparison says so once.
    """
    said = [headline(effect, style)]
    failed = any(divergence[arm].n_diverged for arm in (effect.condition, effect.control))
    not_known = divergence[effect.condition].n_diverged is None
    if effect.stays_at_chance or not_known or (only_failures and not failed):
        return said
    rates = failures(effect, divergence)
    lost_all = effect.n_pairs == 0 and effect.n_lost_to_divergence > 0
    return [rates, *said] if lost_all else [*said, rates]


def headline(effect: Effect, style: Style = TERMINAL) -> str:
    """Return the one sentence that says what this comparison shows."""
    name, control = quoted(effect.condition), quoted(effect.control)
    if not pairs_of(effect):
        return f"{name} cannot be compared with {control}: there is no seed at which both trained."
    difference = f"{style.metric(effect.metric)} {estimate(effect, style, f' against {control}')}{_given(effect)}"
    if effect.stays_at_chance:
        return f"{name} is a negative control: {difference}; it is shown, not tested."
    why = why_no_claim(effect)
    if why is not None:
        return f"{name}: {difference}. {why}."
    claimed = style.opened(claim(effect, style.metric(effect.metric), f"with {name}", f"with {control}"))
    return f"{claimed}: {estimate(effect, style)}{adjusted(effect)}{_given(effect)}.{reason(effect)}"


def _given(effect: Effect) -> str:
    """Return on what condition the difference holds where diverged trials took pairs away."""
    lost = effect.n_lost_to_divergence if effect.headline.estimand == MEAN else 0
    return f", given that both trained: {lost} of {effect.n_pairs + lost} pairs left out" if lost else ""


def why_no_claim(judged: Judged) -> str | None:
    """Return why these pairs carry no claim, None where they do."""
    n = pairs_of(judged)
    if n == 1:
        return "One seed says nothing of other seeds"
    if judged.headline.verdict != verdict.CANNOT_TEST:
        return None
    if judged.ci_low is None or judged.ci_high is None:
        if judged.n_pairs < 2:
            return f"It cannot be tested: {judged.headline.reason}"
        idle = "the seed" if judged.mean_difference else "the condition" if isinstance(judged, Effect) else "a factor"
        return f"It is the same at all {n} seeds: this cannot be tested, and {idle} may not be applied"
    if n < verdict.FEW:
        ends = " to ".join(_numbers([judged.ci_low, judged.ci_high], judged.metric, judged.margin, TERMINAL))
        return f"{n} seeds are too few to test it: their {level(judged.alpha)} t interval, {ends}, is very wide"
    return f"It cannot be tested: {judged.headline.reason}"


def failures(effect: Effect, divergence: Mapping[str, Divergence]) -> str:
    """Return how often trials of the condition and of the control diverged, with exact limits and McNemar's p."""
    own, other = divergence[effect.condition], divergence[effect.control]
    text = f"Diverged (exact {level(effect.alpha)} limits): {failure(own)}; {failure(other)}"
    if effect.n_pairs + effect.n_lost_to_divergence < verdict.ROUGH or own.p_mcnemar is None:
        return f"{text}."
    return f"{text}; exact McNemar {p_value(own.p_mcnemar)}."


def failure(rate: Divergence) -> str:
    """Return one condition's failure count with the limits of its rate: none in n is said with its upper limit."""
    name, n, k = quoted(rate.condition), rate.n, rate.n_diverged
    if n == 0:
        return f"{name} has no trial"
    if rate.rate_low is None or rate.rate_high is None:
        return f"{name} not known"
    low, high = _percent(rate.rate_low), _percent(rate.rate_high)
    limits = f"up to {high}" if k == 0 else f"at least {low}" if k == n else f"{low} to {high}"
    return f"{name} {k} of {n} ({limits})"


def amount(value: float, metric: str, margin: float | None = None, style: Style = TERMINAL) -> str:
    """Return a difference in the metric's unit for people: percentage points for accuracies and gaps."""
    return f"{_numbers([value], metric, margin, style)[0]}{_unit(metric)}"


def _numbers(values: Sequence[float], metric: str, margin: float | None, style: Style) -> list[str]:
    """Return differences with their signs, all with as many digits as one of them needs."""
    scale, least, code = (100, 2, "f") if is_fraction(metric) else (1, 4, "g")
    told = [scale * value for value in values]
    count = digits(told, None if margin is None else scale * margin, least, code)
    return [style.number(f"{exact(value) + 0.0:+.{count}{code}}") for value in told]


def _unit(metric: str) -> str:
    return " points" if is_fraction(metric) else " s" if is_seconds(metric) else ""


def estimate(judged: Judged, style: Style = TERMINAL, after: str = "", over: str = "conditions") -> str:
    """Return the headline's estimate, interval and n; `after` follows the difference, `over` names the family."""
    metric, margin, n, told = judged.metric, judged.margin, pairs_of(judged), judged.headline
    text = f"{_middle(judged, style)}{after}"
    seeds = f"n = {n} {'seed' if n == 1 else 'seeds'}"
    known = [end for end in (told.low, told.high) if end is not None]
    if not known:
        return f"{text} ({seeds})"
    ends = " to ".join(_numbers(known, metric, margin, style))
    if len(known) == 1:
        ends += " or more, no upper limit" if told.high is None else " or less, no lower limit"
    of_family = "" if told.interval == ALONE else f", simultaneous over {over}"
    assumes = "" if told.assumes is None else f", assuming {told.assumes}"
    return f"{text} ({level(judged.alpha)} {INTERVALS[told.scope]}{of_family}{assumes}: {ends}; {seeds})"


def _middle(judged: Judged, style: Style) -> str:
    """Return the headline's estimate; where runs that lost to every other are in the middle it has no limit."""
    told = judged.headline
    if told.estimate is not None:
        return amount(told.estimate, judged.metric, judged.margin, style)
    return "beyond every value, since runs that diverged count as worse than all others"


def claim(judged: Judged, subject: str, here: str, there: str) -> str:
    """Return what the verdict says, in the direction of the metric: a smaller gap is lower, not 'better'.

    Parameters
    ----------
    judged : Effect or Contrast
        With a verdict.
    subject : str
        What is compared: the metric.
    here, there : str
        Where the difference is taken from, and to: ``with “book”``, ``with “none”``.
    """
    word, metric, margin = judged.headline.verdict, judged.metric, judged.margin
    assert word is not None
    if word == verdict.INCONCLUSIVE:
        return f"It is undecided whether {subject} is higher or lower {here} than {there}"
    m = "" if margin is None else margin_text((100 if is_fraction(metric) else 1) * margin) + _unit(metric)
    if word == verdict.EQUIVALENT:
        return f"{subject} is equivalent {here} and {there}, to within {m}"
    improves = word in (verdict.SUPERIOR, verdict.POSITIVE_BUT_NEGLIGIBLE, verdict.POSITIVE_UNCLEAR)
    direction = word if judged.direction is None else HIGHER if improves == (judged.direction == HIGHER) else LOWER
    by_how_much = {
        verdict.SUPERIOR: f", by more than the {m} that matter" if m else "",
        verdict.INFERIOR: f", by more than the {m} that matter" if m else "",
        verdict.POSITIVE_BUT_NEGLIGIBLE: f", but by less than the {m} that matter",
        verdict.NEGATIVE_BUT_NEGLIGIBLE: f", but by less than the {m} that matter",
        verdict.POSITIVE_UNCLEAR: f"; whether by the {m} that matter is open",
        verdict.NEGATIVE_UNCLEAR: f"; whether by the {m} that matter is open",
    }.get(word, "")
    return f"{subject} is {direction} {here} than {there}{by_how_much}"


def quoted(label: str) -> str:
    """Return a condition's label in quotation marks: a label like none is not taken for a word."""
    return f"“{label}”"


def adjusted(judged: Judged) -> str:
    """Return the p of the headline; nothing where there is none."""
    return "" if judged.headline.p is None else f", {p_value(judged.headline.p)}"


def over_seeds(judged: Judged) -> tuple[float | None, float | None]:
    """Return the interval of the headline's estimand over new seeds alone."""
    if judged.headline.estimand == TYPICAL:
        return judged.typical_low_simultaneous, judged.typical_high_simultaneous
    return judged.mean_low_simultaneous, judged.mean_high_simultaneous


def reason(judged: Judged) -> str:
    """Return why two ways of counting diverged trials leave the verdict open; nothing where they do not."""
    why = judged.headline.reason
    return f" {why[0].upper()}{why[1:]}." if why else ""


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f}%" if 100 * rate < 10 else f"{100 * rate:.0f}%"
