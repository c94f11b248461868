"""Plain-language sentences about one comparison, from the same object as table and figures.

A sentence never travels without n and interval, and never says 'no difference' where nothing was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.answer.headline import ALONE, SEEDS, SEEDS_AND_IMAGES, SEQUENCE
from analysis.answer.reportable import FEW, on_fewer_seeds
from analysis.methods import verdict
from analysis.tables.metric import in_points
from analysis.wording.number_format import digits, exact, level, margin_text, p_value

Entry = Mapping[str, Any]

INTERVALS = {
    SEEDS: "interval",
    SEEDS_AND_IMAGES: "interval over new seeds and new test images",
    SEQUENCE: "confidence sequence",
}
METHODS = {SEEDS: "max-t", SEEDS_AND_IMAGES: "seeds and images crossed, Bonferroni", SEQUENCE: "1/e-value, Bonferroni"}
"""By the scope of the headline: what its interval is called, and where its p comes from."""


def sentences(comparison: Entry, divergence: Sequence[Entry], *, only_failures: bool = False) -> list[str]:
    """Return the two parts of a verdict: the difference given both trained, and how often trials diverged.

    The failures come first where they left no pair.

    Parameters
    ----------
    comparison : mapping
        One of ``comparisons``.
    divergence : sequence of mappings
        The object's ``divergence``.
    only_failures : bool
        Whether to be silent about failures where neither arm has any.
    """
    said = [headline(comparison)]
    if comparison["stays_at_chance"] or (only_failures and not _any_failed(comparison, divergence)):
        return said
    rates = failures(comparison, divergence)
    lost_all = comparison["n_pairs"] == 0 and comparison["n_lost_to_divergence"] > 0
    return [rates, *said] if lost_all else [*said, rates]


def _any_failed(comparison: Entry, divergence: Sequence[Entry]) -> bool:
    arms = (comparison["condition"], comparison["control"])
    return any(entry["n_diverged"] for entry in divergence if entry["condition"] in arms)


def headline(comparison: Entry) -> str:
    """Return the one sentence that says what this comparison shows."""
    name, control = quoted(comparison["condition"]), quoted(comparison["control"])
    if comparison["n_pairs"] == 0:
        return f"{name} cannot be compared with {control}: there is no seed at which both trained."
    if comparison["stays_at_chance"]:
        said = f"{_difference(comparison)}{_given(comparison)}"
        return f"{name} is meant to stay at chance: {said}; it is shown, not tested."
    why = why_no_claim(comparison)
    if why is not None:
        return f"{name}: {_difference(comparison)}{_given(comparison)}. {why}."
    claimed = claim(comparison, comparison["metric"], f"with {name}", f"with {control}")
    said = f"{claimed}: {estimate(comparison)}{adjusted(comparison)}{_given(comparison)}"
    return f"{said}.{reason(comparison)}"


def _given(comparison: Entry) -> str:
    """Return on what condition the difference holds where diverged trials took pairs away."""
    lost = comparison["n_lost_to_divergence"]
    if not lost:
        return ""
    return f", given that both trained: {lost} of {comparison['n_pairs'] + lost} pairs left out"


def why_no_claim(comparison: Entry) -> str | None:
    """Return why these pairs carry no claim, None where they do."""
    n = comparison["n_pairs"]
    if n == 1:
        return "One seed says nothing of other seeds"
    if comparison["ci_low"] is None:
        return f"It is the same at all {n} seeds: this cannot be tested, and the seed may not be applied"
    if n < FEW:
        return f"An interval from {n} seeds cannot be relied on; this is too few to tell"
    if comparison["headline"]["verdict"] == verdict.CANNOT_TEST:
        return f"It cannot be tested: {comparison['headline']['reason']}"
    return None


def failures(comparison: Entry, divergence: Sequence[Entry]) -> str:
    """Return how often trials of the condition and of the control diverged, with exact limits and McNemar's p."""
    by_label = {entry["condition"]: entry for entry in divergence}
    own, other = by_label[comparison["condition"]], by_label[comparison["control"]]
    text = f"Diverged (exact {level(comparison['alpha'])} limits): {failure(own)}; {failure(other)}"
    if comparison["n_pairs"] + comparison["n_lost_to_divergence"] < FEW or own["p_mcnemar"] is None:
        return f"{text}."
    return f"{text}; exact McNemar {p_value(own['p_mcnemar'])}."


def failure(entry: Entry) -> str:
    """Return one condition's failure count with the limits of its rate: none in n is said with its upper limit."""
    name, n, k = quoted(entry["condition"]), entry["n"], entry["n_diverged"]
    if n == 0:
        return f"{name} has no trial"
    low, high = _percent(entry["rate_low"]), _percent(entry["rate_high"])
    limits = f"up to {high}" if k == 0 else f"at least {low}" if k == n else f"{low} to {high}"
    return f"{name} {k} of {n} ({limits})"


def amount(value: float, metric: str, margin: float | None = None) -> str:
    """Return a difference in the metric's unit for people: percentage points for accuracies and gaps."""
    return f"{_numbers([value], metric, margin)[0]}{_unit(metric)}"


def _numbers(values: Sequence[float], metric: str, margin: float | None) -> list[str]:
    """Return differences with their signs, all with as many digits as one of them needs."""
    scale, least, code = (100, 2, "f") if in_points(metric) else (1, 4, "g")
    told = [scale * value for value in values]
    count = digits(told, None if margin is None else scale * margin, least, code)
    return [f"{exact(value) + 0.0:+.{count}{code}}" for value in told]


def _unit(metric: str) -> str:
    return " points" if in_points(metric) else " s" if metric.endswith("_seconds") else ""


def _difference(comparison: Entry) -> str:
    """Return metric and control with the estimate, for sentences that have not named them."""
    after = f" against {quoted(comparison['control'])}"
    return f"{comparison['metric']} {estimate(comparison, after)}"


def estimate(comparison: Entry, after: str = "", over: str = "conditions") -> str:
    """Return mean difference, interval and n; `after` follows the difference, `over` names the family."""
    metric, n, told_by = comparison["metric"], comparison["n_pairs"], comparison["headline"]
    text = f"{amount(comparison['mean_difference'], metric, comparison['margin'])}{after}"
    told = level(comparison["alpha"])
    seeds = f"n = {n} {'seed' if n == 1 else 'seeds'}"
    if told_by["interval"] is None:
        return f"{text} ({seeds})"
    ends = " to ".join(_numbers([told_by["low"], told_by["high"]], metric, comparison["margin"]))
    if told_by["interval"] == ALONE:
        return f"{text} ({told} t interval: {ends}; {seeds})"
    return f"{text} ({told} {INTERVALS[told_by['scope']]}, simultaneous over {over}: {ends}; {seeds})"


def claim(comparison: Entry, subject: str, here: str, there: str) -> str:
    """Return what the verdict says, in the direction of the metric: a smaller gap is lower, not 'better'.

    Parameters
    ----------
    comparison : mapping
    subject : str
        What is compared: the metric.
    here, there : str
        Where the difference is taken from, and to: ``with “book”``, ``with “none”``.
    """
    word, metric, margin = comparison["headline"]["verdict"], comparison["metric"], comparison["margin"]
    if word == verdict.INCONCLUSIVE:
        return f"These data do not decide whether {subject} differs {here} from that {there}"
    m = "" if margin is None else margin_text((100 if in_points(metric) else 1) * margin) + _unit(metric)
    if word == verdict.EQUIVALENT:
        return f"{subject} is equivalent {here} and {there}, to within {m}"
    improves = word in (verdict.SUPERIOR, verdict.POSITIVE_BUT_NEGLIGIBLE, verdict.POSITIVE_UNCLEAR)
    direction = "higher" if improves != comparison["lower_is_better"] else "lower"
    by_how_much = {
        verdict.SUPERIOR: f", by more than the {m} that matter" if m else "",
        verdict.INFERIOR: f", by more than the {m} that matter" if m else "",
        verdict.POSITIVE_BUT_NEGLIGIBLE: f", but by less than the {m} that matter",
        verdict.NEGATIVE_BUT_NEGLIGIBLE: f", but by less than the {m} that matter",
        verdict.POSITIVE_UNCLEAR: f"; whether by the {m} that matter is open",
        verdict.NEGATIVE_UNCLEAR: f"; whether by the {m} that matter is open",
    }[word]
    return f"{subject} is {direction} {here} than {there}{by_how_much}"


def quoted(label: str) -> str:
    """Return a condition's label in quotation marks: a label like none is not taken for a word."""
    return f"“{label}”"


def adjusted(comparison: Entry) -> str:
    """Return the adjusted p with its method; nothing where there is none."""
    p, scope = comparison["headline"]["p"], comparison["headline"]["scope"]
    if p is None:
        return ""
    fewer = p_on_fewer_seeds(comparison)
    seeds = "" if fewer is None else f", on the {fewer} seeds that all conditions have"
    return f", adjusted {p_value(p)} ({METHODS[scope]}{seeds})"


def p_on_fewer_seeds(comparison: Entry) -> int | None:
    """Return on how many seeds the headline's p rests where these are fewer than the pairs, else None."""
    return on_fewer_seeds(comparison) if comparison["headline"]["scope"] == SEEDS else None


def reason(comparison: Entry) -> str:
    """Return why two ways of counting diverged trials leave the verdict open; nothing where they do not."""
    why = comparison["headline"]["reason"]
    return f" {why[0].upper()}{why[1:]}." if why else ""


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f}%" if 100 * rate < 10 else f"{100 * rate:.0f}%"
