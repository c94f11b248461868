"""The hash of code: what it does counts, how it is laid out and explained does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.record.code_hash import code_hash, sources_hash

CODE = """
import math

RATE = 0.5

def scaled(value):
    return math.sqrt(value) * RATE
"""
EXPLAINED = '''"""A module."""

# Why.
import math
RATE = 0.5  # a half
"""The rate."""


def scaled(value):
    """Return something."""

    return (
        math.sqrt(value)
        * RATE
    )
'''


def test_words_and_layout_are_no_part_of_the_hash() -> None:
    assert code_hash(CODE) == code_hash(EXPLAINED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.5", "0.25"),
        ("0.5", "0.5000001"),
        ("* RATE", "/ RATE"),
        ("math.sqrt", "math.exp"),
        ("scaled", "other"),
        ("value):", "value=1):"),
        ("RATE = 0.5", "RATE = '0.5'"),
        ("return", "return -"),
    ],
)
def test_whatever_code_does_is_part_of_the_hash(old: str, new: str) -> None:
    assert code_hash(CODE.replace(old, new, 1)) != code_hash(CODE)


def test_the_hash_is_the_same_for_every_python() -> None:
    """Python 3.10 to 3.13 gave these; later syntax trees have more fields, which are empty, and 3.12 empty pieces."""
    assert code_hash(CODE)[:16] == "3907aae61a07f9ed"
    assert code_hash("f'{1:>{2}}' if x else [*y, (z := 3)]\n")[:16] == "e43de39bd2aeb308"


def test_what_is_no_python_is_hashed_as_it_lies() -> None:
    assert code_hash("rate = = 1\n") != code_hash("rate = = 1")


def test_the_sources_that_train_are_hashed_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.record.code_hash.ROOT", tmp_path)
    found = []
    for file, text in (("a.py", "x = 1"), ("commands/b.py", "y = 1"), ("a.py", "x = 1  # one"), ("c/d.py", "z = 1")):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text)
        sources_hash.cache_clear()
        found.append(sources_hash())
    sources_hash.cache_clear()
    assert found[0] == found[1] == found[2] != found[3]


def test_a_worker_parses_no_sources_that_its_runner_has_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(sources_hash.cache_clear)
    monkeypatch.setattr("bench.record.code_hash.ROOT", tmp_path)
    monkeypatch.setattr("bench.record.code_hash.parsed", {})
    (tmp_path / "a.py").write_text("x = 1")
    sources_hash.cache_clear()
    found = sources_hash()
    monkeypatch.setattr("bench.record.code_hash.code_hash", lambda _: "parsed anew")
    sources_hash.cache_clear()
    assert sources_hash() == found
    (tmp_path / "a.py").write_text("x = 2")
    sources_hash.cache_clear()
    assert sources_hash() != found
