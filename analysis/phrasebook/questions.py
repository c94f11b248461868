"""Example answers to what is asked beside a comparison: plans, sequences, the self-check, variance by source."""

from __future__ import annotations

import itertools

import pandas as pd

from analysis.answer.asked import checked, followed
from analysis.answer.power_question import AnyPlan, Planning
from analysis.answer.variance import variance_by_source
from analysis.phrasebook.entry import Entry, Line
from analysis.tables.table import Table, from_frame
from analysis.wording import power_terminal, selfcheck_terminal, sequences_terminal, variance_terminal

LEVELS = (0.850, 0.842, 0.857, 0.846, 0.853, 0.849, 0.844, 0.855)
"""Accuracies of the control, one per seed."""

GAINS = {"book": (0.006, 0.009, 0.004, 0.007, 0.008, 0.003, 0.011, 0.005), "mirror": (0.002, -0.004, 0.003, 0.001)}
"""Differences to it, of as many seeds as there are."""


def runs() -> Table:
    """Return a table of these."""
    rows = [("none", seed, level) for seed, level in enumerate(LEVELS)]
    rows += [(label, seed, LEVELS[seed] + gain) for label, gains in GAINS.items() for seed, gain in enumerate(gains)]
    return from_frame(pd.DataFrame(rows, columns=["condition", "seed", "test_accuracy"]))


def crossed() -> Table:
    """Return a table of one condition whose sources of randomness are crossed, and of one where they are not."""
    rows = [
        ("none", seed, each, order, mask, 0.85 + 0.004 * each - 0.002 * order + 0.001 * mask * order)
        for seed, (each, order, mask) in enumerate(itertools.product(range(2), repeat=3))
    ]
    rows += [("book", seed, seed, seed, seed, level) for seed, level in enumerate(LEVELS)]
    names = ["condition", "seed", "init_seed", "order_seed", "mask_seed", "test_accuracy"]
    return from_frame(pd.DataFrame(rows, columns=names))


def plans() -> list[tuple[str, AnyPlan]]:
    """Return a plan of each kind, with what was asked."""
    asked = ("test_accuracy", "none")
    by_sd = {
        "SD 0.004, delta 0.002": Planning(delta=0.002),
        "SD 0.004, 20 seeds, typical, 3 comparisons": Planning(n=20, comparisons=3, estimand="typical"),
        "SD 0.004, 5 seeds, typical": Planning(n=5, estimand="typical"),
        "SD 0.004, margin 0.003": Planning(margin=0.003),
        "SD 0.004, margin 0.003, 20 seeds": Planning(margin=0.003, n=20),
    }
    by_pilot = {
        "pilot, delta 0.002": Planning(delta=0.002),
        "pilot, its own seeds, typical": Planning(estimand="typical"),
        "pilot, margin 0.003": Planning(margin=0.003),
    }
    found: list[tuple[str, AnyPlan]] = [(told, each.of_sd(0.004)) for told, each in by_sd.items()]
    return found + [(told, each.of_pilot(runs(), *asked)) for told, each in by_pilot.items()]


def entries() -> tuple[Entry, ...]:
    """Return what is written of each answer."""
    table, asked = runs(), ("test_accuracy", "none")
    told = f"control {LEVELS}; {', '.join(f'{label} {gains}' for label, gains in GAINS.items())}"
    return (
        Entry(power_terminal.render, tuple(Line(asked, power_terminal.render(each)) for asked, each in plans())),
        Entry(
            sequences_terminal.render,
            tuple(
                Line(f"{of}; {told}", sequences_terminal.render(followed(table, *asked, alpha=0.05, estimand=of)))
                for of in ("typical", "mean")
            ),
        ),
        Entry(selfcheck_terminal.render, (Line(told, selfcheck_terminal.render(checked(table, *asked, alpha=0.05))),)),
        Entry(
            variance_terminal.render,
            (
                Line(
                    "8 runs of none, whose sources are crossed; 8 of book, whose are not",
                    variance_terminal.render(variance_by_source(crossed(), asked[0], 0.05)),
                ),
            ),
        ),
    )
