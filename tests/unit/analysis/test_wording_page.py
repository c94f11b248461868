"""The page of all sentences is what the command prints, has every function that writes, and every kind of example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.answer.headline import OF_ONE_RUN, SEEDS, SEEDS_AND_IMAGES, SEQUENCE, SPLITS
from analysis.cli import main
from analysis.methods import verdict
from analysis.phrasebook import effects
from analysis.phrasebook.entry import Part
from analysis.phrasebook.page import parts, writers
from analysis.wording import sentences
from bench.schema.known_metrics import HIGHER, LOWER, MEAN, TYPICAL

PAGE = Path(__file__).parents[3] / "docs/wording.md"
LONGEST = 30
"""Words of a sentence, numbers in parentheses aside."""


def test_the_page_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wording"]) == 0
    assert capsys.readouterr().out == PAGE.read_text(encoding="utf-8"), "python -m analysis wording > docs/wording.md"


@pytest.fixture(scope="module")
def whole() -> tuple[Part, ...]:
    return parts()


def test_every_function_that_writes_is_on_the_page(whole: tuple[Part, ...]) -> None:
    shown = {entry.name for part in whole for entry in part.entries if entry.lines}
    assert len(writers()) > 40
    assert writers().keys() - shown == set()


def test_the_examples_are_of_every_kind() -> None:
    known = [each for each in effects.EXAMPLES if each.headline.verdict is not None]
    words = {(each.headline.verdict, each.direction) for each in known}
    for direction in (HIGHER, LOWER):
        assert {word for word, of in words if of == direction} >= set(verdict.VERDICTS) - {verdict.CANNOT_TEST}
    assert {word for word, of in words if of is None} == {*verdict.BY_SIGN, verdict.EQUIVALENT, verdict.INCONCLUSIVE}
    assert {(each.headline.scope, each.headline.estimand) for each in known} >= {
        (SEEDS, TYPICAL), (SEEDS, MEAN), (SEEDS_AND_IMAGES, TYPICAL), (SEEDS_AND_IMAGES, MEAN), (SEQUENCE, "median"),
        (SEQUENCE, MEAN), (SPLITS, MEAN),
    }  # fmt: skip
    assert {(each.direction, each.n_item_groups) for each in effects.EXAMPLES if each.headline.scope in OF_ONE_RUN} >= {
        (HIGHER, None), (LOWER, None), (HIGHER, 25),
    }  # fmt: skip
    ends = {(each.headline.low is None, each.headline.high is None) for each in known}
    assert ends == {(False, False), (True, False), (False, True), (True, True)}


def test_no_sentence_is_long_or_miscounts(whole: tuple[Part, ...]) -> None:
    for part in whole:
        for entry in part.entries:
            for line in entry.lines:
                if "\n" in line.text:
                    continue
                assert not re.search(r"\b1 (seeds|pairs|trials|runs|blocks|slots|conditions|epochs)\b", line.text), line
                bare = re.sub(r"\([^()]*\)", "", line.text)
                for sentence in re.split(r"(?<=[.:;])\s", bare):
                    assert len(sentence.split()) <= LONGEST, sentence


def test_a_sequence_has_one_interval_and_a_typical_difference_leaves_nothing_out() -> None:
    narrow = effects.effect(*effects.BY_VERDICT["around 0, within the margin"][:2], scope=SEQUENCE, estimand="median")
    assert narrow.headline.verdict == verdict.EQUIVALENT
    assert "90%" not in sentences.headline(narrow)
    lost = {"n_lost_to_divergence": 6, "n_pairs": 24, "n_typical": 30}
    ends = effects.GOOD[:2]
    assert "left out" not in sentences.headline(effects.effect(*ends, **lost))
    for estimand in (MEAN, "median"):
        assert "(6 of 30 pairs left out)" in sentences.headline(effects.effect(*ends, estimand=estimand, **lost))
