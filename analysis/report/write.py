"""Write a report: the page, its figures, its tables and the comparison objects, each file in one step."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from analysis.base.errors import TableError
from analysis.base.files import write_atomically
from analysis.base.formulas import guarded
from analysis.base.records import Record, json_text, to_json
from analysis.figures import fonts, theme
from analysis.report import html, latex, markdown
from analysis.report.comparison_grid import pairs_data
from analysis.report.compose import compose
from analysis.report.compose_tasks import compose_tasks
from analysis.report.document import Document, Grid, Illustration, Section
from analysis.report.drawing import RECORD, Drawing, files_of
from analysis.report.gather import Material, gather
from analysis.report.gather_tasks import MaterialOverTasks, gather_tasks
from analysis.report.html import Drawings
from analysis.report.task_sections.own_reports import TASKS_FOLDER, folders_of
from analysis.tables.tasks import tasks_of_folder
from bench.schema.local_copy import copy_of
from bench.schema.paths import REPORT_FOLDER
from bench.schema.streams import printable
from bench.schema.tasks import task_folder

PAGE = "index.html"

B = TypeVar("B", Grid, Illustration)


def write_report(folder: Path, out: Path, instead: Mapping[str, Any] | None = None, images: Path | None = None) -> Path:
    """Make the report of a results folder.

    Parameters
    ----------
    folder : Path
        A results folder that ``bench run`` has written; of several tasks: the page is over them, and ``tasks/<task>``
        has the report of each.
    out : Path
        Where to write: ``index.html``, ``report.md``, ``compare.json``, ``throughput.json`` where speed was measured,
        ``factorial.json`` where factors are crossed,
        ``tables/*.csv`` and ``*.tex``, ``tables/all.tex``, ``figures/*.svg``, and of wide figures ``*.png`` and
        ``*.pdf``. Figures that lie there already, drawn from the same, are not drawn again.
    instead : mapping of str, optional
        Fields of the plan's analysis that are given otherwise here, as in `gather`.
    images : Path, optional
        Where the test images lie, as in `gather`.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    TableError
        A folder that cannot be analysed, or a place that cannot be written to.
    """
    if names := tasks_of_folder(folder):
        if images is not None:
            raise TableError(folder, ["is of several tasks, each with images of its own: give the folder of one task"])
        return write_report_over(
            gather_tasks(folder, {each: task_folder(folder, each) for each in names}, instead), out
        )
    return write_report_from(gather(folder, instead, images), out)


def write_report_over(material: MaterialOverTasks, out: Path) -> Path:
    """Make the report over several tasks, and that of each by itself, and return the page over them."""
    files = {"compare.json": json_text({material.whole.metric: material.whole.to_json()}).encode()}
    for name, folder in folders_of(material.tasks).items():
        write_report_from(material.tasks[name], out / TASKS_FOLDER / folder)
    return _write(compose_tasks(material), files, out)


def write_report_from(material: Material, out: Path) -> Path:
    """Make the report of one task, and return its page."""
    files = _pairs(material)
    files["compare.json"] = json_text(_objects(material)).encode()
    if measured := _speeds(material):
        files["throughput.json"] = json_text({"measurements": measured}).encode()
    if crossed := {pool.name: pool.evidence.factorial for pool in material.pools if pool.evidence.factorial}:
        files["factorial.json"] = json_text(
            crossed if len(material.pools) > 1 else next(iter(crossed.values()))
        ).encode()
    return _write(compose(material), files, out)


def _write(document: Document, files: dict[str, bytes], out: Path) -> Path:
    """Write a document in every form, its figures and tables, and `files` beside it; return the page."""
    figures, drawings, stems = _figures(document, out)
    files = figures | _tables(document) | _latex(document, stems) | files
    made = datetime.now(UTC)
    files[PAGE] = as_bytes(html.render(document, drawings, made))
    files["report.md"] = as_bytes(markdown.render(document, stems, made))
    for name, content in files.items():
        write_atomically(out / name, content)
    return out / PAGE


def report_folder(source: Path) -> Path:
    """Return where the report of a results folder goes by default; of one under a URL, beside what is here."""
    return source / REPORT_FOLDER if copy_of(source) is None else Path(f"{source.name}-report")


def _figures(document: Document, out: Path) -> tuple[dict[str, bytes], Drawings, Drawings]:
    """Return the figures' files; their SVG texts by pool, plot and layout; and their paths without suffix, likewise."""
    shown = {
        (id(each.evidence), each.plot.name, layout.name): Drawing(
            f"figures/{prefix}{each.plot.name}-{layout.name}", each.plot, each.evidence, layout
        )
        for part, prefix in zip(document.parts, _prefixes(document), strict=True)
        for each in _blocks(part.sections, Illustration)
        for layout in theme.LAYOUTS
    }
    files_by_stem, record = files_of(list(shown.values()), out)
    labels = [label for each in shown.values() for label in getattr(each.evidence, "labels", ())]
    if lacking := fonts.lacking(labels):
        print(
            f"note: the fonts of the figures lack {lacking}: boxes stand there in PNG and PDF files, not on the page",
            file=sys.stderr,
        )
    files = {f"{stem}.{kind}": content for stem, made in files_by_stem.items() for kind, content in made.items()}
    drawings = {key: files_by_stem[drawing.stem]["svg"].decode() for key, drawing in shown.items()}
    return files | {RECORD: record}, drawings, {key: drawing.stem for key, drawing in shown.items()}


def _tables(document: Document) -> dict[str, bytes]:
    """Return the data of every table as CSV files."""
    files = {}
    for part, prefix in zip(document.parts, _prefixes(document), strict=True):
        for grid in _blocks(part.sections, Grid):
            if grid.data:
                files[f"tables/{prefix}{grid.name}.csv"] = csv_of(grid.data)
    return files


def _pairs(material: Material) -> dict[str, bytes]:
    """Return every pair of every comparison as CSV files."""
    files = {}
    for pool in material.pools:
        prefix = _prefix(pool.name)
        for metric, whole in pool.evidence.comparisons.items():
            pairs = pairs_data(whole)
            if pairs:
                files[f"tables/{prefix}pairs-{metric}.csv"] = csv_of(pairs)
    return files


def _latex(document: Document, stems: Drawings) -> dict[str, bytes]:
    """Return every table of results as LaTeX, and a document that shows them all with the figures of the page."""
    files, shown = {}, []
    for part, prefix in zip(document.parts, _prefixes(document), strict=True):
        for grid in _blocks(part.sections, Grid):
            files[f"tables/{prefix}{grid.name}.tex"] = as_bytes(latex.table(replace(grid, name=f"{prefix}{grid.name}")))
        shown += [
            (f"../{stems[id(each.evidence), each.plot.name, theme.WIDE.name]}.pdf", each.plot.caption(each.evidence))
            for each in _blocks(part.sections, Illustration)
        ]
    tables = [Path(name).name for name in files]
    return files | {"tables/all.tex": as_bytes(latex.sheet(document.title, tables, shown))}


def _blocks(sections: Sequence[Section], kind: type[B]) -> Iterator[B]:
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, kind))


def _prefixes(document: Document) -> list[str]:
    """Return what sets the files of each part of the document apart: empty for a part of all pools."""
    return [_prefix(part.name) for part in document.parts]


def _prefix(name: str) -> str:
    """Return what sets the files of a pool apart; empty where there is one pool."""
    kept = "".join(each if each.isalnum() else "-" for each in name)
    return f"{kept}-" if kept else ""


def _speeds(material: Material) -> list[Any]:
    """Return every measurement of speed that the report tells, once."""
    told = {each.file: each for pool in material.pools if (each := pool.evidence.speed) is not None}
    return list(told.values())


def _objects(material: Material) -> Any:
    """Return the comparison objects by metric, and by pool where there are several."""
    objects = {pool.name: dict(pool.evidence.comparisons) for pool in material.pools}
    return objects if len(objects) > 1 else next(iter(objects.values()))


def as_bytes(text: str) -> bytes:
    """Return a text as UTF-8; bytes of a path that are none are replaced."""
    return printable(text).encode()


def csv_of(rows: Sequence[Record | Mapping[str, Any]]) -> bytes:
    """Return rows as CSV, numbers at full precision, an empty cell for what is undefined.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    cells = [
        {name: guarded(cell) if isinstance(cell, str) else cell for name, cell in to_json(row).items()} for row in rows
    ]
    names = list(dict.fromkeys(name for row in cells for name in row))
    file = io.StringIO()
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells)
    return as_bytes(file.getvalue())
