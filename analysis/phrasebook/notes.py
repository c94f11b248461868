"""Notes that comparisons of made tables carry: what was left out, and what to know before believing them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analysis.answer.compare import compare
from analysis.answer.comparison import Comparison
from analysis.phrasebook.entry import Entry, Line
from analysis.tables.table import Table, from_frame
from analysis.wording.style import PAGE

LABELS = ("none", "book", "half")


def made(seeds: int = 8, **more: Any) -> pd.DataFrame:
    """Return the rows of three conditions, one trial per seed; `more` are further columns."""
    rows = [
        {"condition": label, "seed": seed, "test_accuracy": 0.85 + 0.001 * ((7 * seed + 5 * place * seed) % 11)}
        for place, label in enumerate(LABELS)
        for seed in range(seeds)
    ]
    return pd.DataFrame(rows).assign(**more)


def _changed(frame: pd.DataFrame, rows: list[int], **values: Any) -> pd.DataFrame:
    frame = frame.copy()
    for name, value in values.items():
        frame.loc[rows, name] = value
    return frame


def tables() -> Iterator[tuple[str, Table, dict[str, Any]]]:
    """Yield tables with something to know about them, and what is asked of each."""
    plain = made()
    known = made(status="ok", classes=10)
    yield "8 seeds, nothing known of divergence, no margin", from_frame(plain), {}
    yield "status and classes known", from_frame(known), {"margin": 0.002}
    yield "a margin of 6 points", from_frame(known), {"margin": 0.06}
    yield "one seed without a partner", from_frame(known.drop(index=8)), {"margin": 0.002}
    yield "three seeds without a partner", from_frame(known.drop(index=[8, 9, 10])), {"margin": 0.002}
    yield "one run diverged", from_frame(_changed(known, [9], status="diverged")), {"margin": 0.002}
    yield "three runs diverged", from_frame(_changed(known, [9, 10, 11], status="diverged")), {"margin": 0.002}
    yield "one run at chance whose status is ok", from_frame(_changed(known, [9], test_accuracy=0.1)), {"margin": 0.002}
    yield "an empty cell", from_frame(_changed(known, [9], test_accuracy=float("nan"))), {"margin": 0.002}
    yield "one run far below the others", from_frame(_changed(known, [9], test_accuracy=0.4)), {"margin": 0.002}
    yield (
        "half of the runs of a condition far below",
        from_frame(_changed(known, [8, 9, 10, 11, 12], test_accuracy=0.6)),
        {"margin": 0.002},
    )
    yield "accuracy the same in every condition", from_frame(known.assign(test_accuracy=0.85)), {"margin": 0.002}
    yield "4 seeds", from_frame(made(4, status="ok", classes=10)), {"margin": 0.002}
    yield "2 seeds", from_frame(made(2, status="ok", classes=10)), {"margin": 0.002}
    yield "1 seed", from_frame(made(1, status="ok", classes=10)), {"margin": 0.002}
    right = made(1)["test_accuracy"].to_numpy()[:, None] > (np.arange(2_000) * 0.618) % 1
    bits = [np.packbits(each).tobytes() for each in right]
    images = made(1, status="ok", classes=10, test_bits=bits, test_correct=right.sum(axis=1), test_total=2_000)
    images = images.drop(columns="test_accuracy")
    yield "1 seed, images known", from_frame(images), {"margin": 0.002}
    grouped = images.assign(test_groups=pd.Series([np.arange(2_000) % 6] * len(images), images.index))
    yield "1 seed, images known and in 6 groups", from_frame(grouped), {"margin": 0.002}
    right = made(3)["test_accuracy"].to_numpy()[:, None] > (np.arange(2_000) * 0.618) % 1
    bits = [np.packbits(each).tobytes() for each in right]
    several = made(3, status="ok", classes=10, test_bits=bits, test_correct=right.sum(axis=1), test_total=2_000)
    for name, groups in (
        ("6 groups", np.arange(2_000) % 6),
        ("40 groups of like size", np.arange(2_000) % 40),
        ("12 groups, most in one", np.maximum(np.arange(2_000) - 1_988, 0)),
        ("40 groups of unlike size", np.sqrt(np.arange(2_000) * 0.8).astype(int)),
    ):
        in_groups = several.drop(columns="test_accuracy").assign(test_groups=pd.Series([groups] * len(several)))
        yield f"3 seeds, images known and in {name}", from_frame(in_groups), {"margin": 0.002}
    yield (
        "a metric whose better values are not known",
        from_frame(known.assign(score=plain["test_accuracy"])),
        {"metric": "score"},
    )
    yield (
        "a loss, one run without a number",
        from_frame(
            _changed(known.assign(test_loss=plain["test_accuracy"]), [9], test_loss=float("inf"), status="diverged")
        ),
        {"metric": "test_loss"},
    )
    yield (
        "a negative control as the control",
        from_frame(known.assign(stays_at_chance=known["condition"] == "none")),
        {"margin": 0.002},
    )
    folds = from_frame(known.assign(fold=known["seed"]))
    yield "8 folds", folds, {"margin": 0.002}
    yield "8 folds, each of which holds out an eighth", folds, {"margin": 0.002, "test_fraction": 0.125}
    yield "labels that look alike", from_frame(_changed(known, [9], condition="book ")), {"margin": 0.002}


def warnings_of(found: Comparison) -> list[str]:
    """Return what to know before believing a comparison."""
    return [PAGE.note(each) for each in found.warnings]


def reasons_of(found: Comparison) -> list[str]:
    """Return why trials are left out of a comparison, and why conditions of it cannot be tested."""
    untested = [f"{each.condition}: {each.headline.reason}" for each in found.effects.values() if each.headline.reason]
    return [*(f"{each.condition}: {each.reason}" for each in found.dropped), *untested]


def entries() -> tuple[Entry, ...]:
    """Return every distinct note, with the table that it is about."""
    notes: dict[str, str] = {}
    left: dict[str, str] = {}
    for name, table, asked in tables():
        metric = asked.pop("metric", "test_accuracy")
        found = compare(table, metric, "none", **asked)
        notes = dict.fromkeys(warnings_of(found), name) | notes
        left = dict.fromkeys(reasons_of(found), name) | left
    return (
        Entry(warnings_of, tuple(Line(name, text) for text, name in notes.items())),
        Entry(reasons_of, tuple(Line(name, text) for text, name in left.items())),
    )
