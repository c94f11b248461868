"""Example factorials, computed from tables that are made by rule."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pandas as pd

from analysis.factorial import factorial as analysed
from analysis.factorial.result import Factorial, HeldAt
from analysis.factorial.worth_by_level import WorthByLevel
from analysis.phrasebook.entry import Entry, Line, text_of
from analysis.wording import factorial, factorial_terminal, pairing
from analysis.wording.style import PAGE

Value = Callable[[float, float | str], float]


def _noise(seed: int, place: int) -> float:
    return ((37 * seed + 61 * place + 13 * seed * place) % 17 - 8) / 4000


def crossed(first: list[float], second: list[float | str], value: Value, seeds: int, lost: bool = False) -> Factorial:
    """Return the factorial of a table: `value` of both levels, plus noise; one trial diverged where `lost`."""
    rows = [
        {"condition": f"{a:g}/{b}", "seed": seed, "dropout": a, "depth" if isinstance(b, float) else "activation": b,
         "status": "diverged" if lost and (seed, place) == (2, 0) else "ok", "classes": 10,
         "test_accuracy": 0.85 + value(a, b) + _noise(seed, place)}
        for place, (a, b) in enumerate(itertools.product(first, second))
        for seed in range(seeds)
    ]  # fmt: skip
    return analysed(pd.DataFrame(rows), "test_accuracy", margin=0.002)


def _straight(rate: float, depth: float | str) -> float:
    return 0.02 * rate + (0.01 if rate and depth == 4.0 else 0)


def _curved(rate: float, depth: float | str) -> float:
    return 0.02 if rate == 0.2 else 0.0


def _nothing(rate: float, depth: float | str) -> float:
    return 0.0


EXAMPLES = {
    "two levels each, an interaction, 12 seeds": crossed([0.0, 0.5], [2.0, 4.0], _straight, 12),
    "two levels each, nothing differs, one trial diverged": crossed([0.0, 0.5], [2.0, 4.0], _nothing, 12, lost=True),
    "three levels on a line, 12 seeds": crossed([0.0, 0.2, 0.5], [2.0, 4.0], _straight, 12),
    "three levels on no line, 12 seeds": crossed([0.0, 0.2, 0.5], [2.0, 4.0], _curved, 12),
    "levels that are names, 12 seeds": crossed([0.0, 0.5], ["relu", "tanh", "gelu"], _straight, 12),
    "two levels each, 2 seeds": crossed([0.0, 0.5], [2.0, 4.0], _straight, 2),
    "three levels, 3 seeds": crossed([0.0, 0.2, 0.5], [2.0, 4.0], _straight, 3),
}


def _paired(*needed: float | None) -> WorthByLevel:
    """Return seeds needed beside streams, with the ends of their interval."""
    at = (HeldAt(factor="seeding", level="manual_seed"), HeldAt(factor="learning_rate", level=0.1))
    names = ("seeds_needed", "seeds_needed_low", "seeds_needed_high")
    return WorthByLevel(n=40, at=at, reference="streams", **dict(zip(names, needed, strict=True)))


PAIRED = [_paired(5.6, 2.5, 12.9), _paired(0.5, 0.3, 0.8), _paired(1.5, 0.1, 33.5), _paired(None, None, None)]


def entries() -> tuple[Entry, ...]:
    """Return what is written of factorials."""
    effects = [
        (f"{name}: {each.effect}", each)
        for name, found in EXAMPLES.items()
        for each in (*found.effects, *factorial.simple_told(found))
    ]
    first, straight = (
        EXAMPLES["two levels each, an interaction, 12 seeds"],
        EXAMPLES["three levels on a line, 12 seeds"],
    )
    return (
        Entry(factorial.sentence, tuple(Line(name, factorial.sentence(each, PAGE)) for name, each in effects)),
        Entry(
            factorial.label_of,
            tuple(
                Line(name, factorial.label_of(each, each.contrast))
                for name, each in effects
                if each.contrast is not None
            ),
        ),
        Entry(factorial.f_told, tuple(Line(name, factorial.f_told(each.omnibus)) for name, each in effects[:1])),
        Entry(factorial.notes, (Line("three levels", text_of(factorial.notes(straight))),)),
        Entry(factorial.crossed, tuple(Line(name, factorial.crossed(each)) for name, each in EXAMPLES.items())),
        Entry(
            pairing.seeds_beside,
            tuple(
                Line(
                    f"{each.seeds_needed} ({each.seeds_needed_low} to {each.seeds_needed_high})",
                    pairing.seeds_beside(each, "streams", 0.05),
                )
                for each in PAIRED
            ),
        ),
        Entry(
            pairing.needed,
            tuple(
                Line(f"{each.seeds_needed} ({each.seeds_needed_low} to {each.seeds_needed_high})", pairing.needed(each))
                for each in PAIRED
            ),
        ),
        Entry(factorial_terminal.render, (Line(next(iter(EXAMPLES)), factorial_terminal.render(first)),)),
    )
