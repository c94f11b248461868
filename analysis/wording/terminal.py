"""A comparison as plain text for a terminal: one table, then sentences, then what to know."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.headline import ALONE, NORMAL, OF_ONE_RUN, OVER_IMAGES
from analysis.base.display_width import left, right, width
from analysis.methods.cross_check import CrossCheck
from analysis.tables.divergence import collapses_not_known
from analysis.tables.table import Dropped
from analysis.wording import bad_endings
from analysis.wording.answers import answer
from analysis.wording.differences import ESTIMANDS, NARROWER, over_seeds
from analysis.wording.failures import failure, no_failure
from analysis.wording.number_format import digits, exact, level, lined_up, margin_text, probability
from analysis.wording.phrases import OVER_SPLITS, holding, ranges
from analysis.wording.sentences import headline, means_of_one_run, sentences, what_one_run_is, why_no_claim
from analysis.wording.style import TERMINAL
from analysis.wording.verdicts import better, pairs_of, short
from bench.schema.known_metrics import is_fraction


def render(whole: Comparison) -> str:
    """Return a comparison as text."""
    blocks = [_title(whole), _answer(whole), _table(whole), _notes(whole)]
    blocks += ["\n".join(_beyond_table(each, whole)) for each in whole.effects.values()]
    if collapses_not_known(whole.warnings) is None:
        blocks.append(no_failure(whole.divergence.values()))
    if not whole.effects:
        blocks.append("\n".join(f"Diverged: {failure(each)}" for each in whole.divergence.values()))
    blocks.append("\n".join(crossed(whole)))
    blocks.append(itemised("Left out", [left_out(each) for each in whole.dropped]))
    blocks.append(itemised("Know before you believe this", whole.warnings))
    return "\n\n".join(block for block in blocks if block)


def crossed(whole: Comparison) -> list[str]:
    """Return what the cross-check says of each condition, and where it differs from the verdict; nothing without it."""
    if not whole.cross_check:
        return []
    scale = 100 if is_fraction(whole.metric) else 1
    within = f"±{margin_text(scale * (whole.margin or 0))}{' points' if scale == 100 else ''}"
    said = [
        f"Cross-check by baycomp's Bayesian signed-rank test over complete pairs, {within} as region of practical "
        f"equivalence. It is for each condition alone, on these test data; it points where a probability is above "
        f"{level(whole.alpha)}."
    ]
    return said + [_crossed(each) for each in whole.cross_check]


def _crossed(each: CrossCheck) -> str:
    said = (
        f"  {each.condition}: better {each.p_better:.3f}, equivalent {each.p_equivalent:.3f}, worse {each.p_worse:.3f}"
    )
    if not each.differs:
        return f"{said}; as the verdict"
    here, there = (word or "nowhere" for word in (each.points_to, each.verdict_points_to))
    return f"{said}; DIFFERS: it points to {here}, the verdict to {there}".replace("to nowhere", "nowhere")


def _answer(whole: Comparison) -> str:
    return answer(whole, TERMINAL) if whole.judged else ""


def _beyond_table(each: Effect, whole: Comparison) -> list[str]:
    """Return what the answer and the table do not say of a comparison: why it is open, what else decides, failures."""
    said = sentences(each, whole.divergence, TERMINAL, only_failures=True, example=whole.example)
    sentence, told = headline(each, TERMINAL, whole.example), each.headline
    is_in_table = told.verdict not in NARROWER and not why_no_claim(each) and not told.reason
    is_in_table |= told.scope in OF_ONE_RUN
    told_above = len(whole.judged) == 1 and not each.stays_at_chance
    return [one for one in said if one != sentence or not (is_in_table or told_above)]


def _title(whole: Comparison) -> str:
    scale = 100 if is_fraction(whole.metric) else 1
    margin = "none given" if whole.margin is None else margin_text(scale * whole.margin)
    unit = " in percentage points" if is_fraction(whole.metric) else ""
    told = whole.scopes
    holds = holding(told, whole.example, "conditions") if told else "" if whole.unit.independent else OVER_SPLITS
    return (
        f"{whole.metric}{unit}, against {whole.control}; {better(whole.direction)}; n = {whole.n_seeds}; "
        f"alpha {whole.alpha:g}; margin {margin}" + (f"\n{holds}" if holds else "")
    )


def _table(whole: Comparison) -> str:
    scale = 100 if is_fraction(whole.metric) else 1
    if not whole.effects:
        control = whole.conditions[whole.control]
        return f"{whole.control}, the control: mean {number(control.mean, scale)}, n = {control.n}"
    images = not set(whole.scopes).isdisjoint(OVER_IMAGES)
    header = (
        "condition", "pairs", "mean", "control's mean", "difference", f"{level(whole.alpha)} interval",
        *(["over seeds alone"] if images else []), "p", "dz",
        *(["bad endings"] if whole.bad_endings else []), "verdict",
    )  # fmt: skip
    return tabulated(header, [_row(each, whole, scale, images) for each in whole.effects.values()])


def tabulated(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells under their headings: the first and the last left-aligned, numbers between them right."""
    widths = [max(width(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [_aligned(header, widths), _aligned(["-" * each for each in widths], widths)]
    return "\n".join(lines + [_aligned(row, widths) for row in rows])


def _notes(whole: Comparison) -> str:
    """Return what the table's columns do not say of themselves."""
    if not whole.effects:
        return ""
    p, of_one_run = "p: the least alpha at which the interval excludes 0.", what_one_run_is(whole)
    both = "Both means are over the pairs of the row in which both trained."
    of_means = " ".join(filter(None, [p, means_of_one_run(whole)]))
    said = [
        f"Difference: {of_one_run}. {of_means}"
        if of_one_run
        else f"Difference: {ESTIMANDS[whole.estimand]}. {p} {both}"
    ]
    judged = [each.headline for each in whole.judged]
    if any(each.assumes == NORMAL and (each.low, each.high) != (None, None) for each in judged):
        said = [f"{said[0]} The intervals assume normal differences."]
    return "\n".join([*said, *filter(None, [bad_endings.rule(whole), bad_endings.shown(whole)])])


def _row(each: Effect, whole: Comparison, scale: int, images: bool) -> tuple[str, ...]:
    told, margin, difference = each.headline, each.margin, each.headline.estimate
    ends = interval(told.low, told.high, scale, margin) + (" (alone)" if told.interval == ALONE else "")
    return (
        each.condition,
        str(pairs_of(each)),
        number(each.mean_of("condition"), scale),
        number(each.mean_of("control"), scale),
        "-" if difference is None else signed([difference], scale, margin)[0],
        ends,
        *([interval(*over_seeds(each), scale, margin)] if images else []),
        "-" if told.p is None else probability(told.p),
        "-" if each.cohen_dz is None else f"{each.cohen_dz:+.2f}",
        *(
            ["-" if each.stays_at_chance else bad_endings.counted(whole.bad_endings.get(each.condition))]
            if whole.bad_endings
            else []
        ),
        "negative control" if each.stays_at_chance else short(each),
    )


def interval(low: float | None, high: float | None, scale: int, margin: float | None) -> str:
    """Return both ends with their signs."""
    ends = [end for end in (low, high) if end is not None]
    if len(ends) == 2:
        return " to ".join(signed(ends, scale, margin))
    if not ends:
        return "-"
    return signed(ends, scale, margin)[0] + (" or more" if high is None else " or less")


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    middle = [right(cell, columns) for cell, columns in rest[:-1]]
    return "  ".join([left(*first), *middle, rest[-1][0]]).rstrip()


def number(value: float | None, scale: int) -> str:
    """Return a value, per cent where `scale` is 100."""
    if value is None:
        return "-"
    return f"{100 * value:.3f}" if scale == 100 else f"{value:.5g}"


def signed(values: Sequence[float], scale: int, margin: float | None, fewer: int = 0) -> list[str]:
    """Return differences with their signs and as many digits as one of them needs, `fewer` than usual at least."""
    told = [scale * value for value in values]
    least, code = (3 - fewer, "f") if scale == 100 else lined_up(told, 5 - 2 * fewer)
    count = digits(told, None if margin is None else scale * margin, least, code)
    return [f"{exact(value) + 0.0:+.{count}{code}}" for value in told]


def left_out(each: Dropped) -> str:
    """Return what was dropped for one reason in a line."""
    trials = "1 trial (seed" if each.count == 1 else f"{each.count} trials (seeds"
    return f"{each.condition}: {trials} {ranges(each.seeds)}): {each.reason}"


def itemised(title: str, items: Sequence[str]) -> str:
    """Return a list under its title; nothing where it is empty."""
    return "" if not items else "\n".join([f"{title}:", *(f"  - {item}" for item in items)])
