"""Folds and splits are no independent seeds: a table that has them says so."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.tables.loading import load


def rows(name: str, values: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "condition": ["none"] * 3 + ["book"] * 3,
            "seed": [0, 1, 2] * 2,
            name: values,
            "test_accuracy": [0.8, 0.7, 0.9, 0.8, 0.75, 0.85],
        }
    )


def warned(table: object) -> bool:
    return any("no independent seeds" in each for each in table.warnings)


@pytest.mark.parametrize("name", ["fold", "cv_fold", "split", "repeat", "resample"])
def test_folds_are_no_independent_seeds(name: str) -> None:
    several = rows(name, [0, 1, 2] * 2)
    assert warned(load(several))
    assert warned(load(several.drop(columns="seed"), seed=name))
    assert not warned(load(rows(name, [1] * 6)))


def test_a_column_of_another_name_says_nothing() -> None:
    assert not warned(load(rows("round", [0, 1, 2] * 2)))
