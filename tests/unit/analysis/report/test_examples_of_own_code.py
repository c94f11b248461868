"""Own training code has examples, and the data sets of the runner have images: on pages, in figures, on terminals."""

from __future__ import annotations

import re

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.cli import main
from analysis.figures import theme
from analysis.report.gather import gather
from analysis.report.sections.order import PLOTS
from tests.unit.analysis.report.conftest import GRID

pytestmark = pytest.mark.slow

OWN = {"own": ("example", "image"), "": ("image", "example")}
"""The word for one example of the data, and the one that is not to be read, by engine."""
FLIPS = re.compile(r"^## Test images that flip\n.*?(?=^## )", re.DOTALL | re.MULTILINE)
"""A section that only data sets of the runner have: own training code names no file of images."""
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


@pytest.mark.parametrize("engine", OWN)
@pytest.mark.parametrize("given", [{"labels": ("none", "book", "dropout-0.3")}, {"labels": tuple(GRID), "images": False,
                                   "control": "dropout_1-0_dropout_2-0"}], ids=["known", "unknown"])  # fmt: skip
def test_a_report_has_one_word_for_an_example(report, engine, given):
    word, other = OWN[engine]
    written = report(seeds=8, engine=engine, **given)
    for text in (written.page, (written.out / "report.md").read_text()):
        assert text.count(f"test {word}s") > 3
        assert other not in STYLE.sub("", text).replace("for example", "")


def test_only_the_word_and_what_pairs_differ(report):
    own, images = (
        [
            line
            for line in FLIPS.sub(
                "", (report(labels=("none", "book"), seeds=8, engine=engine).out / "report.md").read_text()
            ).splitlines()
            if not line.startswith(
                ("Pairing.", "| engine", "- Pairing.", "Made ", "A trial div", "*Training t", "Speed was")
            )
        ]
        for engine in ("own", "")
    )
    assert [line.replace("example", "image") for line in own if "Pairing" not in line] == [
        line for line in images if "Pairing" not in line
    ]


def test_the_method_claims_of_own_code_only_what_the_runner_gives_it(report):
    own, images = (report(labels=("none", "book"), seeds=8, engine=engine).page for engine in ("own", ""))
    assert "start from the same weights" in images
    assert "start from the same weights" not in own
    assert "are given the same seeds for initial weights, batch order and masks" in own


def test_a_report_of_own_code_claims_of_its_trials_only_what_holds_of_them(report):
    own, images = (report(labels=("none", "book"), seeds=8, engine=engine).page for engine in ("own", ""))
    for words, of_own in {"bench throughput": False, "its share of the stack": False, "evaluation included": True,
                          "its training code says so": True}.items():  # fmt: skip
        assert (words in own, words in images) == (of_own, not of_own)


@pytest.mark.parametrize("engine", OWN)
def test_the_figures_say_it_too(report, engine):
    word, other = OWN[engine]
    evidence = gather(report(labels=("none", "book", "dropout-0.3"), seeds=8, engine=engine).folder).pools[0].evidence
    said: list[str] = []
    for plot in PLOTS:
        if plot.missing(evidence) is None:
            figure = Figure(figsize=(theme.WIDE.width, plot.height(evidence, theme.WIDE)))
            plot.draw(figure, evidence, theme.WIDE)
            said += [each.get_text() for each in figure.findobj(Text) if isinstance(each, Text)]
            said += [plot.caption(evidence), plot.description(evidence)]
    assert any(word in each for each in said)
    assert [each for each in said if other in each] == []


@pytest.mark.parametrize("engine", OWN)
def test_the_terminal_says_it_too(report, engine, capsys):
    word, other = OWN[engine]
    folder = str(report(labels=("none", "book"), seeds=8, engine=engine).folder)
    assert main(["compare", folder, "--metric", "test_accuracy"]) == 0
    assert main(["power", "--pilot", folder, "--metric", "test_accuracy", "--delta", "0.0001"]) == 0
    said = capsys.readouterr().out
    assert f"new seeds and new test {word}s" in said
    assert f"test {word}s in place of" in said
    assert other not in said


@pytest.mark.parametrize("engine", OWN)
def test_factorials_say_it_too(report, engine, capsys):
    word, other = OWN[engine]
    folder = str(report(labels=tuple(GRID), seeds=8, engine=engine, control="dropout_1-0_dropout_2-0").folder)
    assert main(["factorial", folder, "--metric", "test_accuracy"]) == 0
    said = capsys.readouterr().out
    assert f"new seeds and new test {word}s" in said
    assert other not in said
    assert main(["factorial", folder, "--metric", "test_accuracy", "--json", "-"]) == 0
    assert '"example"' not in capsys.readouterr().out
