"""What separates the cells of a text table: stated, or seen in its first rows."""

from __future__ import annotations

import csv
import io
from itertools import islice
from pathlib import Path

from analysis.base.errors import TableError, listed

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
"""What stands between two cells; of two that fit equally well the first."""

_SAMPLE, _ROWS = 1 << 16, 50


def header_of(path: Path, content: bytes, stated: str | None) -> tuple[list[str], str]:
    """Return the names in the first line as they stand, and the separator; refuse another encoding."""
    sample = content[:_SAMPLE].decode("utf-8-sig", "surrogateescape")
    among = [stated] if stated else SEPARATORS
    rows = {each: _rows(sample, each, cut=len(content) > _SAMPLE) for each in among}
    widths = {each: [len(row) for row in found] for each, found in rows.items() if found}
    if not widths:  # no text: pyarrow says what is wrong
        return [], ","
    fitting = {each: found[0] for each, found in widths.items() if found[0] > 1 and len(set(found)) == 1}
    columns = fitting or {each: found[0] for each, found in widths.items()}
    separator = max(columns, key=lambda each: columns[each])
    names = rows[separator][0]
    if len(names) == 1 and (wider := max(max(found) for found in widths.values())) > 1:
        raise TableError(
            path,
            [f"begins with {names[0]!r}, and other lines have {wider} cells: the first line must be the header; remove "
             "what stands above it"],
        )  # fmt: skip
    if any("\udc80" <= letter <= "\udcff" for name in names for letter in name):
        shown = [name.encode("utf-8", "surrogateescape").decode("latin-1") for name in names]
        raise TableError(
            path, [f"has a header that is not UTF-8 ({listed(shown)}); the encoding of a CSV must be UTF-8"]
        )
    return names, separator


def _rows(sample: str, separator: str, *, cut: bool) -> list[list[str]]:
    """Return the first rows by this separator; the last one of a sample may be `cut` off, and is left out then."""
    try:
        found = [row for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), _ROWS) if row]
    except csv.Error:
        return []
    return found[:-1] if cut and 1 < len(found) < _ROWS else found
