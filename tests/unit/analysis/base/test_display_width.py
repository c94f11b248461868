"""Labels of any script take as many columns of a terminal as they are drawn over."""

from __future__ import annotations

import pytest

from analysis.base.display_width import left, right, width
from analysis.wording.terminal import tabulated


@pytest.mark.parametrize(
    ("text", "columns"),
    [("none", 4), ("基準", 4), ("Größe", 5), ("o\N{COMBINING DIAERESIS}", 1), ("\N{FIRE}", 2), ("", 0)],
)
def test_wide_letters_take_two_columns_and_accents_none(text: str, columns: int) -> None:
    assert width(text) == columns
    assert left(text, 6) == text + " " * (6 - columns)
    assert right(text, 6) == " " * (6 - columns) + text


def test_a_table_lines_up_whatever_the_script() -> None:
    lines = tabulated(["condition", "n", "verdict"], [["基準なし", "8", "higher"], ["a", "10", "lower"]]).splitlines()
    assert {width(line[: line.index(word)]) for line, word in zip(lines[2:], ("higher", "lower"), strict=True)} == {15}
