"""The answer of a study in one line: the verdict first, then the numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.headline import OF_ONE_RUN
from analysis.methods import verdict
from analysis.wording import differences, phrases, sentences
from analysis.wording.phrases import count, every, listed
from analysis.wording.style import PAGE, Style
from analysis.wording.units import unit_of
from analysis.wording.verdicts import NO_PAIR, OPEN, SAME, block_of, pairs_of, short, tone

MOST_NAMED = 2
"""Conditions that are named with their numbers; of more, the least and the greatest difference."""

NO_PAIR_IN_WORDS = "no pair in which both trained"

LONG = 20
"""Letters of a control's label above which it is called the control."""


def answer(whole: Comparison, style: Style = PAGE) -> str:
    """Return what all conditions show in one sentence: those that differ, with their numbers, the others counted."""
    judged = whole.judged
    if len(judged) == 1:
        return sentences.headline(judged[0], style, whole.example)
    metric = style.metric(whole.metric)
    control = phrases.quoted(whole.control) if len(whole.control) <= LONG else "the control"
    if any(each.headline.scope in OF_ONE_RUN for each in judged):
        return _of_one_run(whole, f"{control} in {metric}", style)
    apart = [each for each in judged if differs(each)]
    rest = [each for each in judged if not differs(each)]
    if not apart:
        if not any(map(pairs_of, rest)):
            return f"No condition can be compared with {control}: {sentences.no_pair(rest[0], style)}."
        return f"{_none(rest)}: {_range(rest, style)} in {metric} against {control} ({_seeds(rest)})."
    verb = "differs" if len(apart) == 1 else "differ"
    which = f"{len(apart)} of {len(judged)} conditions" if rest else _opened(_all(judged))
    said = f"{which} {verb} from {control} in {metric} ({_seeds(judged)})"
    if len(apart) <= MOST_NAMED:
        said += f": {listed([_told(each, style) for each in apart])}"
    else:
        said += f", from {_told(min(apart, key=_size), style)} to {_told(max(apart, key=_size), style)}"
    if rest:
        estimates = f" ({'estimate' if len(rest) == 1 else 'estimates'} {_range(rest, style)})" if _known(rest) else ""
        said += f"; {_others(rest)}{estimates}"
    return f"{said}."


def _of_one_run(whole: Comparison, where: str, style: Style) -> str:
    """Return what one run of each condition shows of the trained networks, and of no others."""
    known = [each for each in whole.judged if each.headline.scope in OF_ONE_RUN]
    shown = [each for each in known if each.headline.p is not None]
    apart = [each for each in shown if (each.headline.p or 0) <= each.alpha]
    rest = [each for each in shown if each not in apart]
    size, new = sentences.items(known[0], whole.example), sentences.new_items(known[0], whole.example)
    if not shown:
        said = f"{_range(known, style)} against {where}; {sentences.no_interval(known[0])}"
    elif not apart:
        said = f"no trained network is shown to differ from {where} {new} ({_range(rest, style)})"
    else:
        verb = "differs" if len(apart) == 1 else "differ"
        which = (
            f"{len(apart)} of {count(len(shown), 'trained network')}" if rest else every(len(shown), "trained network")
        )
        told = apart if len(apart) <= MOST_NAMED else [min(apart, key=_size), max(apart, key=_size)]
        between = [_told(each, style) for each in told]
        amounts = listed(between) if len(apart) <= MOST_NAMED else f"from {' to '.join(between)}"
        said = f"{which} {verb} from {where} {new}: {amounts}"
        if rest:
            others = "the other is" if len(rest) == 1 else f"the other {len(rest)} are"
            said += f"; {others} not shown to ({_range(rest, style)})"
    if lost := len(whole.judged) - len(known):
        said += f"; {lost} {'has' if lost == 1 else 'have'} {NO_PAIR_IN_WORDS}"
    return f"One run of each, {size}: {said}. Other seeds are not covered."


def differs(effect: Effect) -> bool:
    """Return whether a condition is shown to differ from the control, in either direction."""
    word = effect.headline.verdict
    return bool(pairs_of(effect)) and (word in verdict.BY_SIGN or tone(effect) not in (OPEN, SAME))


def _told(effect: Effect, style: Style) -> str:
    found = f"{phrases.quoted(effect.condition)} {differences.estimate(effect, style)}"
    ends = differences.interval(effect, style)
    return f"{found} ({ends})" if ends else found


def _size(effect: Effect) -> float:
    """Return the estimate; infinite on the side where it has no limit."""
    head = effect.headline
    return head.estimate if head.estimate is not None else -math.inf if head.low is None else math.inf


def _all(judged: Sequence[Effect]) -> str:
    return every(len(judged), "condition")


def _others(rest: Sequence[Effect]) -> str:
    """Return the verdicts of the conditions that are not shown to differ."""
    if len(set(map(short, rest))) > 1:
        return _counted(rest)
    return f"the other {_are(rest)}" if len(rest) == 1 else f"the other {len(rest)} {_are(rest)}"


def _are(rest: Sequence[Effect]) -> str:
    """Return what conditions of one verdict are, with the verb."""
    word = short(rest[0])
    if word == NO_PAIR:
        return f"{'has' if len(rest) == 1 else 'have'} {NO_PAIR_IN_WORDS}"
    if rest[0].headline.verdict == verdict.CANNOT_TEST:
        return word
    return f"{'is' if len(rest) == 1 else 'are'} {word}"


def _none(rest: Sequence[Effect]) -> str:
    """Return what is said of conditions none of which is shown to differ, as the beginning of a sentence."""
    words = dict.fromkeys(short(each) for each in rest)
    if len(words) == 1:
        return _opened(f"{next(iter(words))} for {_all(rest)}")
    return _opened(_counted(rest))


def _counted(rest: Sequence[Effect]) -> str:
    counts = {word: [each for each in rest if short(each) == word] for word in dict.fromkeys(map(short, rest))}
    return listed([f"{len(each)} {_are(each)}" for each in counts.values()])


def _range(rest: Sequence[Effect], style: Style) -> str:
    """Return the least and the greatest difference."""
    known = sorted(_known(rest), key=_size)
    if not known:
        return "an amount without limit"
    first, last = (differences.estimate(each, style) for each in (known[0], known[-1]))
    unit = f" {unit_of(known[0].metric).difference}".rstrip()
    told = first if first == last else f"{first.removesuffix(unit) if unit else first} to {last}"
    return told


def _known(rest: Sequence[Effect]) -> list[Effect]:
    return [each for each in rest if each.headline.estimate is not None]


def _opened(said: str) -> str:
    return f"{said[0].upper()}{said[1:]}"


def _seeds(judged: Sequence[Effect]) -> str:
    sizes = sorted({pairs_of(each) for each in judged})
    blocks = f"{sizes[-1]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    return f"{blocks} {block_of(judged[0])}{'' if sizes[-1] == 1 else 's'}"
