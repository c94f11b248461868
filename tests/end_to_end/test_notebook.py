"""The notebook of docs shows what its cells give today.

Its cells are executed by tests/notebook.py: Jupyter, a kernel and what they bring would be two dozen further packages,
to run a dozen lines of Python in their order.
"""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path

import pytest

from analysis.figures.plot import Picture
from tests.notebook import COMMAND, FILE, PNG, executed, main, stale

SMALL = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["Text"]},
        {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": None, "outputs": [], "source": ["x = 2"]},
        {
            "cell_type": "code",
            "id": "c",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": ["print(x)\n", "x + 1"],
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def pictures(notebook) -> list[bytes]:
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return [base64.b64decode(each["data"][PNG]) for each in outputs if PNG in each.get("data", {})]


@pytest.mark.slow
def test_the_tour_shows_what_its_cells_give_today() -> None:
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    cells = stale(kept, executed(kept, FILE.parent))
    assert not cells, f"{FILE.name}: these cells show something else today; run {COMMAND}:\n\n" + "\n\n".join(cells)


def test_the_tour_is_committed_with_tables_and_figures_and_stays_small() -> None:
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    drawn = pictures(kept)
    assert len(drawn) >= 3
    assert all(each.startswith(b"\x89PNG") for each in drawn)
    assert (
        sum("text/html" in output.get("data", {}) for cell in kept["cells"] for output in cell.get("outputs", [])) > 2
    )
    assert FILE.stat().st_size < 400_000


def test_cells_are_executed_in_one_namespace_and_their_last_value_is_shown(tmp_path: Path) -> None:
    printed, shown = executed(SMALL, tmp_path)["cells"][2]["outputs"]
    assert printed["text"] == ["2\n"]
    assert shown["data"] == {"text/plain": ["3"]}


def test_another_value_another_print_and_a_picture_of_another_size_are_stale(tmp_path: Path) -> None:
    new = executed(SMALL, tmp_path)
    assert stale(new, new) == []
    for output in (0, 1):
        old = copy.deepcopy(new)
        del old["cells"][2]["outputs"][output]
        assert stale(old, new) == ["print(x)\nx + 1"]
    wide, high = (base64.b64encode(Picture(figsize=size)._repr_png_()).decode() for size in ((2, 1), (1, 2)))
    old = copy.deepcopy(new)
    new["cells"][2]["outputs"][1]["data"][PNG], old["cells"][2]["outputs"][1]["data"][PNG] = wide, high
    assert stale(old, new) == ["print(x)\nx + 1"]


def test_the_command_writes_what_is_then_not_stale(tmp_path: Path) -> None:
    file = tmp_path / "small.ipynb"
    file.write_text(json.dumps(SMALL))
    main(file)
    first = file.read_text()
    assert stale(json.loads(first), executed(SMALL, tmp_path)) == []
    main(file)
    assert file.read_text() == first
