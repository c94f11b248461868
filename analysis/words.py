"""Plain-language sentences about one comparison, from the same object as table and figures.

A sentence never travels without n and interval, and never says 'no difference' where nothing was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis import verdict
from analysis.metric import in_points

Entry = Mapping[str, Any]


def sentences(comparison: Entry, divergence: Sequence[Entry]) -> list[str]:
    """Return the headline of one comparison, what was left out of it, and how often trials diverged.

    Parameters
    ----------
    comparison : mapping
        One of ``comparisons``.
    divergence : sequence of mappings
        The object's ``divergence``.
    """
    said = [headline(comparison)]
    if comparison["n_lost_to_divergence"]:
        of = comparison["n_pairs"] + comparison["n_lost_to_divergence"]
        said.append(
            f"This is given that both trained: {comparison['n_lost_to_divergence']} of {of} pairs are left out "
            "because a trial diverged."
        )
    if not comparison["stays_at_chance"]:
        said.append(failures(comparison, divergence))
    return said


def headline(comparison: Entry) -> str:
    """Return the one sentence that says what this comparison shows."""
    name, control = quoted(comparison["condition"]), quoted(comparison["control"])
    if comparison["n_pairs"] == 0:
        return f"{name} cannot be compared with {control}: there is no seed at which both trained."
    if comparison["stays_at_chance"]:
        return f"{name} is meant to stay at chance: {_difference(comparison)}; it is shown, not tested."
    why = _why_no_claim(comparison)
    if why is not None:
        return f"{name} against {control}: {_difference(comparison)}. {why}."
    return f"{_claim(comparison)}: {_estimate(comparison)}{_p(comparison)}.{_reason(comparison)}"


def _why_no_claim(comparison: Entry) -> str | None:
    """Return why these pairs carry no claim, None where they do."""
    n = comparison["n_pairs"]
    if n == 1:
        return "One seed says nothing of other seeds"
    if comparison["ci_low"] is None:
        return f"It is the same at all {n} seeds: this cannot be tested, and the seed may not be applied"
    if n < 5:
        return f"An interval from {n} seeds is very wide; this is too few to tell"
    if comparison["verdict"] == verdict.CANNOT_TEST:
        return f"It cannot be tested: {comparison['verdict_reason']}"
    return None


def failures(comparison: Entry, divergence: Sequence[Entry]) -> str:
    """Return how often trials of the condition and of the control diverged, with exact limits and McNemar's p."""
    by_label = {entry["condition"]: entry for entry in divergence}
    own, other = by_label[comparison["condition"]], by_label[comparison["control"]]
    level = f"{100 * (1 - comparison['alpha']):g}%"
    text = f"Diverged (exact {level} limits): {failure(own)}; {failure(other)}"
    if comparison["n_pairs"] + comparison["n_lost_to_divergence"] < 5 or own["p_mcnemar"] is None:
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


def amount(value: float, metric: str, signed: bool = True) -> str:
    """Return a difference in the metric's unit for people: percentage points for accuracies and gaps."""
    sign = "+" if signed else ""
    if in_points(metric):
        return f"{100 * value:{sign}.{_decimals(100 * value)}f} points"
    return f"{value:{sign}.4g}{' s' if metric.endswith('_seconds') else ''}"


def p_value(p: float) -> str:
    """Return a p-value for people; a small one as an upper limit, never as 0."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}" if p < 0.01 else f"p = {p:.3f}"


def _difference(comparison: Entry) -> str:
    """Return metric and control with the estimate, for sentences that have not named them."""
    after = f" against {quoted(comparison['control'])}"
    return f"{comparison['metric']} {_estimate(comparison, after)}"


def _estimate(comparison: Entry, after: str = "") -> str:
    """Return mean difference, interval and n; `after` follows the difference."""
    metric, n = comparison["metric"], comparison["n_pairs"]
    text = f"{amount(comparison['mean_difference'], metric)}{after}"
    level = f"{100 * (1 - comparison['alpha']):g}%"
    seeds = f"n = {n} {'seed' if n == 1 else 'seeds'}"
    if comparison["ci_low_simultaneous"] is not None and n >= 5:
        low, high = comparison["ci_low_simultaneous"], comparison["ci_high_simultaneous"]
        return f"{text} ({level} interval, simultaneous over conditions: {_range(low, high, metric)}; {seeds})"
    if comparison["ci_low"] is not None:
        return f"{text} ({level} t interval: {_range(comparison['ci_low'], comparison['ci_high'], metric)}; {seeds})"
    return f"{text} ({seeds})"


def _range(low: float, high: float, metric: str) -> str:
    if in_points(metric):
        digits = max(_decimals(100 * low), _decimals(100 * high))
        return f"{100 * low:+.{digits}f} to {100 * high:+.{digits}f}"
    return f"{low:+.4g} to {high:+.4g}"


def _claim(comparison: Entry) -> str:
    """Return what the verdict says, in the direction of the metric: a smaller gap is lower, not 'better'."""
    word, metric, margin = comparison["verdict"], comparison["metric"], comparison["margin"]
    with_it, with_control = f"with {quoted(comparison['condition'])}", f"with {quoted(comparison['control'])}"
    if word == verdict.INCONCLUSIVE:
        return f"These data do not decide whether {metric} differs {with_it} from that {with_control}"
    m = "" if margin is None else amount(margin, metric, signed=False)
    if word == verdict.EQUIVALENT:
        return f"{metric} is equivalent {with_it} and {with_control}, to within {m}"
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
    return f"{metric} is {direction} {with_it} than {with_control}{by_how_much}"


def quoted(label: str) -> str:
    """Return a condition's label in quotation marks: a label like none is not taken for a word."""
    return f"“{label}”"


def _p(comparison: Entry) -> str:
    if comparison["p_max_t"] is None:
        return ""
    return f", adjusted {p_value(comparison['p_max_t'])} (max-t)"


def _reason(comparison: Entry) -> str:
    reason = comparison["verdict_reason"]
    return f" {reason[0].upper()}{reason[1:]}." if reason else ""


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f}%" if 100 * rate < 10 else f"{100 * rate:.0f}%"


def _decimals(points: float) -> int:
    """Return two decimals, a hundredth of a point; more only where these would show nothing."""
    return 2 if abs(points) >= 0.005 or points == 0 else 4
