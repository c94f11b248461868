"""The answer of a study in one line: the verdict first, then the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.methods import verdict
from analysis.wording import sentences
from analysis.wording.phrases import listed
from analysis.wording.style import PAGE, Style
from analysis.wording.units import unit_of
from analysis.wording.verdicts import OPEN, SAME, pairs_of, short, tone

MOST_NAMED = 3
"""Conditions that are named with their numbers; more of them are counted."""


def answer(whole: Comparison, style: Style = PAGE) -> str:
    """Return what all conditions show in one sentence: those that differ by name and number, the others counted."""
    judged = whole.judged
    if len(judged) == 1:
        return sentences.headline(judged[0], style)
    metric, control = style.metric(whole.metric), sentences.quoted(whole.control)
    apart = [each for each in judged if differs(each)]
    rest = [each for each in judged if not differs(each)]
    if not apart:
        if not any(map(pairs_of, rest)):
            return f"No condition can be compared with {control}: there is no seed at which both trained."
        return f"{_none(rest)}: {_range(rest, style)} in {metric} against {control} ({_seeds(rest)})."
    named = [_told(each, style) for each in apart[:MOST_NAMED]]
    if more := len(apart) - len(named):
        named.append(f"{more} more")
    which = f"{len(apart)} of {len(judged)}" if rest else f"all {len(judged)}"
    said = f"{style.opened(metric)} differs from {control} with {which} conditions: {listed(named)}"
    return f"{said}; {_counted(rest)} ({_seeds(judged)})." if rest else f"{said} ({_seeds(judged)})."


def differs(effect: Effect) -> bool:
    """Return whether a condition is shown to differ from the control, in either direction."""
    word = effect.headline.verdict
    return bool(pairs_of(effect)) and (word in verdict.BY_SIGN or tone(effect) not in (OPEN, SAME))


def _told(effect: Effect, style: Style) -> str:
    found = f"{sentences.quoted(effect.condition)} {sentences.estimate(effect, style)}"
    ends = sentences.interval(effect, style)
    return f"{found} ({ends})" if ends else found


def _none(rest: Sequence[Effect]) -> str:
    """Return what is said of conditions none of which is shown to differ, as the beginning of a sentence."""
    words = dict.fromkeys(short(each) for each in rest)
    if len(words) == 1:
        return f"{next(iter(words)).capitalize()} for all {len(rest)} conditions"
    said = _counted(rest)
    return f"{said[0].upper()}{said[1:]}"


def _counted(rest: Sequence[Effect]) -> str:
    counts = {word: [each for each in rest if short(each) == word] for word in dict.fromkeys(map(short, rest))}
    return listed([f"{len(each)} {'is' if len(each) == 1 else 'are'} {word}" for word, each in counts.items()])


def _range(rest: Sequence[Effect], style: Style) -> str:
    """Return the least and the greatest difference."""
    known = sorted(
        (each for each in rest if each.headline.estimate is not None), key=lambda each: each.headline.estimate or 0.0
    )
    if not known:
        return "an amount without limit"
    first, last = (sentences.estimate(each, style) for each in (known[0], known[-1]))
    unit = f" {unit_of(known[0].metric).difference}".rstrip()
    told = first if first == last else f"{first.removesuffix(unit) if unit else first} to {last}"
    return told


def _seeds(judged: Sequence[Effect]) -> str:
    sizes = sorted({pairs_of(each) for each in judged})
    seeds = f"{sizes[-1]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    return f"{seeds} {'seed' if sizes[-1] == 1 else 'seeds'}"
