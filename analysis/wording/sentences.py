"""Plain-language sentences about one comparison, from the same object as table and figures.

A sentence never travels without n and interval, and never says 'no difference' where nothing was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.answer.effect import Effect, Judged
from analysis.answer.headline import ALONE, SEEDS, SEEDS_AND_IMAGES, SEQUENCE
from analysis.methods import verdict
from analysis.methods.failure_rates import Divergence
from analysis.methods.verdict import FEW
from analysis.wording.number_format import digits, exact, level, margin_text, p_value
from analysis.wording.style import TERMINAL, Style
from bench.schema.known_metrics import HIGHER, LOWER, is_fraction, is_seconds

INTERVALS = {
    SEEDS: "interval",
    SEEDS_AND_IMAGES: "interval over new seeds and new test images",
    SEQUENCE: "confidence sequence",
}
METHODS = {SEEDS: "max-t", SEEDS_AND_IMAGES: "two-way random effects, Bonferroni", SEQUENCE: "1/e-value, Bonferroni"}
"""By the scope of the headline: what its interval is called, and where its p comes from."""


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
    if effect.n_pairs == 0:
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
    lost = effect.n_lost_to_divergence
    return f", given that both trained: {lost} of {effect.n_pairs + lost} pairs left out" if lost else ""


def why_no_claim(judged: Judged) -> str | None:
    """Return why these pairs carry no claim, None where they do."""
    n = judged.n_pairs
    if n == 1:
        return "One seed says nothing of other seeds"
    if judged.ci_low is None:
        idle = "the seed" if judged.mean_difference else "the condition" if isinstance(judged, Effect) else "a factor"
        return f"It is the same at all {n} seeds: this cannot be tested, and {idle} may not be applied"
    if n < FEW:
        return f"An interval from {n} seeds cannot be relied on; this is too few to tell"
    if judged.headline.verdict == verdict.CANNOT_TEST:
        return f"It cannot be tested: {judged.headline.reason}"
    return None


def failures(effect: Effect, divergence: Mapping[str, Divergence]) -> str:
    """Return how often trials of the condition and of the control diverged, with exact limits and McNemar's p."""
    own, other = divergence[effect.condition], divergence[effect.control]
    text = f"Diverged (exact {level(effect.alpha)} limits): {failure(own)}; {failure(other)}"
    if effect.n_pairs + effect.n_lost_to_divergence < FEW or own.p_mcnemar is None:
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
    """Return mean difference, interval and n; `after` follows the difference, `over` names the family."""
    metric, margin, n, told = judged.metric, judged.margin, judged.n_pairs, judged.headline
    assert judged.mean_difference is not None
    text = f"{amount(judged.mean_difference, metric, margin, style)}{after}"
    seeds = f"n = {n} {'seed' if n == 1 else 'seeds'}"
    if told.low is None or told.high is None:
        return f"{text} ({seeds})"
    ends = " to ".join(_numbers([told.low, told.high], metric, margin, style))
    if told.interval == ALONE:
        return f"{text} ({level(judged.alpha)} t interval: {ends}; {seeds})"
    return f"{text} ({level(judged.alpha)} {INTERVALS[told.scope]}, simultaneous over {over}: {ends}; {seeds})"


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
    """Return the adjusted p with its method; nothing where there is none."""
    p, scope = judged.headline.p, judged.headline.scope
    if p is None:
        return ""
    fewer = p_on_fewer_seeds(judged)
    seeds = "" if fewer is None else f", on the {fewer} seeds that all conditions have"
    return f", adjusted {p_value(p)} ({METHODS[scope]}{seeds})"


def p_on_fewer_seeds(judged: Judged) -> int | None:
    """Return on how many seeds the headline's p rests where these are fewer than the pairs, else None."""
    n, p = judged.n_max_t, judged.p_of_enough(judged.n_pairs, judged.alpha)
    return n if judged.headline.scope == SEEDS and p is not None and n is not None and n < judged.n_pairs else None


def reason(judged: Judged) -> str:
    """Return why two ways of counting diverged trials leave the verdict open; nothing where they do not."""
    why = judged.headline.reason
    return f" {why[0].upper()}{why[1:]}." if why else ""


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f}%" if 100 * rate < 10 else f"{100 * rate:.0f}%"
