"""Execute the cells of docs/tour.ipynb and write what they show: ``python -m tests.notebook``.

Jupyter is no dependency. A cell is executed as it would be there: all in one namespace, in the notebook's folder; the
last expression shows itself by the methods that every notebook asks for.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

FILE = Path(__file__).parents[1] / "docs/tour.ipynb"
COMMAND = "python -m tests.notebook"

Notebook = Mapping[str, Any]
PNG = "image/png"


def executed(notebook: Notebook, folder: Path) -> Notebook:
    """Return the notebook with the outputs that its cells give when they are executed in `folder`."""
    names: dict[str, Any] = {}
    count = 0
    cells = []
    with contextlib.chdir(folder), pd.option_context("display.max_columns", 20):  # as in Jupyter, any terminal
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":
                cells.append(cell)
                continue
            count += 1
            outputs = _outputs("".join(cell["source"]), names, count)
            cells.append({**cell, "execution_count": count, "outputs": outputs})
    return {**notebook, "cells": cells}


def stale(kept: Notebook, new: Notebook) -> list[str]:
    """Return the code of every cell that shows something else in one notebook than in the other, or no picture."""
    pairs = zip(kept["cells"], new["cells"], strict=True)
    return ["".join(one["source"]) for one, other in pairs if _told(one) != _told(other)]


def _outputs(code: str, names: dict[str, Any], count: int) -> list[dict[str, Any]]:
    body = ast.parse(code).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
        value = None if last is None else eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    found = []
    if text := printed.getvalue():
        found.append({"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)})
    if value is not None:
        found.append({"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": _shown(value)})
    return found


def _shown(value: Any) -> dict[str, Any]:
    """Return what a notebook shows of a value, by media type."""
    data: dict[str, Any] = {"text/plain": repr(value).splitlines(keepends=True)}
    page, picture = (getattr(value, name, lambda: None)() for name in ("_repr_html_", "_repr_png_"))  # None: not so
    if page is not None:
        data["text/html"] = page.splitlines(keepends=True)
    if picture is not None:
        data[PNG] = base64.b64encode(picture).decode()
    return data


def _told(cell: Mapping[str, Any]) -> list[Any]:
    """Return the outputs of a cell with the size of each picture in place of it: its bytes are those of one machine."""
    return [
        {**output, "data": {kind: _size(said) if kind == PNG else said for kind, said in output["data"].items()}}
        if "data" in output
        else output
        for output in cell.get("outputs", [])
    ]


def _size(picture: str) -> tuple[int, int]:
    """Return width and height of a PNG file in base64."""
    return struct.unpack(">II", base64.b64decode(picture)[16:24])


def main(file: Path = FILE) -> None:
    """Write the notebook anew, in the form in which Jupyter does."""
    notebook = executed(json.loads(file.read_text(encoding="utf-8")), file.parent)
    file.write_text(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
