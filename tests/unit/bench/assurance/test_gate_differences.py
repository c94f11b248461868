"""Every kind of difference between two tables of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.assurance.gate.differences import Difference, compare_tables

KEY = ["condition", "seed"]
BASE = pd.DataFrame(
    {
        "condition": ["a", "a", "b"],
        "seed": [0, 1, 0],
        "loss": [0.5, np.nan, -0.0],
        "correct": [10, 20, 30],
        "status": ["ok", "ok", "diverged"],
        "test_bits": [b"\x0f", b"\xff", b"\x00"],
        "rate": [None, 0.2, 0.5],
    }
)


def changed(column: str, row: int, value: Any) -> list[Difference]:
    head = BASE.copy()
    head[column] = [value if index == row else old for index, old in enumerate(BASE[column])]
    found, notes = compare_tables("t", head, BASE, KEY)
    assert not notes
    return found


def test_equal_tables_in_another_order_do_not_differ() -> None:
    assert compare_tables("t", BASE.iloc[::-1], BASE, KEY) == ([], [])


def test_one_unit_in_the_last_place() -> None:
    (found,) = changed("loss", 0, np.nextafter(0.5, 1))
    assert (found.column, found.rows, found.of) == ("loss", 1, 3)
    assert found.largest == pytest.approx(2.0**-53)


@pytest.mark.parametrize(
    ("column", "row", "value", "largest"),
    [
        ("loss", 2, 0.0, 0.0),
        ("loss", 1, 0.1, None),
        ("loss", 1, -np.nan, None),
        ("loss", 1, np.inf, None),
        ("correct", 2, 33, 3.0),
        ("status", 0, "failed", None),
        ("test_bits", 0, b"\xf0", 8.0),
        ("test_bits", 0, b"\x0f\x00", 8.0),
        ("rate", 0, 0.0, None),
    ],
)
def test_kinds(column: str, row: int, value: Any, largest: float | None) -> None:
    (found,) = changed(column, row, value)
    assert (found.column, found.rows, found.largest) == (column, 1, largest)
    assert column in found.told()


def test_rows_and_columns_without_a_partner() -> None:
    found, notes = compare_tables("t", BASE.iloc[:2].assign(more=1), BASE.drop(columns="rate").assign(old=1), KEY)
    assert [(each.column, each.rows, each.of) for each in found] == [("(rows of one side only)", 1, 3)]
    assert notes == ["t: column rate is new", "t: column more is new", "t: column old is gone"]


def test_rows_that_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="same condition, seed"):
        compare_tables("t", pd.concat([BASE, BASE]), BASE, KEY)
