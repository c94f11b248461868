"""Bytes of a text table as UTF-8, and the line in which Excel states the separator."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from analysis.base.errors import TableError

_LOOKED_AT = 1000
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_STATED = re.compile(rb"sep=([,;\t])[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)
_NO_TABLES = {
    re.compile(rb"PK\x03\x04"): "is a zip, as an Excel workbook (.xlsx) is",
    re.compile(rb"\xd0\xcf\x11\xe0"): "is an old Excel workbook (.xls)",
    re.compile(rb"<(?:[!?]|html|table)", re.IGNORECASE): "is HTML or XML",
    re.compile(rb"\{\s*\"|\[\s*[\[{]"): "is JSON",
}
"""How files begin that are no text tables."""


def as_utf8(path: Path, content: bytes) -> bytes:
    """Return the bytes of a text table as UTF-8; with a byte order mark UTF-16 is read too.

    Raises
    ------
    TableError
        Another encoding, or a file that is no text table.
    """
    start = content.removeprefix(codecs.BOM_UTF8).lstrip()[:_LOOKED_AT]
    kind = next((said for mark, said in _NO_TABLES.items() if mark.match(start)), None)
    if kind is not None:
        raise TableError(path, [f"{kind}; expected a CSV with a header and rows: save it as such"])
    encoding = None if content.startswith(codecs.BOM_UTF32_LE) else _MARKS.get(content[:2])
    if encoding is not None:
        try:
            return content.decode(encoding).encode()
        except UnicodeError as error:
            raise TableError(path, [f"is damaged UTF-16 text: {error}"]) from error
    if content[:2] in _MARKS or (b"\0" in content[:4] and content[:4].strip(b"\0")):
        raise TableError(
            path,
            ["is UTF-16 without a byte order mark, or UTF-32; the encoding of a CSV must be UTF-8: save it as such"],
        )
    return content


def without_statement(content: bytes) -> tuple[bytes, str | None]:
    """Return a text table without the line ``sep=;`` that Excel writes first, and the separator that it states."""
    content = content.removeprefix(codecs.BOM_UTF8)
    found = _STATED.match(content)
    return (content, None) if found is None else (content[found.end() :], found[1].decode())
