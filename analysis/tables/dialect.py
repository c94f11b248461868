"""Text tables as people write them: separator, decimal mark, per cent signs and compression are seen, or refused."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from analysis.base.errors import TableError
from analysis.tables.encoding import as_utf8, without_statement
from analysis.tables.separators import SEPARATORS, header_of

EMPTY = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "null", "NULL", "None", "-", "–", "—")
"""Texts of an empty cell."""

_NUMBER = re.compile(r"([+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(%?)")
_NOT_FINITE = re.compile(r"([+-]?(?:nan|inf|infinity))()", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
"""A number whose mark may separate thousands as well as decimals."""

_MARKED = re.compile(
    r"[+-]?[0-9]+(?:,[0-9]+|[.'’\s][0-9]{3}(?=[.,'’\s]))[0-9.,'’\s]*%?|[+-]?[0-9]{1,3}['’\s][0-9]{3}\s*%?"
)
"""Digits with signs between them that are no decimal point."""


@dataclass(frozen=True)
class TextTable:
    """The cells of a text table, as numbers where they are numbers.

    Parameters
    ----------
    cells : pyarrow Table
    dialect : str
        How it was read, where it is no plain CSV; else empty.
    percent : tuple of str
        Columns whose numbers have a per cent sign: they are divided by 100.
    """

    cells: pa.Table
    dialect: str
    percent: tuple[str, ...]


@dataclass(frozen=True)
class _Numbers:
    """A column of texts each of which is a number, or empty.

    Parameters
    ----------
    digits : list of str or None
        Each number without blanks and per cent sign.
    percent : bool
        Whether all of them have that sign.
    marks : frozenset of str
        What stands before the decimals, a point or a comma; both are a fault.
    settled : bool
        Whether some number shows that the mark separates no thousands.
    """

    digits: list[str | None]
    percent: bool
    marks: frozenset[str]
    settled: bool

    @property
    def values(self) -> pa.Array:
        """The numbers, those in per cent divided by 100 without the noise of a division."""
        texts = (None if each is None else each.replace(",", ".") for each in self.digits)
        to_number = _hundredth if self.percent else float
        return pa.array([None if text is None else to_number(text) for text in texts], pa.float64())


def read_text(path: Path, texts: Callable[[list[str]], Collection[str]]) -> TextTable:
    """Read a text table with a header: comma, semicolon or tab, gzip or not, UTF-8 or UTF-16.

    Parameters
    ----------
    path : Path
    texts : function of the header
        Columns that stay text although they may look like numbers.

    Raises
    ------
    TableError
        Another encoding, a damaged file, rows of unequal length.
    """
    content, zipped = content_of(path)
    if zipped and not content:
        raise TableError(path, ["is an empty file; expected a CSV with a header and rows"])
    content, stated = without_statement(as_utf8(path, content))
    header, separator = header_of(path, content, stated)
    kept = set(texts(header))
    table = _parsed(path, content, separator, kept)
    looks = _numbers(table, kept)
    commas = separator != "," and any("," in each.marks for each in looks.values())
    written = _numbers(_parsed(path, content, separator, {*header}), kept) if commas else {}
    settled = {mark for each in (*looks.values(), *written.values()) if each.settled for mark in each.marks}
    grouped = [name for name, each in written.items() if "." in each.marks and not each.settled and "," in settled]
    if grouped:
        raise TableError(path, [_unclear(name.strip(), written[name].digits) for name in grouped])
    replaced = _by_mark(looks, settled, separator)
    for name, values in replaced.items():
        table = table.set_column(table.column_names.index(name), name, values)
    percent = tuple(name.strip() for name, each in looks.items() if each.percent and name in replaced)
    table = table.rename_columns([name.strip() for name in table.column_names])
    commas = any("," in looks[name].marks for name in replaced if name in looks)
    return TextTable(table, _in_words(separator, zipped=zipped, commas=commas, percent=percent), percent)


def in_plain_notation(
    path: Path, columns: Mapping[str, list[str]], separator: str, *, zipped: bool = False
) -> tuple[dict[str, list[str]], str]:
    """Return columns of text with plain numbers where they have decimal commas or per cent signs, and what was done.

    Raises
    ------
    TableError
        A mark that may separate thousands.
    """
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    looks = _numbers(table, ())
    settled = {mark for each in looks.values() if each.settled for mark in each.marks}
    if "," in settled and separator != ",":
        grouped = [name for name, each in looks.items() if "." in each.marks and not each.settled]
        if grouped:
            raise TableError(path, [_unclear(name.strip(), looks[name].digits) for name in grouped])
    replaced = {
        name: ["" if cell is None else repr(cell) for cell in values.to_pylist()]
        for name, values in _by_mark(looks, settled, separator).items()
    }
    commas = any("," in looks[name].marks for name in replaced)
    percent = tuple(name.strip() for name in replaced if looks[name].percent)
    return {**columns, **replaced}, _in_words(separator, zipped=zipped, commas=commas, percent=percent)


def inferred(column: pd.Series) -> pd.Series:
    """Return a column of texts as numbers where each of them is one, or empty."""
    known = ~column.isin(EMPTY) & column.notna()
    found = pd.Series(pd.to_numeric(column.where(known), errors="coerce"))
    return column if (found.isna() & known).any() else found


def doubts(name: str, cells: Iterable[str]) -> list[str]:
    """Return what keeps a column of texts from being numbers: a per cent sign in some, separators of thousands."""
    known = [cell.strip() for cell in cells if cell.strip() not in EMPTY]
    signed = sum(cell.endswith("%") for cell in known)
    found = []
    if 0 < signed < len(known):
        found.append(f"{name}: {signed} of {len(known)} cells have a per cent sign; allowed: all of them or none")
    if any(_MARKED.fullmatch(cell) for cell in known):
        found.append(_unclear(name, filter(_MARKED.fullmatch, known)))
    return found


def _unclear(name: str, numbers: Iterable[str | None]) -> str:
    shown = next(each for each in numbers if each)
    return (
        f"{name}: {shown!r} may have a thousands separator or a decimal comma, and neither is guessed; allowed: no "
        "thousands separator, and a decimal point, or a decimal comma where no commas separate the columns"
    )


def _in_words(separator: str, *, zipped: bool, commas: bool, percent: tuple[str, ...]) -> str:
    taken = ["gzip-compressed"] if zipped else []
    taken += [f"{SEPARATORS[separator]}-separated"] if separator != "," else []
    said = [f"read as {', '.join(taken)}{' with decimal commas' if commas else ''}"] if taken else []
    said += [f"per cent signs in {', '.join(percent)}: divided by 100"] if percent else []
    return "; ".join(said)


def content_of(path: Path) -> tuple[bytes, bool]:
    """Return the bytes of a file without gzip, by its content whatever its name, and whether they were compressed."""
    content = path.read_bytes()
    zipped = content[:2] == b"\x1f\x8b"
    if zipped:
        try:
            content = gzip.decompress(content)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise TableError(path, [f"cannot be read as a gzip file: {error}"]) from error
    return content, zipped


def _parsed(path: Path, content: bytes, separator: str, texts: Collection[str]) -> pa.Table:
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(texts, pa.string()), null_values=list(EMPTY), strings_can_be_null=False
    )
    block = pa_csv.ReadOptions(block_size=min(len(content) + 1, 2**31 - 2))
    parse = pa_csv.ParseOptions(delimiter=separator)
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(content), read_options=block, parse_options=parse, convert_options=convert
        )
        return _without_empty_rows(table)
    except (pa.ArrowException, OSError, UnicodeError) as error:
        why = "the text is not UTF-8: save it as UTF-8" if "invalid UTF8" in str(error) else error
        raise TableError(path, [f"cannot be read as a CSV with a header: {why}"]) from error


def _without_empty_rows(table: pa.Table) -> pa.Table:
    """Return the rows that have some cell: a spreadsheet writes ``;;`` for a row that was emptied."""
    if table.num_columns < 2:
        return table
    empty = pc.is_null(pa.nulls(table.num_rows))
    for column in table.columns:
        blank = pc.is_null(column)
        if pa.types.is_string(column.type):
            blank = pc.or_(blank, pc.equal(pc.utf8_trim_whitespace(column), ""))
        empty = pc.and_(empty, blank)
    return table.filter(pc.invert(empty)) if pc.any(empty).as_py() else table


def _numbers(table: pa.Table, texts: Collection[str]) -> dict[str, _Numbers]:
    """Return the columns of texts, others than `texts`, in which each cell is a number in some notation."""
    if len(set(table.column_names)) < table.num_columns:  # refused by whoever reads it
        return {}
    columns = (
        name for name in table.column_names if name not in texts and table.schema.field(name).type == pa.string()
    )
    looked = {name: _in_some_notation(table.column(name)) for name in columns}
    return {name: each for name, each in looked.items() if each is not None}


def _in_some_notation(column: pa.ChunkedArray) -> _Numbers | None:
    """Return a column as numbers; None where a cell is none, some have a per cent sign, or marks are mixed."""
    digits: list[str | None] = []
    signs, marks, settled = set(), set(), False
    for cell in column.to_pylist():
        text = cell.strip()
        if text in EMPTY:
            digits.append(None)
            continue
        found = _NUMBER.fullmatch(text) or _NOT_FINITE.fullmatch(text)
        if found is None:
            return None
        number = found[1]
        digits.append(number)
        mark = "," if "," in number else "." if "." in number else ""
        if found.re is _NUMBER:
            signs.add(found[2])
            marks |= {mark} - {""}
        settled |= bool(mark) and (found[2] == "%" or not _GROUPED.fullmatch(number))
    if len(signs) != 1 or len(marks) > 1:
        return None
    return _Numbers(digits, signs == {"%"}, frozenset(marks), settled)


def _by_mark(looks: Mapping[str, _Numbers], settled: Collection[str], separator: str) -> dict[str, pa.Array]:
    """Return the columns that are read in another way than a plain CSV.

    A comma is a decimal comma where commas do not separate columns, and a number of its column shows it, or else the
    table has no other `settled` mark.
    """
    return {
        name: each.values
        for name, each in looks.items()
        if ("," not in each.marks and each.percent)
        or ("," in each.marks and separator != "," and (each.settled or set(settled) == {","}))
    }


def _hundredth(text: str) -> float:
    try:
        return float(Decimal(text).scaleb(-2))
    except ArithmeticError:  # an exponent that no number has: the float is 0 or infinite, and refused where it matters
        return float(text) / 100
