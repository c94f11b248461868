"""Sealed parquet files: page checksums, and a digest of the whole file that every reader verifies.

A sealed file has a digest between its data and its footer: a mark, the SHA-256 of all other bytes, the mark again.
Parquet finds data by offset and the footer from the end, so any program reads the file; a program that writes the table
again leaves the digest behind, and has made a file of its own. Two marks, so that no one damaged place hides the seal.
"""

from __future__ import annotations

import hashlib
import io

import pyarrow as pa
import pyarrow.parquet as pq

from bench.schema.columns import SCHEMA_VERSION

_MAGIC = b"PAR1"
_MARK = b"\0regularisation-bench\0sha256\0"
_SEAL_BYTES = 2 * len(_MARK) + 2 * hashlib.sha256().digest_size
_DAMAGED = (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, RuntimeError)
"""What pyarrow raises on a damaged file, by which byte is damaged."""


class UnusableFileError(ValueError):
    """A file that must not be used; the message says why, and follows the file's name."""


class DamagedFileError(UnusableFileError):
    """A file whose bytes are not those that were written, or cannot be shown to be."""


def sealed(table: pa.Table, compression: str = "none") -> bytes:
    """Return a table as the content of a sealed parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression=compression, write_page_checksum=True)
    return seal(buffer.getvalue())


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
    footer = _footer(plain)
    return plain[:footer] + _seal_of(plain) + plain[footer:]


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
    if not is_sealed(content):
        _table(content)  # where it cannot be read, that is the cause to name
        raise UnusableFileError(
            "has no digest of its content: another program wrote it, or an earlier version of this one, to whose"
            " results python -m bench seal DIR adds it"
        )
    footer = _footer(content)
    plain = content[: max(0, footer - _SEAL_BYTES)] + content[footer:]
    if content[max(0, footer - _SEAL_BYTES) : footer] != _seal_of(plain):
        raise DamagedFileError("is damaged: its bytes do not match the digest that they were written with")
    return plain


def table_in(content: bytes) -> pa.Table:
    """Return the table in the content of any parquet file; where it is sealed the seal must fit.

    Raises
    ------
    DamagedFileError
        No readable parquet file, or one with a seal that does not fit.
    UnusableFileError
        Written by a newer version.
    """
    return _table(unsealed(content) if is_sealed(content) else content)


def sealed_table_in(content: bytes) -> pa.Table:
    """Return the table in the content of a sealed file, which must be one; the errors of `table_in`."""
    return _table(unsealed(content))


def _seal_of(plain: bytes) -> bytes:
    return _MARK + hashlib.sha256(plain).hexdigest().encode() + _MARK


def _footer(content: bytes) -> int:
    """Return where the footer starts: its length stands before the magic number at the end."""
    tail = len(_MAGIC) + 4
    return max(0, len(content) - tail - int.from_bytes(content[-tail : -len(_MAGIC)], "little"))


def _table(plain: bytes) -> pa.Table:
    try:
        with pq.ParquetFile(pa.BufferReader(plain), page_checksum_verification=True) as file:
            table = file.read(use_threads=False)  # mostly one row: threads cost more than they save
        table.validate(full=True)
        _ = table.column_names  # decodes them: a damaged footer may hold bytes that are no text
    except _DAMAGED as error:
        cause = str(error).partition("\n")[0].rstrip(".")
        raise DamagedFileError(f"is not a readable parquet file (cut off, damaged or corrupted?): {cause}") from error
    written = (table.schema.metadata or {}).get(b"schema_version", b"1").decode(errors="replace")
    if not written.isdigit() or int(written) > SCHEMA_VERSION:
        raise UnusableFileError(f"has schema_version {written}; this program knows up to {SCHEMA_VERSION}: update it")
    return table
