"""Write a report: the page, its figures, its tables and the comparison objects, each file in one step."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.base.files import write_atomically
from analysis.figures import PLOTS, theme
from analysis.figures.plot import rendered
from analysis.report import html, latex, markdown
from analysis.report.comparison_grid import pairs_data
from analysis.report.compose import compose
from analysis.report.document import Document, Grid, Illustration
from analysis.report.gather import Material, Pool, gather
from analysis.report.html import Drawings

PAGE = "index.html"


def write_report(folder: Path, out: Path) -> Path:
    """Make the report of a results folder.

    Parameters
    ----------
    folder : Path
        A results folder that ``bench run`` has written.
    out : Path
        Where to write: ``index.html``, ``report.md``, ``compare.json``, ``throughput.json`` where speed was measured,
        ``factorial.json`` where factors are crossed,
        ``tables/*.csv`` and ``*.tex``, ``tables/all.tex``, ``figures/*.svg``, ``*.png`` and ``*.pdf``.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    TableError
        A folder that cannot be analysed, or a place that cannot be written to.
    """
    material = gather(folder)
    document = compose(material)
    files, drawings, stems = _figures(material)
    files |= _tables(material, document)
    files |= _latex(material, document, stems)
    files["compare.json"] = _text(_objects(material)).encode()
    if measured := _speeds(material):
        files["throughput.json"] = _text({"measurements": measured}).encode()
    if crossed := {pool.name: pool.evidence.factorial for pool in material.pools if pool.evidence.factorial}:
        files["factorial.json"] = _text(crossed if len(material.pools) > 1 else next(iter(crossed.values()))).encode()
    made = datetime.now(UTC)
    files[PAGE] = html.render(document, drawings, made).encode()
    files["report.md"] = markdown.render(document, stems, made).encode()
    for name, content in files.items():
        write_atomically(out / name, content)
    return out / PAGE


def _figures(material: Material) -> tuple[dict[str, bytes], Drawings, Drawings]:
    """Return the figures' files; their SVG texts by pool, plot and layout; and their paths without suffix, likewise."""
    files: dict[str, bytes] = {}
    drawings: Drawings = {}
    stems: Drawings = {}
    for pool in material.pools:
        for plot in PLOTS:
            if plot.missing(pool.evidence) is not None:
                continue
            for layout in theme.LAYOUTS:
                made, key = rendered(plot, pool.evidence, layout), (id(pool.evidence), plot.name, layout.name)
                stem = stems[key] = f"figures/{_prefix(pool)}{plot.name}-{layout.name}"
                drawings[key] = made.svg
                files |= {f"{stem}.svg": made.svg.encode(), f"{stem}.png": made.png, f"{stem}.pdf": made.pdf}
    return files, drawings, stems


def _tables(material: Material, document: Document) -> dict[str, bytes]:
    """Return the CSV files: the data of every table, and every pair of every comparison."""
    files = {}
    prefixes = [_prefix(pool) for pool in material.pools]
    for part, prefix in zip(document.parts, [*prefixes, ""], strict=True):
        for grid in _grids(part.sections):
            if grid.data:
                files[f"tables/{prefix}{grid.name}.csv"] = csv_of(grid.data)
    for pool, prefix in zip(material.pools, prefixes, strict=True):
        for metric, whole in pool.evidence.comparisons.items():
            pairs = pairs_data(whole)
            if pairs:
                files[f"tables/{prefix}pairs-{metric}.csv"] = csv_of(pairs)
    return files


def _latex(material: Material, document: Document, stems: Drawings) -> dict[str, bytes]:
    """Return every table of results as LaTeX, and a document that shows them all with the figures of the page."""
    files, shown = {}, []
    for part, prefix in zip(document.parts, [*map(_prefix, material.pools), ""], strict=True):
        for grid in _grids(part.sections):
            files[f"tables/{prefix}{grid.name}.tex"] = latex.table(replace(grid, name=f"{prefix}{grid.name}")).encode()
        shown += [
            (f"../{stems[id(each.evidence), each.plot.name, theme.WIDE.name]}.pdf", each.plot.caption(each.evidence))
            for section in part.sections
            for each in section.blocks
            if isinstance(each, Illustration)
        ]
    tables = [Path(name).name for name in files]
    return files | {"tables/all.tex": latex.sheet(document.title, tables, shown).encode()}


def _grids(sections: Sequence[Any]) -> Iterator[Grid]:
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Grid))


def _prefix(pool: Pool) -> str:
    """Return what sets the files of a pool apart; empty where there is one pool."""
    kept = "".join(each if each.isalnum() else "-" for each in pool.name)
    return f"{kept}-" if kept else ""


def _speeds(material: Material) -> list[Any]:
    """Return every measurement of speed that the report tells, once."""
    told = {each["file"]: each for pool in material.pools if (each := pool.evidence.speed) is not None}
    return list(told.values())


def _objects(material: Material) -> Any:
    """Return the comparison objects by metric, and by pool where there are several."""
    objects = {pool.name: dict(pool.evidence.comparisons) for pool in material.pools}
    return objects if len(objects) > 1 else next(iter(objects.values()))


def _text(content: Any) -> str:
    return json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def csv_of(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return rows as CSV, numbers at full precision, an empty cell for what is undefined."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    file = io.StringIO()
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()
