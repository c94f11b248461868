"""Factors together: main effects and interactions where the conditions cross two or more factors, simple effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.answer.effect import Contrast
from analysis.answer.headline import scopes
from analysis.factorial.result import Factorial, FactorialEffect, contrasts
from analysis.factorial.slopes import Slope
from analysis.figures import effects, interaction, surface
from analysis.report.comparison_grid import headline_interval
from analysis.report.document import Block, Column, Grid, Item, Listing, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.report.sections.entry import shown
from analysis.wording import factorial
from analysis.wording.number_format import NOTHING, level, probability
from analysis.wording.phrases import holding, listed, quoted
from analysis.wording.style import PAGE
from analysis.wording.units import Unit, signed, unit_of
from analysis.wording.verdicts import better, pairs_of, short, tone

TITLE = "Factors together"


def section(material: Material, pool: Pool) -> Section | None:
    """Return a sentence for each effect, figures and tables; None where nothing is crossed."""
    found = pool.evidence.factorial
    if found is None:
        return None
    blocks: list[Block] = [Paragraph(_opening(found)), _listing(found.effects)]
    blocks += [shown(pool, interaction.PLOT), shown(pool, effects.PLOT), effects_grid(found)]
    if surface.axes_of(found) is not None:
        blocks.append(shown(pool, surface.PLOT))
    blocks += [Paragraph(each, "note") for each in factorial.notes(found)]
    if simple := factorial.simple_told(found):
        blocks += [Paragraph(factorial.WHY_SIMPLE), _listing(simple), simple_grid(simple, found)]
    return Section(TITLE, tuple(blocks))


def _listing(told: Sequence[FactorialEffect]) -> Listing:
    return Listing(tuple(map(_item, told)))


def _opening(found: Factorial) -> str:
    said = (
        f"{len(found.cells)} conditions cross {len(found.factors)} factors in full: {factorial.crossed(found)}. "
        f"Effects are taken seed by seed, at the {found.n} seeds at which every one of these conditions trained"
    )
    lost = found.n_lost_to_divergence
    said += f"; at {lost} more a trial diverged, and they are left out." if lost else "."
    if found.outside:
        names = listed([quoted(each.condition) for each in found.outside])
        said += f" No part of the crossing: {names}."
    return said


def _item(effect: FactorialEffect) -> Item:
    text = factorial.sentence(effect, PAGE)
    if effect.contrast is None:
        return Item(text, "no sign")
    return Item(text, short(effect.contrast), tone(effect.contrast))


def effects_grid(found: Factorial) -> Grid:
    """Return verdict, contrast, interval and p of every main effect and interaction."""
    return _grid("factorial", "effects", found.effects, found)


def simple_grid(told: Sequence[FactorialEffect], found: Factorial) -> Grid:
    """Return the same of some simple effects."""
    return _grid("factorial-simple", "simple effects", told, found)


def _grid(name: str, family: str, told: Sequence[FactorialEffect], found: Factorial) -> Grid:
    unit, curves = unit_of(found.metric), factorial.has_curves(told)
    return Grid(
        name=f"{name}-{found.metric}",
        compact=True,
        caption=_caption(found, family, contrasts(told), unit),
        columns=(
            Column("effect", numeric=False),
            Column("verdict", numeric=False),
            Column("contrast", unit.difference),
            Column(f"{level(found.alpha)} interval", unit.difference),
            Column("p"),
            Column("effect size", "dz"),
            Column("seeds"),
            *((Column("F", numeric=False), Column("p of F, adjusted")) if curves else ()),
        ),
        rows=tuple(_row(*line, unit, curves) for each in told for line in _lines(each)),
        data=tuple(_flat(*line) for each in told for line in _lines(each)),
    )


def _lines(effect: FactorialEffect) -> list[tuple[FactorialEffect, Contrast | None]]:
    """Return the effect with its contrast; one without a sign first by itself, then with each level’s own."""
    whole = [] if effect.contrast is not None else [(effect, None)]
    return [*whole, *((effect, each) for each in contrasts([effect]))]


def _row(effect: FactorialEffect, contrast: Contrast | None, unit: Unit, curves: bool) -> tuple[str, ...]:
    omnibus = factorial.cells_of_f(effect) if curves else ()
    if contrast is None:
        return (effect.effect, "levels are names", *[NOTHING] * 5, *omnibus)
    return (
        factorial.label_of(effect, contrast),
        short(contrast),
        unit.tell_difference(contrast.headline.estimate, contrast.margin),
        headline_interval(contrast, unit),
        probability(contrast.headline.p),
        signed(contrast.cohen_dz, 2),
        str(pairs_of(contrast)),
        *(omnibus if contrast is effect.contrast else [NOTHING] * len(omnibus)),
    )


def _caption(found: Factorial, family: str, signed_: list[Contrast], unit: Unit) -> str:
    margin = "no margin was set: verdicts go by the sign alone"
    if found.margin is not None:
        margin = f"effects within ±{unit.margin_with_unit(found.margin)} count as too small to matter"
    said = f"{family.capitalize()} on {unit.name}; {better(found.direction)}; {margin}."
    told = scopes(each.headline for each in signed_)
    if told:
        said += f" {holding(told, found.example, family)} p is the least alpha at which the interval excludes 0."
    return said


def _flat(effect: FactorialEffect, found: Contrast | None) -> dict[str, Any]:
    """Return an effect at full precision: F, slope, the contrast and its headline under their own names."""
    omnibus = {f"omnibus_{key}": value for key, value in vars(effect.omnibus).items()}
    told = {} if found is None else {f"headline_{key}": value for key, value in vars(found.headline).items()}
    skip = ("headline", "pairs", "weights", "levels", "condition")
    rest = {} if found is None else {key: getattr(found, key) for key in found.names() if key not in skip}
    name = effect.effect if found is None else found.condition
    slope = {key: getattr(effect, key) for key in Slope.names()}
    return {"effect": name, "kind": effect.kind, "df_effect": effect.df, **slope, **omnibus, **told, **rest}
