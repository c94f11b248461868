"""Plain-language sentences about one comparison, from the same object as table and figures.

A sentence never travels without n and interval, and never says 'no difference' where nothing was shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect, Judged
from analysis.answer.headline import ITEM_GROUPS, OF_ONE_RUN, SPLITS
from analysis.methods import verdict
from analysis.methods.failure_rates import Divergence
from analysis.methods.over_items import is_same
from analysis.tables.item_groups import FEWEST_GROUPS
from analysis.wording.differences import (
    amount,
    amounts,
    between,
    by_how_much,
    estimate,
    interval,
    margin_of,
    unit_after,
)
from analysis.wording.failures import failures
from analysis.wording.number_format import level, p_value
from analysis.wording.phrases import count, quoted
from analysis.wording.style import TERMINAL, Style
from analysis.wording.verdicts import block_of, pairs_of
from bench.schema.known_metrics import HIGHER, LOWER, TYPICAL


def sentences(
    effect: Effect,
    divergence: Mapping[str, Divergence],
    style: Style = TERMINAL,
    *,
    only_failures: bool = False,
    example: str = "image",
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
    example : str
        What one example of the data is called.

    Where the table does not say what diverged the sentences are silent; a warning of the comparison says so once.
    """
    said = [headline(effect, style, example)]
    failed = any(divergence[arm].n_diverged for arm in (effect.condition, effect.control))
    not_known = divergence[effect.condition].n_diverged is None
    if effect.stays_at_chance or not_known or (only_failures and not failed):
        return said
    rates = failures(effect, divergence)
    lost_all = effect.n_pairs == 0 and effect.n_lost_to_divergence > 0
    return [rates, *said] if lost_all else [*said, rates]


def headline(effect: Effect, style: Style = TERMINAL, example: str = "image") -> str:
    """Return the one sentence that says what this comparison shows: its verdict, then the numbers.

    One `example` of the data is called that.
    """
    name, control = quoted(effect.condition), quoted(effect.control)
    if not pairs_of(effect):
        return f"{name} cannot be compared with {control}: {no_pair(effect, style)}."
    by = f"{name} changed {style.metric(effect.metric)} by {estimate(effect, style)} against {control}"
    if effect.headline.scope in OF_ONE_RUN:
        over_groups = " on average over groups" if are_groups(effect) else ""
        return f"One run of each: {by}{over_groups} {_of_items(effect, style, example)}"
    changed = f"{by} {between(effect, style)}{_given(effect)}."
    if effect.stays_at_chance:
        return f"Negative control, not tested: {changed}"
    why = why_no_claim(effect, style)
    if why is not None:
        return f"Cannot be tested: {changed} {why}."
    return f"{_found(effect)}: {changed}{reason(effect)}{without_limit(effect)}"


def no_pair(effect: Effect, style: Style = TERMINAL) -> str:
    """Return why nothing can be compared: a run that trained may still have no value of the metric."""
    return f"there is no {block_of(effect)} at which both trained and have a value of {style.metric(effect.metric)}"


def _of_items(effect: Effect, style: Style, example: str) -> str:
    """Return interval, number of test examples and p of one run each, and what they hold for."""
    p, alone = effect.headline.p, _by_example(effect, style, example)
    if p is None:
        return f"({items(effect, example)}; {no_interval(effect)}). Other seeds are not covered.{alone}"
    said, new = f"({interval(effect, style)}; {items(effect, example)}; {p_value(p)})", new_items(effect, example)
    return f"{said}: for these two trained networks, {new}; other seeds are not covered.{alone}"


def new_items(effect: Effect, example: str) -> str:
    """Return on what the difference of one run each holds: on new test examples, or on new groups of them."""
    new = f"groups of {example}s" if effect.headline.scope == ITEM_GROUPS else f"{example}s"
    return f"on new {new} of this kind"


def are_groups(effect: Effect) -> bool:
    """Return whether the difference of one run each is an average over groups of test examples."""
    return (effect.n_item_groups or 0) > 1


def _by_example(effect: Effect, style: Style, example: str) -> str:
    """Return in a sentence the difference with each test example counting the same, where that over groups differs."""
    over_groups, plain = effect.items_difference, effect.mean_difference
    if not are_groups(effect) or over_groups is None or plain is None or is_same(over_groups, plain):
        return ""
    by_example = amount(plain, effect.metric, effect.margin, style)
    return f" With each {example} counting the same the difference is {by_example}, and it has no interval."


def no_interval(effect: Effect) -> str:
    """Return why the groups of test examples give no interval."""
    few = (effect.n_item_groups or 0) < FEWEST_GROUPS
    return f"no interval from fewer than {FEWEST_GROUPS} groups" if few else "no interval, as all groups are alike"


def items(effect: Effect, example: str) -> str:
    """Return how many test examples there are, and in how many groups, if these are what is averaged."""
    number = effect.n_item_groups
    groups = "" if number is None else f" in {count(number, 'group')}{', each counting the same' if number > 1 else ''}"
    return f"{count(effect.n_items or 0, example)}{groups}"


def what_one_run_is(whole: Comparison) -> str:
    """Return what the difference of one run each is; nothing where it is a centre of several pairs."""
    of_items = [each for each in whole.judged if each.headline.scope in OF_ONE_RUN]
    if not of_items:
        return ""
    return f"of one run each, on the same {items(of_items[0], whole.example)}"


def means_of_one_run(whole: Comparison) -> str:
    """Return what the means beside a difference over groups of test examples are, as a sentence; else nothing."""
    grouped = any(each.headline.scope in OF_ONE_RUN and are_groups(each) for each in whole.judged)
    return f"Both means count each {whole.example} the same." if grouped else ""


def without_limit(judged: Judged) -> str:
    """Return why the estimate has no limit, as a sentence; nothing where it has one."""
    return " Runs that diverged count as worse than all others." if judged.headline.estimate is None else ""


def _found(judged: Judged) -> str:
    """Return the verdict in words, in the direction of the metric, as the beginning of a sentence."""
    word = judged.headline.verdict
    if word == verdict.INCONCLUSIVE:
        return "Undecided"
    if word == verdict.EQUIVALENT:
        return f"Equivalent to within {_margin(judged)}"
    return f"{_direction(judged).capitalize()}{_by_how_much(judged)}"


def _given(effect: Effect) -> str:
    """Return on what condition the difference holds where diverged trials took pairs away."""
    return given(effect, "both", "pair")


def given(judged: Judged, trained: str, unit: str) -> str:
    """Return that a difference holds given that `trained` trained, where diverged trials took `unit` away from it."""
    lost = judged.n_lost_to_divergence
    if not lost or judged.headline.estimand == TYPICAL:  # over all pairs, those of diverged trials too
        return ""
    return f", given that {trained} trained ({lost} of {count(judged.n_pairs + lost, unit)} left out)"


def why_no_claim(judged: Judged, style: Style = TERMINAL) -> str | None:
    """Return why these pairs carry no claim, None where they do."""
    n, block = pairs_of(judged), block_of(judged)
    if n == 1:
        return f"One {block} says nothing about other {block}s"
    if judged.headline.verdict != verdict.CANNOT_TEST:
        return None
    if n > 1 and judged.n_pairs > 1 and (judged.ci_low is None or judged.ci_high is None):
        idle = (
            f"the {block}" if judged.mean_difference else "the condition" if isinstance(judged, Effect) else "a factor"
        )
        return f"The difference is the same at all {n} {block}s: {idle} may not be applied"
    independent = judged.headline.scope != SPLITS
    if n < verdict.FEW and independent and judged.ci_low is not None and judged.ci_high is not None:
        ends = " to ".join(amounts([judged.ci_low, judged.ci_high], judged.metric, judged.margin, style))
        few = f"{n} seeds are too few for a verdict; their {level(judged.alpha)} t interval is {ends}"
        return f"{few}{unit_after(judged.metric)}"
    return _capital(judged.headline.reason or f"there are too few {block}s")


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
    word = judged.headline.verdict
    if word == verdict.INCONCLUSIVE:
        return f"It is undecided whether {subject} is higher or lower {here} than {there}"
    if word == verdict.EQUIVALENT:
        return f"{subject} is equivalent {here} and {there}, to within {_margin(judged)}"
    return f"{subject} is {_direction(judged)} {here} than {there}{_by_how_much(judged)}"


def _margin(judged: Judged) -> str:
    return margin_of(judged.metric, judged.margin)


def _direction(judged: Judged) -> str:
    """Return which way the metric goes: a smaller gap is lower, not 'better'."""
    word = judged.headline.verdict
    assert word is not None
    improves = word in (verdict.SUPERIOR, verdict.POSITIVE_BUT_NEGLIGIBLE, verdict.POSITIVE_UNCLEAR)
    return word if judged.direction is None else HIGHER if improves == (judged.direction == HIGHER) else LOWER


def _by_how_much(judged: Judged) -> str:
    return by_how_much(judged.headline.verdict, _margin(judged))


def reason(judged: Judged) -> str:
    """Return why two ways of counting diverged trials leave the verdict open; nothing where they do not."""
    why = judged.headline.reason
    return f" {_capital(why)}." if why else ""


def _capital(said: str) -> str:
    return f"{said[0].upper()}{said[1:]}"
