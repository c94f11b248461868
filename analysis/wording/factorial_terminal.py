"""A factorial as plain text for a terminal: one table, then sentences, then what to know."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.effect import Contrast
from analysis.answer.headline import ALONE, scopes
from analysis.factorial.result import Factorial, FactorialEffect, contrasts
from analysis.wording import factorial
from analysis.wording.number_format import level, margin_text, probability
from analysis.wording.phrases import holding
from analysis.wording.terminal import interval, itemised, left_out, number, signed, tabulated
from analysis.wording.verdicts import better, short
from bench.schema.known_metrics import is_fraction


def render(found: Factorial) -> str:
    """Return the object of `analysis.factorial.factorial` as text."""
    simple = factorial.simple_told(found)
    blocks = [_title(found), _cells(found), _effects(found.effects, found), "\n".join(factorial.notes(found))]
    blocks += [factorial.sentence(each) for each in found.effects]
    if simple:
        blocks += [factorial.WHY_SIMPLE, _effects(simple, found), *map(factorial.sentence, simple)]
    blocks.append(itemised("Left out", [left_out(each) for each in found.dropped]))
    blocks.append(itemised("Know before you believe this", found.warnings))
    return "\n\n".join(block for block in blocks if block)


def _scale(found: Factorial) -> int:
    return 100 if is_fraction(found.metric) else 1


def _title(found: Factorial) -> str:
    margin = "none given" if found.margin is None else margin_text(_scale(found) * found.margin)
    unit = " in percentage points" if is_fraction(found.metric) else ""
    title = (
        f"{found.metric}{unit}, {factorial.crossed(found)}; {better(found.direction)}; n = {found.n} complete blocks; "
        f"alpha {found.alpha:g}; margin {margin}"
    )
    told = scopes(each.headline for each in contrasts(found.effects))
    holds = f"\n{holding(told, found.example, 'effects')}" if told else ""
    return title + holds


def _cells(found: Factorial) -> str:
    scale = _scale(found)
    header = ("condition", *(each.name for each in found.factors), "mean", "SD", "seeds")
    rows = [
        (each.condition, *map(factorial.tell, each.levels), number(each.mean, scale), number(each.sd, scale),
         str(each.n))
        for each in found.cells
    ]  # fmt: skip
    return tabulated(header, rows)


def _effects(told: Sequence[FactorialEffect], found: Factorial) -> str:
    omnibus = ("F", "p of F (adjusted)") if factorial.has_curves(told) else ()
    header = ("effect", "contrast", f"{level(found.alpha)} interval", "p", "dz", *omnibus, "verdict")
    return tabulated(header, [row for each in told for row in _rows(each, _scale(found), bool(omnibus))])


def _rows(effect: FactorialEffect, scale: int, with_f: bool) -> list[tuple[str, ...]]:
    omnibus = factorial.cells_of_f(effect) if with_f else ()
    rows = [] if effect.contrast is not None else [(effect.effect, "-", "-", "-", "-", *omnibus, "levels are names")]
    if effect.contrast is None:
        omnibus = ("", "") if with_f else ()
    return rows + [_row(factorial.label_of(effect, each), each, scale, omnibus) for each in contrasts([effect])]


def _row(label: str, contrast: Contrast, scale: int, omnibus: tuple[str, ...]) -> tuple[str, ...]:
    told, margin, mean = contrast.headline, contrast.margin, contrast.headline.estimate
    return (
        label,
        "-" if mean is None else signed([mean], scale, margin)[0],
        interval(told.low, told.high, scale, margin) + (" (t)" if told.interval == ALONE else ""),
        "-" if told.p is None else probability(told.p),
        "-" if contrast.cohen_dz is None else f"{contrast.cohen_dz:+.2f}",
        *omnibus,
        short(contrast),
    )
