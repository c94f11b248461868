"""The page of methods is what the catalogue gives, its tables and links are whole, and one key has its entries."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.catalogue import METHODS
from analysis.catalogue.page import anchor
from analysis.cli import main

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
PROSE = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)


def test_the_page_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods"]) == 0
    assert capsys.readouterr().out == PAGE, "python -m analysis methods > docs/methods.md"


def test_its_links_lead_somewhere() -> None:
    headings = [anchor(each) for each in re.findall(r"^#+ (.*)$", PROSE, re.MULTILINE)]
    assert len(set(headings)) == len(headings)
    assert set(re.findall(r"\]\(#([^)]*)\)", PROSE)) <= set(headings)
    for target in re.findall(r"\]\(([^)#]+)\)", PROSE):
        assert (ROOT / "docs" / target).exists(), target


def test_anchors_are_those_of_github() -> None:
    assert anchor("Max-t by sign flips") == "max-t-by-sign-flips"
    assert anchor("What gained, and (how) it's told?") == "what-gained-and-how-its-told"


def test_its_tables_have_as_many_cells_in_every_row() -> None:
    tables = re.findall(r"(?:^\|.*\n)+", PROSE, re.MULTILINE)
    assert len(tables) == 4
    for table in tables:
        assert len({row.count("|") for row in table.splitlines()}) == 1


def test_markup_closes() -> None:
    for paragraph in PROSE.split("\n\n"):
        assert paragraph.count("`") % 2 == 0, paragraph
        assert paragraph.count("**") % 2 == 0, paragraph
    assert PAGE.count("```") == 2 * (2 * len(METHODS) + 1)


def test_one_key_has_its_entries(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods", "p_max_t"]) == 0
    assert re.findall(r"^### (.*)$", capsys.readouterr().out, re.MULTILINE) == ["Max-t by sign flips", "Ratios of time"]
    assert main(["methods", "t"]) == 0
    titles = re.findall(r"^### (.*)$", capsys.readouterr().out, re.MULTILINE)
    assert titles == ["Paired t test and interval", "Ratios of time"]
    assert main(["methods", "compare.comparisons[].p_max_t"]) == 0
    assert re.findall(r"^### (.*)$", capsys.readouterr().out, re.MULTILINE) == ["Max-t by sign flips"]


def test_a_key_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods", "p_maxt"]) == 2
    assert "did you mean 'p_max_t'" in capsys.readouterr().err


def test_reading_the_catalogue_imports_no_numbers() -> None:
    code = "import sys, analysis.catalogue.page; assert not {'numpy', 'pandas', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
