"""Golden columns: what a row and a curve say of a training."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from bench.record import rows
from bench.record.outcome import Outcome, Score
from bench.record.trials import FUSED, STACKED
from tests.golden.golden import Golden, Numbers, engine

CLASSES = 10


def of_columns() -> Iterator[Golden]:
    """Yield the golden of the columns, for each engine."""
    for each in (STACKED, FUSED):
        yield Golden(f"columns, for the {each} engine", engine(each), columns)


def columns() -> Numbers:
    """Return the columns of a made-up outcome."""
    outcome = Outcome(
        running=[score(90, 2, 2.25), score(90, 5, 1.75)],
        test=[score(70, 3, 2.5), score(70, 4, 1.5)],
        train=score(90, 2, 1.25),
        validation=score(11, 3, 1.375),
        train_seconds=2.0,
        activations=[{"activation_mean_1": 0.5}, {"activation_mean_1": 0.25}],
    )
    row = rows.measured(outcome, CLASSES)
    found: Numbers = {key: [value.hex() if isinstance(value, bytes) else value] for key, value in row.items()}
    for key in rows.curve(outcome)[0]:
        found[f"curve, {key}"] = ["none" if row[key] is None else row[key] for row in rows.curve(outcome)]
    return found


def score(total: int, every: int, loss: float) -> Score:
    """Return a score in which one image of `every` is right."""
    return Score(torch.arange(total) % every == 0, loss, loss / 8)
