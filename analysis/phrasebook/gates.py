"""Example gates: each requirement, met, refuted and left open, by effects of every verdict."""

from __future__ import annotations

from analysis.answer.effect import Effect
from analysis.answer.gate import HOLDS, NEITHER, OPPOSITE, REQUIREMENTS, Gate, Required, shown
from analysis.phrasebook.comparisons import named, whole
from analysis.phrasebook.effects import UNTESTED, every_verdict
from analysis.phrasebook.entry import Entry, Line
from analysis.wording import gate, markdown
from bench.schema.known_metrics import DIRECTIONS, HIGHER, Direction

MARGIN = 0.001


def made(require: str, *effects: Effect, direction: Direction = HIGHER) -> Gate:
    """Return a gate that holds these effects to a requirement."""
    compared = whole(*effects, direction=direction)
    held = []
    for each in compared.effects.values():
        outcome = shown(each.headline, require, MARGIN, direction)
        reason = each.headline.reason if outcome == NEITHER else None
        held.append(Required(condition=each.condition, outcome=outcome, reason=reason, effect=each))
    return Gate(require=require, margin=MARGIN, control="none", conditions=tuple(held), comparisons={"": compared},
                warnings=())  # fmt: skip


def _of_each_outcome(require: str, direction: Direction) -> list[tuple[str, Gate]]:
    """Return a gate of one effect for each outcome that some effect has."""
    found: dict[str, Gate] = {}
    for each in every_verdict(direction):
        one = made(require, each, direction=direction)
        found.setdefault(one.outcome, one)
    return list(found.items())


def entries() -> tuple[Entry, ...]:
    """Return what is written of gates."""
    several: list[tuple[str, str, Direction]] = [
        (f"{require}, {way} is better", require, way) for require in REQUIREMENTS for way in DIRECTIONS
    ]
    alone = [
        (f"{told}: {outcome}", one) for told, require, way in several for outcome, one in _of_each_outcome(require, way)
    ]
    untested = made("superior", UNTESTED[0])
    mixed = [
        (f"{sum(each.outcome == HOLDS for each in one.conditions)} hold, "
         f"{sum(each.outcome == OPPOSITE for each in one.conditions)} are refuted, of {len(one.conditions)}", one)
        for require in REQUIREMENTS
        for one in (made(require, *named(*every_verdict(HIGHER))),)
    ]  # fmt: skip
    first = alone[0][1]
    return (
        Entry(gate.title, (Line(alone[0][0], gate.title(first)),)),
        Entry(gate.requirement, tuple(
            Line(told, gate.requirement(made(require, *every_verdict(way)[:1], direction=way)))
            for told, require, way in several
        )),
        Entry(gate.result, tuple(Line(told, gate.result(one)) for told, one in [*alone[:3], *mixed])),
        Entry(gate.sentence, tuple(
            Line(told, gate.sentence(one, one.conditions[0])) for told, one in [*alone, ("too few seeds", untested)]
        )),
        Entry(gate.render, (Line(mixed[1][0], gate.render(mixed[1][1])),)),
        Entry(gate.markdown, (Line(alone[0][0], gate.markdown(first)),)),
        Entry(gate.junit, (Line(alone[0][0], gate.junit(first)),)),
        Entry(markdown.escaped, (Line("a|b *c*", markdown.escaped("a|b *c*")),)),
    )  # fmt: skip
