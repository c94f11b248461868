"""Documents with a digest: a flipped bit is refused, or carries no information; one written by hand is read."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.schema.documents import (
    UNREADABLE,
    content_hash,
    json_in,
    read_environment,
    read_json,
    read_log,
    read_toml,
    sealed_json,
    sealed_toml,
)

PLAN = {"study": "a", "analysis": {"alpha": 0.05, "margin": None}, "trials": [{"seed": 3}]}
TOML = 'name = "a"\n[training]\nlearning_rate = 0.1\n'


def flips(content: bytes) -> Iterator[bytes]:
    """Yield the content with each of its bits flipped."""
    for bit in range(8 * len(content)):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped)


@pytest.mark.parametrize("indent", [None, 1])
def test_json_keeps_its_keys_and_any_program_reads_it(tmp_path: Path, indent: int | None) -> None:
    content = sealed_json(json.dumps(PLAN, indent=indent))
    assert json_in(content) == PLAN
    assert {**json.loads(content)}.keys() - PLAN.keys() == {"sha256"}
    (tmp_path / "plan.json").write_text(json.dumps(PLAN))
    assert read_json(tmp_path / "plan.json") == PLAN, "without a digest"
    assert (b"\n" in content) == (indent is not None), "a line of a log stays one"


@pytest.mark.parametrize("indent", [None, 1])
def test_no_flipped_bit_of_json_changes_what_is_read(indent: int | None) -> None:
    refused = 0
    for content in flips(sealed_json(json.dumps(PLAN, indent=indent))):
        try:
            found = json_in(content)
        except UNREADABLE:
            refused += 1
        else:
            assert {key: found[key] for key in PLAN} == PLAN
    assert refused > 8 * len(json.dumps(PLAN))


def test_no_flipped_bit_of_toml_changes_what_is_read(tmp_path: Path) -> None:
    path, given = tmp_path / "study.toml", tomllib.loads(TOML)
    path.write_bytes(sealed_toml(TOML))
    assert read_toml(path) == tomllib.loads(path.read_text()) == given
    refused = 0
    for content in flips(sealed_toml(TOML)):
        path.write_bytes(content)
        try:
            assert read_toml(path) == given
        except UNREADABLE:
            refused += 1
    assert refused > 8 * len(TOML)
    path.write_text(TOML)
    assert read_toml(path) == given, "without a digest"


@pytest.mark.parametrize("change", [(b"\n", b"\r\n"), (b"\n", b"\n" * 200), (b"\n", b"")])
def test_line_ends_and_blank_lines_at_the_end_change_nothing_and_hide_nothing(
    tmp_path: Path, change: tuple[bytes, bytes]
) -> None:
    of_windows = b"\r" in change[1]
    plan, study = sealed_json(json.dumps(PLAN, indent=1)) + b"\n", sealed_toml(TOML)
    for content, read, held in ((plan, read_json, PLAN), (study, read_toml, tomllib.loads(TOML))):
        changed = content.replace(*change) if of_windows else content.removesuffix(change[0]) + change[1]
        assert changed != content
        (tmp_path / "changed").write_bytes(changed)
        assert read(tmp_path / "changed") == held
        (tmp_path / "changed").write_bytes(changed.replace(b"0.", b"1.", 1))
        with pytest.raises(UNREADABLE, match="does not fit the digest"):
            read(tmp_path / "changed")


def test_lines_added_below_the_digest_of_toml_are_refused(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_bytes(sealed_toml(TOML) + b"\nepochs = 3\n")
    with pytest.raises(UNREADABLE, match="does not fit the digest"):
        read_toml(tmp_path / "study.toml")


def test_text_with_line_ends_of_windows_is_sealed_as_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_bytes(sealed_toml(TOML.replace("\n", "\r\n")))
    assert read_toml(tmp_path / "study.toml") == tomllib.loads(TOML)


def test_each_line_of_a_log_has_a_digest_or_none(tmp_path: Path) -> None:
    path = tmp_path / "plans.jsonl"
    assert read_log(path) == []
    lines = [json.dumps({"alpha": 0.1}).encode(), sealed_json(json.dumps({"alpha": 0.2}))]
    path.write_bytes(b"\n".join([*lines, b""]))
    assert read_log(path) == [{"alpha": 0.1}, {"alpha": 0.2}]
    path.write_bytes(path.read_bytes().replace(b"0.2", b"0.3"))
    with pytest.raises(UNREADABLE, match="does not fit the digest"):
        read_log(path)


def test_an_environment_is_what_its_name_says(tmp_path: Path) -> None:
    held: dict[str, Any] = {"cpu": {"cores": 2, "threads": [1, 2.5, None]}}
    path = tmp_path / f"{content_hash(held)}.json"
    path.write_text(json.dumps(held, indent=1))
    assert read_environment(path) == held
    (tmp_path / "another-program.json").write_text("{}")
    assert read_environment(tmp_path / "another-program.json") == {}
    for content in flips(json.dumps(held).encode()):
        path.write_bytes(content)
        try:
            assert read_environment(path) == held
        except UNREADABLE as error:
            assert not isinstance(error, RecursionError)
