"""What the terminal says below its table, and of collapses that the table cannot show."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.tables.table import from_frame
from analysis.wording.terminal import render


def table(seeds: int, metric: str = "test_accuracy", **more: object) -> pd.DataFrame:
    rows = [
        {"condition": label, "seed": seed, metric: 0.8 + gain + 0.001 * ((7 * seed + 3 * place) % 5)}
        for place, (label, gain) in enumerate({"none": 0.0, "half": 0.01, "book": 0.02}.items())
        for seed in range(seeds)
    ]
    return pd.DataFrame(rows).assign(**more)


@pytest.mark.parametrize(("seeds", "estimand", "said"), [(5, None, True), (12, None, False), (12, "mean", True)])
def test_what_intervals_of_a_mean_assume_is_said_of_several_conditions_too(
    seeds: int, estimand: str | None, said: bool
) -> None:
    asked = {} if estimand is None else {"estimand": estimand}
    found = compare(from_frame(table(seeds)), "test_accuracy", "none", margin=0.001, **asked)
    assert {each.headline.assumes for each in found.judged} == ({"normal differences"} if said else {None})
    assert ("The intervals assume normal differences." in render(found)) == said


def test_nothing_is_assumed_of_intervals_that_are_not_there() -> None:
    found = compare(from_frame(table(4).assign(test_accuracy=0.8)), "test_accuracy", "none", margin=0.001)
    assert {each.headline.low for each in found.judged} == {None}
    assert "The intervals assume" not in render(found)


@pytest.mark.parametrize(("metric", "advised"), [("test_accuracy", True), ("test_loss", False)])
def test_chance_is_asked_for_only_where_it_would_find_a_collapse(metric: str, advised: bool) -> None:
    found = compare(from_frame(table(8, metric)), metric, "none")
    (said,) = (text for text in found.warnings if text.startswith("whether a run collapsed to chance is not known"))
    assert ("--chance" in said) == advised
    assert ("no test accuracy" in said) != advised
    assert "No trial diverged" not in render(found)
