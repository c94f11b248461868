"""Write a report: the page, its figures, its tables and the comparison objects, each file in one step."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from analysis.base.errors import TableError
from analysis.base.files import write_atomically
from analysis.base.records import Record, json_text, to_json
from analysis.figures import theme
from analysis.report import html, latex, markdown
from analysis.report.comparison_grid import pairs_data
from analysis.report.compose import compose
from analysis.report.document import Document, Grid, Illustration, Section
from analysis.report.drawing import RECORD, Drawing, files_of
from analysis.report.gather import Material, Pool, gather
from analysis.report.html import Drawings
from analysis.tables.reading import place_of
from analysis.tables.table import Table
from bench.schema.local_copy import copy_of
from bench.schema.paths import REPORT_FOLDER

PAGE = "index.html"

B = TypeVar("B", Grid, Illustration)


def write_report(folder: Path, out: Path, instead: Mapping[str, Any] | None = None) -> Path:
    """Make the report of a results folder.

    Parameters
    ----------
    folder : Path
        A results folder that ``bench run`` has written.
    out : Path
        Where to write: ``index.html``, ``report.md``, ``compare.json``, ``throughput.json`` where speed was measured,
        ``factorial.json`` where factors are crossed,
        ``tables/*.csv`` and ``*.tex``, ``tables/all.tex``, ``figures/*.svg``, and of wide figures ``*.png`` and
        ``*.pdf``. Figures that lie there already, drawn from the same, are not drawn again.
    instead : mapping of str, optional
        Fields of the plan's analysis that are given otherwise here, as in `gather`.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    TableError
        A folder that cannot be analysed, or a place that cannot be written to.
    """
    material = gather(folder, instead)
    document = compose(material)
    files, drawings, stems = _figures(material, document, out)
    files |= _tables(material, document)
    files |= _latex(material, document, stems)
    files["compare.json"] = json_text(_objects(material)).encode()
    if measured := _speeds(material):
        files["throughput.json"] = json_text({"measurements": measured}).encode()
    if crossed := {pool.name: pool.evidence.factorial for pool in material.pools if pool.evidence.factorial}:
        files["factorial.json"] = json_text(
            crossed if len(material.pools) > 1 else next(iter(crossed.values()))
        ).encode()
    made = datetime.now(UTC)
    files[PAGE] = html.render(document, drawings, made).encode()
    files["report.md"] = markdown.render(document, stems, made).encode()
    for name, content in files.items():
        write_atomically(out / name, content)
    return out / PAGE


def report_folder(source: Path) -> Path:
    """Return where the report of a results folder goes by default; of one under a URL, beside what is here."""
    return source / REPORT_FOLDER if copy_of(source) is None else Path(f"{source.name}-report")


def write_report_of(folder: Path | str | Table, *, out: Path | str | None = None) -> Path:
    """Write the report of a results folder, and return its page.

    Parameters
    ----------
    folder : Path, str or Table
        A results folder (or its ``s3://`` URL) that ``bench run`` has written, or the table loaded from one.
    out : Path or str, optional
        Where to write; default: ``report`` in the folder, of a URL ``<its last part>-report`` here.

    Raises
    ------
    TableError
        No results folder, or a place that cannot be written to.
    """
    source = folder.source if isinstance(folder, Table) else place_of(folder)
    if not source.is_dir():
        raise TableError(source, ["is no results folder; a report is made of one that bench run has written"])
    return write_report(source, report_folder(source) if out is None else Path(out))


def _figures(material: Material, document: Document, out: Path) -> tuple[dict[str, bytes], Drawings, Drawings]:
    """Return the figures' files; their SVG texts by pool, plot and layout; and their paths without suffix, likewise."""
    shown = {
        (id(each.evidence), each.plot.name, layout.name): Drawing(
            f"figures/{prefix}{each.plot.name}-{layout.name}", each.plot, each.evidence, layout
        )
        for part, prefix in zip(document.parts, _prefixes(material), strict=True)
        for each in _blocks(part.sections, Illustration)
        for layout in theme.LAYOUTS
    }
    files_by_stem, record = files_of(list(shown.values()), out)
    files = {f"{stem}.{kind}": content for stem, made in files_by_stem.items() for kind, content in made.items()}
    drawings = {key: files_by_stem[drawing.stem]["svg"].decode() for key, drawing in shown.items()}
    return files | {RECORD: record}, drawings, {key: drawing.stem for key, drawing in shown.items()}


def _tables(material: Material, document: Document) -> dict[str, bytes]:
    """Return the CSV files: the data of every table, and every pair of every comparison."""
    files = {}
    prefixes = _prefixes(material)
    for part, prefix in zip(document.parts, prefixes, strict=True):
        for grid in _blocks(part.sections, Grid):
            if grid.data:
                files[f"tables/{prefix}{grid.name}.csv"] = csv_of(grid.data)
    for pool, prefix in zip(material.pools, prefixes, strict=False):
        for metric, whole in pool.evidence.comparisons.items():
            pairs = pairs_data(whole)
            if pairs:
                files[f"tables/{prefix}pairs-{metric}.csv"] = csv_of(pairs)
    return files


def _latex(material: Material, document: Document, stems: Drawings) -> dict[str, bytes]:
    """Return every table of results as LaTeX, and a document that shows them all with the figures of the page."""
    files, shown = {}, []
    for part, prefix in zip(document.parts, _prefixes(material), strict=True):
        for grid in _blocks(part.sections, Grid):
            files[f"tables/{prefix}{grid.name}.tex"] = latex.table(replace(grid, name=f"{prefix}{grid.name}")).encode()
        shown += [
            (f"../{stems[id(each.evidence), each.plot.name, theme.WIDE.name]}.pdf", each.plot.caption(each.evidence))
            for each in _blocks(part.sections, Illustration)
        ]
    tables = [Path(name).name for name in files]
    return files | {"tables/all.tex": latex.sheet(document.title, tables, shown).encode()}


def _blocks(sections: Sequence[Section], kind: type[B]) -> Iterator[B]:
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, kind))


def _prefixes(material: Material) -> list[str]:
    """Return what sets the files of each part of the document apart: empty for the last, which is of all pools."""
    return [*map(_prefix, material.pools), ""]


def _prefix(pool: Pool) -> str:
    """Return what sets the files of a pool apart; empty where there is one pool."""
    kept = "".join(each if each.isalnum() else "-" for each in pool.name)
    return f"{kept}-" if kept else ""


def _speeds(material: Material) -> list[Any]:
    """Return every measurement of speed that the report tells, once."""
    told = {each.file: each for pool in material.pools if (each := pool.evidence.speed) is not None}
    return list(told.values())


def _objects(material: Material) -> Any:
    """Return the comparison objects by metric, and by pool where there are several."""
    objects = {pool.name: dict(pool.evidence.comparisons) for pool in material.pools}
    return objects if len(objects) > 1 else next(iter(objects.values()))


def csv_of(rows: Sequence[Record | Mapping[str, Any]]) -> bytes:
    """Return rows as CSV, numbers at full precision, an empty cell for what is undefined."""
    cells = [to_json(row) for row in rows]
    names = list(dict.fromkeys(name for row in cells for name in row))
    file = io.StringIO()
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells)
    return file.getvalue().encode()
