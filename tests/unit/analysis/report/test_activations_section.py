"""Hidden units in the report and in findings: what was recorded is told, what diverged is named, else silence."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.base.errors import TableError
from analysis.figures import activations as figure
from analysis.findings import write_findings
from analysis.methods.activations import Activations, VarianceDifference
from analysis.report.document import Grid
from analysis.report.gather import gather
from analysis.report.sections import activations
from analysis.report.sections.activations import differences_grid, sentences
from bench.schema import CURVES_FOLDER, PACKED_FILE
from tests.results import write

pytestmark = pytest.mark.slow

QUESTION = """
[[finding]]
title = "Hidden units"
question = "Does dropout raise their variance?"
folder = "dropout"
figure = "activations"
metrics = []
activations = true
"""
LABELS = ("none", "book", "all-dropped")
DIVERGED = (("book", 0), ("book", 3), ("none", 5))
LEFT_OUT = "Left out, because they collapsed or diverged: 1 of 6 trials of “none”, 2 of 6 trials of “book”."


def section_of(folder):
    material = gather(folder)
    return activations.section(material, material.pools[0])


def grids(section):
    return {block.name: block for block in section.blocks if isinstance(block, Grid)}


def words(section):
    return " ".join(block.text for block in section.blocks if hasattr(block, "text"))


def made_up():
    """Return differences of a layer before and after the mask; the second one's end is next to 0."""

    def entry(condition, side, difference, low=None, high=None):
        return VarianceDifference(
            condition=condition, layer=2, side=side, n_pairs=8, difference=difference, low=low, high=high
        )

    differences = (
        entry("book", "before", -0.0626, -0.0661, -0.0591),
        entry("book", "after", 0.19973, 0.0002, 0.39926),
        entry("half", "before", 0.25),
    )
    return Activations(
        alpha=0.05, control="none", layers=(2,), left_out=(), curves=(), ends=(), differences=differences
    )


def test_a_study_that_records_nothing_shows_nothing(report, make_folder, tmp_path):
    plain = report()
    assert "Hidden units" not in plain.page
    assert not list(plain.out.glob("*/activation*"))
    folder = make_folder(labels=LABELS)
    assert section_of(folder) is None
    assert figure.missing(gather(folder).pools[0].evidence) == "The statistics of hidden units were not recorded."
    (tmp_path / "findings.toml").write_text(QUESTION)
    with pytest.raises(TableError, match="record_activations"):
        write_findings(tmp_path / "findings.toml", tmp_path / "findings.md")


def test_the_section_tells_the_last_epoch_with_theory_and_without_verdicts(make_folder):
    section = section_of(make_folder(labels=LABELS, recorded=True))
    assert section is not None
    ends = grids(section)["activations"].rows
    assert [row[:4] for row in ends[:4]] == [
        ("none", "1", "before", "6"), ("none", "1", "after", "6"), ("none", "2", "before", "6"),
        ("none", "2", "after", "6"),
    ]  # fmt: skip
    assert {row[0] for row in ends} == {"none", "book"}, "conditions meant to stay at chance are not told"
    book = ends[-1]
    # seeds 0 to 5: variance 0.35 + 0.015 (seed mod 3), doubled plus 0.25; its sd 0.03 sqrt(4 / 5), t 2.5706 on 5
    assert book[2:] == ("after", "6", "0.5000 ± 0.0000", "0.980 ± 0.028", "0.980", "70.0000 ± 0.0000")
    assert "nothing is tested" in words(section)
    assert "Left out" not in words(section)
    (first, *_) = grids(section)["activation-differences"].data
    assert (first.condition, first.layer, first.side, first.n_pairs) == ("book", 1, "before", 6)
    # -0.1 x 0.2 + 0.01 (seed mod 3) x 0.2, over seeds 0 to 5
    assert first.difference == pytest.approx(-0.018)


def test_trials_that_diverged_are_left_out_and_named(report, tmp_path):
    made = report(labels=LABELS, seeds=6, recorded=True, diverged=DIVERGED)
    section = section_of(made.folder)
    assert section is not None
    assert LEFT_OUT in words(section)
    assert LEFT_OUT in made.page
    assert (made.out / "figures" / "activations-wide.svg").exists()
    assert {row["n_pairs"] for row in made.table("activation-differences")} == {"3"}
    assert [row[3] for row in grids(section)["activations"].rows] == ["5"] * 4 + ["4"] * 4
    assert [row[-1] for row in grids(section)["activation-differences"].rows] == ["3"] * 4
    file = tmp_path / "findings.toml"
    file.write_text(QUESTION.replace('"dropout"', f'"{made.folder.as_posix()}"'))
    assert LEFT_OUT in write_findings(file, tmp_path / "findings.md").read_text()


def test_where_no_trial_trained_a_sentence_stands_for_figure_and_tables(make_folder):
    every = tuple((label, seed) for label in LABELS[:2] for seed in range(2))
    section = section_of(make_folder(labels=LABELS[:2], seeds=2, recorded=True, diverged=every))
    assert section is not None
    assert len(section.blocks) == 1
    assert words(section).startswith("No trial whose hidden units were recorded trained. Left out")
    assert "2 of 2 trials of “book”" in words(section)


def test_packed_curves_are_read_as_single_ones_are(make_folder):
    folder = make_folder(labels=LABELS, recorded=True)
    single = gather(folder).pools[0].evidence.activations
    files = sorted((folder / CURVES_FOLDER).glob("*.parquet"))
    together = pa.concat_tables([pq.read_table(file) for file in files])
    for file in files:
        file.unlink()
    write(folder / CURVES_FOLDER / PACKED_FILE, together)
    assert single is not None
    assert gather(folder).pools[0].evidence.activations == single


def test_sentences_and_table_say_both_sides_of_the_mask():
    found = made_up()
    assert sentences(found, ("book",)) == [
        "Hidden layer 2, “book” minus “none”: the variance of the units after the last epoch differs by −0.0626 before "
        "the mask (95% t interval over seeds: −0.0661 to −0.0591) and +0.1997 after the mask (95% t interval over "
        "seeds: +0.0002 to +0.3993); 8 pairs of seeds."
    ]
    assert len(sentences(found)) == 2
    assert sentences(found)[1].endswith("differs by +0.2500 before the mask; 8 pairs of seeds.")
    rows = differences_grid(found).rows
    assert rows[0] == ("book", "2", "before", "−0.0626", "−0.0661 to −0.0591", "8")
    assert rows[1][3:5] == ("+0.1997", "+0.0002 to +0.3993"), "an end above 0 is not told as 0"
    assert rows[2][3:5] == ("+0.2500", "–")
    assert len(differences_grid(found, ("half",)).rows) == 1


def test_no_pair_of_seeds_is_said():
    found = made_up()
    found = replace(found, differences=(replace(found.differences[2], n_pairs=0, difference=None),))
    assert sentences(found) == ["Hidden layer 2, “half” minus “none”: no pair of seeds trained."]


def test_a_finding_tells_the_difference_in_each_layer_beside_what_is_judged(make_folder, tmp_path):
    folder = make_folder(labels=(*LABELS, "dropout-0.3"), seeds=6, recorded=True)
    file, out = tmp_path / "findings.toml", tmp_path / "findings.md"
    file.write_text(QUESTION + 'conditions = ["book"]\n')
    page = write_findings(file, out).read_text()
    found = gather(folder).pools[0].evidence.activations
    assert found is not None
    told = sentences(found, ("book",))
    assert [each.split(",")[0] for each in told] == ["Hidden layer 1", "Hidden layer 2"]
    assert all(f"- {each}" in page for each in told)
    assert "dropout-0.3" not in page
    assert "](figures/dropout-activations.png)" in page
    assert "nothing is tested" in page
    assert "verdict |" not in page, "nothing is judged where no metric is asked for"
    file.write_text(QUESTION.replace("metrics = []", 'metrics = ["test_accuracy"]'))
    both = write_findings(file, out).read_text()
    assert "verdict |" in both
    assert all(each in both for each in told)


def test_a_condition_that_records_nothing_is_refused_and_a_switch_is_true_or_false(make_folder, tmp_path):
    make_folder(labels=LABELS, recorded=True)
    file = tmp_path / "findings.toml"
    file.write_text(QUESTION + 'conditions = ["books"]\n')
    with pytest.raises(TableError, match="records no hidden units of a condition 'books'"):
        write_findings(file, tmp_path / "findings.md")
    file.write_text(QUESTION.replace("activations = true", 'activations = "yes"'))
    with pytest.raises(TableError, match="activations is 'yes'; true or false"):
        write_findings(file, tmp_path / "findings.md")
