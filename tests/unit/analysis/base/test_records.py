"""The text of a JSON file: the values that were given, a line for what holds plain values alone."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from analysis.base.records import Record, json_text


@dataclass(frozen=True, kw_only=True)
class Pair(Record):
    seed: int
    difference: float | None
    label: str = 'a "quoted" é'


@pytest.mark.parametrize("value", [{}, [], None, 1.5, [1, 2], [[], {}], {"a": [], "b": [{"c": {}}]}, {"é": [[0.1]]}])
def test_the_text_is_the_value(value: object) -> None:
    assert json.loads(json_text(value)) == value


def test_a_record_of_plain_values_is_one_line() -> None:
    text = json_text({"n": 2, "pairs": [Pair(seed=1, difference=None), Pair(seed=2, difference=1e-300)]})
    assert text.splitlines() == [
        "{",
        '  "n": 2,',
        '  "pairs": [',
        '    {"seed": 1, "difference": null, "label": "a \\"quoted\\" é"},',
        '    {"seed": 2, "difference": 1e-300, "label": "a \\"quoted\\" é"}',
        "  ]",
        "}",
    ]
    assert text.endswith("}\n")


@pytest.mark.parametrize("value", [float("nan"), {"a": [float("inf")]}])
def test_what_json_has_no_form_for_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        json_text(value)
