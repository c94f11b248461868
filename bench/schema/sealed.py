"""Sealed parquet files: page checksums, and a digest of the whole file that every reader verifies.

A sealed file has a digest between its data and its footer: a mark, the SHA-256 of all other bytes, the mark again.
Parquet finds data by offset and the footer from the end, so any program reads the file; a program that writes the table
again leaves the digest behind, and has made a file of its own. Two marks, so that no one damaged place hides the seal.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

from bench.schema.columns import SCHEMA_VERSION

ROW_GROUP = 4_096
"""Rows that a file has together."""

_MAGIC = b"PAR1"
_MARK = b"\0regularisation-bench\0sha256\0"
_SEAL_BYTES = 2 * len(_MARK) + 2 * hashlib.sha256().digest_size
_DAMAGED = (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, RuntimeError)
"""What pyarrow raises on a damaged file, by which byte is damaged."""


Choice = Callable[[pa.Schema], list[str] | None]
"""What of a file to read, by its columns: some of these, or None for all. It may refuse them: UnusableFileError."""


class UnusableFileError(ValueError):
    """A file that must not be used; the message says why, and follows the file's name."""


class DamagedFileError(UnusableFileError):
    """A file whose bytes are not those that were written, or cannot be shown to be."""


def sealed(table: pa.Table, compression: str = "none") -> bytes:
    """Return a table as the content of a sealed parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression=compression, row_group_size=ROW_GROUP, write_page_checksum=True)
    return _with_seal(buffer.getvalue())


def sealed_small(table: pa.Table) -> bytes:
    """Return a table of few rows as `sealed` does, in less time and room: without what helps to find and to explain."""
    fields = [field.remove_metadata() for field in table.schema]
    plain = pa.Table.from_arrays(table.columns, schema=pa.schema(fields, metadata=table.schema.metadata))
    buffer = io.BytesIO()
    pq.write_table(
        plain, buffer, compression="none", use_dictionary=False, write_statistics=False, write_page_checksum=True
    )
    return _with_seal(buffer.getvalue())


def seal(plain: bytes) -> bytes:
    """Return the content of a parquet file with its digest inside; all other bytes stay as they are.

    Raises
    ------
    DamagedFileError
        No parquet file, or one that is sealed already.
    """
    if is_sealed(plain):
        raise DamagedFileError("is sealed already")
    _table(plain)
    return _with_seal(plain)


def is_sealed(content: bytes) -> bool:
    """Return whether a file bears the marks of a seal, broken or not."""
    return _MARK in content


def unsealed(content: bytes) -> bytes:
    """Return the parquet file within a sealed one.

    Raises
    ------
    DamagedFileError
        A seal that does not fit the other bytes, or no parquet file at all.
    UnusableFileError
        No seal.
    """
    _check_seal(content)
    footer = _footer(content)
    return content[: footer - _SEAL_BYTES] + content[footer:]


def table_in(content: bytes, choice: Choice = lambda _: None) -> pa.Table:
    """Return the table in the content of any parquet file; where it is sealed the seal must fit.

    Raises
    ------
    DamagedFileError
        No readable parquet file, or one with a seal that does not fit.
    UnusableFileError
        Written by a newer version, or refused by `choice`.
    """
    if is_sealed(content):
        _check_seal(content)
    return _table(content, choice)


def sealed_table_in(content: bytes, choice: Choice = lambda _: None) -> pa.Table:
    """Return the table in the content of a sealed file, which must be one; the errors of `table_in`."""
    _check_seal(content)
    return _table(content, choice)


def _check_seal(content: bytes) -> None:
    """Raise the errors of `unsealed`. The whole file is hashed, whatever of it is then read."""
    footer = _footer(content)
    start, view = max(0, footer - _SEAL_BYTES), memoryview(content)
    digest = hashlib.sha256(view[:start])
    digest.update(view[footer:])
    if content[start:footer] == _MARK + digest.hexdigest().encode() + _MARK:
        return
    if not is_sealed(content):
        _table(content)  # where it cannot be read, that is the cause to name
        raise UnusableFileError(
            "has no digest of its content: another program wrote it, or an earlier version of this one, to whose"
            " results python -m bench seal DIR adds it"
        )
    raise DamagedFileError("is damaged: its bytes do not match the digest that they were written with")


def _with_seal(plain: bytes) -> bytes:
    footer = _footer(plain)
    return plain[:footer] + _MARK + hashlib.sha256(plain).hexdigest().encode() + _MARK + plain[footer:]


def _footer(content: bytes) -> int:
    """Return where the footer starts: its length stands before the magic number at the end."""
    tail = len(_MAGIC) + 4
    return max(0, len(content) - tail - int.from_bytes(content[-tail : -len(_MAGIC)], "little"))


def _table(content: bytes, choice: Choice = lambda _: None) -> pa.Table:
    """Return what is chosen of a parquet file; a seal lies between its data and its footer, where none reads it."""
    try:
        with pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True) as file:
            columns = file.schema_arrow
            _ = columns.names  # decodes them: a damaged footer may hold bytes that are no text
            _check_version(columns)
            table = file.read(choice(columns), use_threads=False)  # mostly few rows: threads cost more
        table.validate(full=True)
    except UnusableFileError:
        raise
    except _DAMAGED as error:
        cause = str(error).partition("\n")[0].rstrip(".")
        raise DamagedFileError(f"is not a readable parquet file (cut off, damaged or corrupted?): {cause}") from error
    return table


def _check_version(columns: pa.Schema) -> None:
    written = (columns.metadata or {}).get(b"schema_version", b"1").decode(errors="replace")
    if not written.isdigit() or int(written) > SCHEMA_VERSION:
        raise UnusableFileError(f"has schema_version {written}; this program knows up to {SCHEMA_VERSION}: update it")
