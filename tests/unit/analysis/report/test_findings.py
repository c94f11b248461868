"""Findings: the page says what the comparison objects say, refuses what it cannot answer, and is the same each time."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from analysis.base.errors import TableError
from analysis.cli import main
from analysis.factorial import factorial
from analysis.findings import write_findings
from analysis.findings.questions import read_questions
from analysis.methods.power import Design
from analysis.report.document import Paragraph
from analysis.report.gather import gather
from analysis.report.markdown import escaped
from analysis.report.sections import divergence, worth_of_pairing
from analysis.wording import bad_endings, sentences
from analysis.wording import factorial as effect_words
from analysis.wording.style import PAGE
from analysis.wording.verdicts import short
from tests.unit.analysis.report.conftest import GRID

pytestmark = pytest.mark.slow

QUESTION = """
[[finding]]
title = "Does it help?"
question = "Is it *better* with the book's rates?"
folder = "dropout"
figure = "differences"
metrics = ["test_accuracy", "running_gap"]
"""
PAIRING = (
    QUESTION.replace('"differences"', '"pairing"').replace('["test_accuracy", "running_gap"]', "[]")
    + "pairing = true\n"
)


@pytest.fixture
def asked(make_folder, tmp_path):
    """Return a function that writes questions beside a results folder of 8 seeds."""
    make_folder(labels=("none", "book", "all-dropped", "dropout-0.3"), seeds=8)

    def written(more: str = ""):
        file = tmp_path / "findings.toml"
        file.write_text(QUESTION + more)
        return file

    return written


@pytest.mark.pictures
def test_the_page_tells_each_comparison_as_the_report_does(asked, tmp_path):
    page = write_findings(asked(), tmp_path / "docs" / "findings.md").read_text()
    (pool,) = gather(tmp_path / "dropout").pools
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")][2:]
    judged = ["book", "dropout-0.3"]
    assert [row[0].removeprefix("| ") for row in rows] == judged * 2
    for metric, told in (("test_accuracy", rows[:2]), ("running_gap", rows[2:])):
        whole = pool.evidence.comparisons[metric]
        for row, each in zip(told, [whole.effects[label] for label in judged], strict=True):
            for sentence in sentences.sentences(each, whole.divergence, PAGE, only_failures=True):
                assert escaped(sentence) in page
            assert row[-1] == f"{each.n_pairs} |"
    assert "all-dropped" not in page
    assert r"**Is it \*better\* with the book's rates?**" in page
    assert (tmp_path / "docs/figures/dropout-differences.png").read_bytes().startswith(b"\x89PNG")
    assert "](figures/dropout-differences.png)" in page
    assert "](../dropout/study.toml)" in page
    assert "plan of analysis a7a1, recorded before the first trial." in page


def test_what_is_open_is_named_with_what_would_help(asked, tmp_path):
    page = write_findings(asked('conditions = ["book"]'), tmp_path / "findings.md").read_text()
    (pool,) = gather(tmp_path / "dropout").pools
    book = pool.primary.effects["book"]
    assert book.headline.verdict == "inconclusive"
    assert "Not decided yet for test accuracy: “book”. With 80% power, at the spread seen" in page
    half_width = (book.typical_high - book.typical_low) / 2
    sd = half_width / stats.t.isf(book.alpha / 2, 7) * math.sqrt(8 * 3 / math.pi)
    design = Design(sd, book.alpha, 0.8, 2, book.test_set_floor or 0.0, "typical")
    assert f"find a true typical difference of {100 * design.detectable(8):.2f} points; " in page
    assert f"one of 0.1 points takes {design.seeds(0.001):,} seeds" in page or "no number of seeds finds one of" in page
    assert " 4 times the " in page
    assert "“dropout-0.3”" not in page


def test_the_command_writes_the_same_page_each_time(asked, tmp_path, capsys):
    file = asked()
    assert main(["findings", str(file)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'findings.md'}\n"
    first = (tmp_path / "findings.md").read_bytes()
    assert main(["findings", str(file)]) == 0
    assert (tmp_path / "findings.md").read_bytes() == first


def test_every_fault_of_the_questions_is_told_at_once(tmp_path):
    file = tmp_path / "findings.toml"
    file.write_text('[[finding]]\ntitle = 3\nfigure = "pie"\nmetrics = "test_accuracy"\ncolour = "red"\nfolder = "x"\n')
    with pytest.raises(TableError) as raised:
        read_questions(file)
    said = str(raised.value)
    for part in ("unknown key 'colour'", "title is 3", "question is None", "metrics is 'test_", "no figure 'pie'"):
        assert f"finding 1: {part}" in said
    for text in ("", "[finding]\n", "x = 1\n[[finding]]\n"):
        file.write_text(text)
        with pytest.raises(TableError, match="other than a list"):
            read_questions(file)


def test_a_metric_or_condition_that_is_not_there_is_refused(asked, tmp_path):
    with pytest.raises(TableError, match="compares no condition 'books'"):
        write_findings(asked('conditions = ["books"]'), tmp_path / "findings.md")
    file = asked()
    file.write_text(QUESTION.replace("running_gap", "walking_gap"))
    with pytest.raises(TableError, match="tells nothing of walking_gap"):
        write_findings(file, tmp_path / "findings.md")


def test_what_pairing_is_worth_is_told_by_level(make_folder, tmp_path):
    labels = tuple(GRID)
    make_folder(labels=labels, seeds=8, control=labels[0])
    file = tmp_path / "findings.toml"
    file.write_text(PAIRING)
    page = write_findings(file, tmp_path / "findings.md").read_text()
    (pool,) = gather(tmp_path / "dropout").pools
    grid = worth_of_pairing.grid(pool.evidence.paired_effects)
    assert [row["reference"] for row in grid.data] == [None, 0, 0]
    assert [row["dropout_1"] for row in grid.data] == [0, 0.2, 0.5]
    rows = [line for line in page.splitlines() if line.startswith("| ") and " to " in line]
    assert rows == [f"| {' | '.join(map(escaped, row))} |" for row in grid.rows]
    assert "](figures/dropout-pairing.png)" in page
    told = worth_of_pairing.sentences(pool.evidence.paired_effects)
    assert len(told) == 2
    assert [line for line in page.splitlines() if line.startswith("- ") and "the seeds of" in line] == [
        f"- {escaped(each)}" for each in told
    ]
    assert bad_endings.shown(pool.primary) in page.replace("\\", "")


def test_what_pairing_is_worth_is_refused_where_nothing_is_crossed(asked, tmp_path):
    file = asked()
    file.write_text(PAIRING)
    with pytest.raises(TableError, match="crosses no other factor with two rates of dropout"):
        write_findings(file, tmp_path / "findings.md")


def test_effects_of_crossed_factors_are_told_as_in_their_section(make_folder, tmp_path):
    labels = tuple(GRID)
    make_folder(labels=labels, seeds=8, control=labels[0])
    file = tmp_path / "findings.toml"
    file.write_text(
        QUESTION.replace('"differences"', '"interaction"').replace(', "running_gap"', "") + "effects = true\n"
    )
    page = write_findings(file, tmp_path / "findings.md").read_text()
    (pool,) = gather(tmp_path / "dropout").pools
    found = pool.evidence.factorial
    assert found is not None
    assert len(found.effects) == 3
    for each in found.effects:
        assert escaped(effect_words.sentence(each, PAGE)) in page
        assert f"| {escaped(effect_words.label_of(each, each.contrast))} | {short(each.contrast)} |" in page
    assert "](figures/dropout-interaction.png)" in page
    assert escaped(effect_words.WHY_SIMPLE) not in page
    file.write_text(file.read_text() + "simple_effects = true\n")
    page = write_findings(file, tmp_path / "findings.md").read_text()
    assert escaped(effect_words.WHY_SIMPLE) in page
    for each in found.simple_effects:
        assert escaped(effect_words.sentence(each, PAGE)) in page
        assert f"| {escaped(effect_words.label_of(each, each.contrast))} | {short(each.contrast)} |" in page


def test_effects_on_every_metric_that_is_asked_for(make_folder, tmp_path):
    labels = tuple(GRID)
    make_folder(labels=labels, seeds=8, control=labels[0])
    file = tmp_path / "findings.toml"
    file.write_text(QUESTION.replace('"differences"', '"interaction"') + "effects = true\n")
    page = write_findings(file, tmp_path / "findings.md").read_text()
    (pool,) = gather(tmp_path / "dropout").pools
    assert page.index("Effects on test accuracy:") < page.index("Effects on running gap:")
    for metric in ("test_accuracy", "running_gap"):
        margin = 0.001 if metric == "test_accuracy" else None
        for each in factorial(pool.table, metric, margin=margin).effects:
            assert escaped(effect_words.sentence(each, PAGE)) in page
    file.write_text(file.read_text().replace("running_gap", "walking_gap"))
    with pytest.raises(TableError, match="walking_gap"):
        write_findings(file, tmp_path / "findings.md")


def test_effects_of_what_is_not_crossed_are_refused(asked, tmp_path):
    with pytest.raises(TableError, match="crosses no factors in full"):
        write_findings(asked("effects = true"), tmp_path / "findings.md")
    with pytest.raises(TableError, match="effects is 'yes'; true or false"):
        read_questions(asked('effects = "yes"'))


def test_collapses_are_told_as_in_their_section(make_folder, tmp_path):
    labels = ("none", "book", "all-dropped", "dropout-0.3")
    make_folder(labels=labels, seeds=8, diverged=(("none", 1), ("none", 4), ("book", 4)))
    file = tmp_path / "findings.toml"
    file.write_text(QUESTION.replace('"differences"', '"survival"') + "collapses = true\n")
    page = write_findings(file, tmp_path / "findings.md").read_text()
    (pool,) = gather(tmp_path / "dropout").pools
    told = [block.text for block in divergence.how_many(pool) if isinstance(block, Paragraph)]
    assert len(told) == 2
    for each in told:
        assert escaped(each) in page
    for label, rate in pool.primary.divergence.items():
        assert (f"| {label} | {rate.n_diverged} of {rate.n} |" in page) != rate.stays_at_chance
    assert page.count("](figures/dropout-survival.png)") == 1
    assert "A bad ending is a run that diverges or ends more than 5 points below" in page
    assert "| condition | bad endings of runs |" in page
    assert "Not decided: whether trials collapse as often with “book” and “dropout-0.3” as with “none”." in page
