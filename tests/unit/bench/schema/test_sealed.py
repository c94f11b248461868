"""A seal changes nothing that a reader sees, and no damage gets past it."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.schema.sealed import (
    DamagedFileError,
    UnusableFileError,
    is_sealed,
    seal,
    sealed,
    sealed_table_in,
    table_in,
    unsealed,
)

TABLE = pa.table({"condition": ["none", "book"], "seed": [0, 1], "bits": [b"\x01" * 40, b"\x02" * 40]})
CONTENT = sealed(TABLE)


def plain(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def test_the_file_within_is_the_one_that_was_sealed() -> None:
    for before in (plain(TABLE), plain(TABLE.slice(0, 0))):
        assert unsealed(seal(before)) == before
        assert not is_sealed(before)
        assert is_sealed(seal(before))


@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_other_programs_read_a_sealed_file(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(sealed(TABLE, compression))
    assert pq.read_table(path).equals(TABLE)
    assert pd.read_parquet(path).equals(TABLE.to_pandas())
    assert sealed_table_in(path.read_bytes()).equals(TABLE)


def test_every_flipped_bit_is_refused() -> None:
    assert len(CONTENT) < 3_000
    for bit in range(8 * len(CONTENT)):
        flipped = bytearray(CONTENT)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DamagedFileError, match="damaged"):
            table_in(bytes(flipped))


def test_whatever_is_cut_off_or_overwritten_is_refused() -> None:
    draws = random.Random(0)
    for length in range(len(CONTENT)):
        with pytest.raises(DamagedFileError):
            table_in(CONTENT[:length])
    for _ in range(300):
        start, size = draws.randrange(len(CONTENT)), draws.choice([2, 16, 64])
        zeros = CONTENT[:start] + bytes(len(CONTENT[start : start + size])) + CONTENT[start + size :]
        if zeros != CONTENT:
            with pytest.raises(DamagedFileError):
                table_in(zeros)
    for longer in (CONTENT + b"\0", b"\0" + CONTENT, CONTENT + CONTENT):
        with pytest.raises(DamagedFileError):
            table_in(longer)


def test_a_file_of_another_program_is_read_where_a_seal_is_not_needed() -> None:
    assert table_in(plain(TABLE)).equals(TABLE)
    with pytest.raises(UnusableFileError, match=r"has no digest of its content.*bench seal DIR"):
        sealed_table_in(plain(TABLE))


def test_a_program_that_writes_the_table_again_leaves_the_seal_behind() -> None:
    again = plain(pq.read_table(pa.BufferReader(CONTENT)).slice(1))
    assert not is_sealed(again)
    assert table_in(again).equals(TABLE.slice(1))


def test_what_cannot_be_read_is_not_sealed() -> None:
    for content, why in ((b"PAR1", "not a readable parquet file"), (CONTENT, "sealed already")):
        with pytest.raises(UnusableFileError, match=why):
            seal(content)


def test_a_newer_version_is_named() -> None:
    with pytest.raises(UnusableFileError, match="schema_version 2; this program knows up to 1"):
        table_in(sealed(TABLE.replace_schema_metadata({"schema_version": "2"})))
