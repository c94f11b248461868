"""Characters that steer a terminal are known, and written out."""

from __future__ import annotations

import sys

from bench.schema.characters import BYTES, escaped, steers, written_out


def test_no_character_that_steers_counts_as_printable() -> None:
    assert not [point for point in range(sys.maxunicode + 1) if chr(point).isprintable() and steers(chr(point))]


def test_a_message_keeps_the_lines_and_the_bytes_of_paths_that_are_its_own() -> None:
    assert escaped("größer\n\x1b\udcff") == "größer\\n\\x1b\\udcff"
    assert escaped("größer\n\x1b\udcff", but="\n" + BYTES) == "größer\n\\x1b\udcff"
    assert escaped(escaped("a\x1b")) == r"a\x1b"


def test_a_document_is_written_out_throughout() -> None:
    assert written_out({"a\x1b": [{"b": "c\x9b\nd"}, 1, None]}) == {r"a\x1b": [{"b": "c\\x9b\nd"}, 1, None]}
