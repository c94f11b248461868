"""Factors together and the curves of collapse, as the report tells them: the numbers of the object, and when."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from analysis.methods import verdict
from analysis.report.document import Grid, Illustration, Listing, Paragraph
from analysis.report.gather import gather
from analysis.report.sections import divergence, factorial
from analysis.report.sections.order import PLOTS
from analysis.wording.factorial import label_of
from analysis.wording.units import unit_of
from tests.unit.analysis.report.conftest import GRID, Made, write_folder

pytestmark = pytest.mark.slow

CONTROL = "dropout_1-0_dropout_2-0"
BROKEN = ((CONTROL, 1), (CONTROL, 4), ("dropout_1-0.2_dropout_2-0.5", 1))
UNIT = unit_of("test_accuracy")


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    made = Made(labels=(*GRID, "all-dropped"), seeds=9, control=CONTROL, diverged=BROKEN, images=False)
    return gather(write_folder(tmp_path_factory.mktemp("results") / "dropout", made))


def blocks(found, kind):
    return [each for each in found.blocks if isinstance(each, kind)]


def test_the_section_says_what_the_object_says(material):
    (pool,) = material.pools
    found = factorial.section(material, pool)
    whole = pool.evidence.factorial
    assert whole.n == 7
    (listing,), (grid,) = blocks(found, Listing), blocks(found, Grid)
    assert [row[0] for row in grid.rows] == ["dropout_1: 0 to 0.5", "dropout_2", "dropout_1 × dropout_2"]
    for effect, item, row, data in zip(whole.effects, listing.items, grid.rows, grid.data, strict=True):
        contrast = effect.contrast
        estimate = UNIT.tell_difference(contrast.headline.estimate, 0.001)
        assert estimate in item.text
        assert row[2] == estimate
        assert row[1] == item.mark
        ends = UNIT.tell_differences([contrast.headline.low, contrast.headline.high], 0.001)
        assert row[3] == " to ".join(ends)
        assert data["p_max_t"] == contrast.p_max_t
    words = " ".join(each.text for each in blocks(found, Paragraph))
    assert "6 conditions cross 2 factors in full: dropout_1 (0, 0.2, 0.5) × dropout_2 (0, 0.5)" in words
    assert "at the 7 seeds at which every one of these conditions trained; at 2 more a trial diverged" in words
    assert "No part of the crossing: “all-dropped”" in words
    assert [each.plot.name for each in blocks(found, Illustration)] == ["interaction", "effects", "surface"]


def test_simple_effects_have_their_own_table_where_the_interaction_is_there(material):
    (pool,) = material.pools
    assert [each.name for each in blocks(factorial.section(material, pool), Grid)] == ["factorial-test_accuracy"]
    *main, both = pool.evidence.factorial.effects
    inferior = replace(both.contrast, headline=replace(both.contrast.headline, verdict=verdict.INFERIOR))
    whole = replace(pool.evidence.factorial, effects=(*main, replace(both, contrast=inferior)))
    there = replace(pool, evidence=replace(pool.evidence, factorial=whole))
    found = factorial.section(material, there)
    (_, listing), (_, grid) = blocks(found, Listing), blocks(found, Grid)
    assert grid.name == "factorial-simple-test_accuracy"
    labels = [label_of(each, each.contrast) for each in whole.simple_effects]
    assert [row[0] for row in grid.rows] == labels
    assert labels[0] == "dropout_1 at dropout_2 0: 0 to 0.5"
    assert "hold for all simple effects at once" in grid.caption
    for item, row, effect in zip(listing.items, grid.rows, whole.simple_effects, strict=True):
        estimate = UNIT.tell_difference(effect.contrast.headline.estimate, 0.001)
        assert estimate == row[2]
        assert estimate in item.text


def test_the_files_have_it_too(report):
    written = report(labels=tuple(GRID), seeds=9, control=CONTROL, diverged=BROKEN, images=False)
    saved = json.loads((written.out / "factorial.json").read_text())
    rows = written.table("factorial-test_accuracy")
    assert [row["effect"] for row in rows] == [each["effect"] for each in saved["effects"]]
    assert float(rows[0]["mean_difference"]) == saved["effects"][0]["contrast"]["mean_difference"]
    assert (written.out / "tables" / "factorial-test_accuracy.tex").exists()
    assert "Factors together" in written.page
    assert "Effects and interactions" in (written.out / "report.md").read_text()


def test_a_study_that_crosses_nothing_has_no_such_section(make_folder):
    material = gather(make_folder(labels=("none", "book"), seeds=3, images=False))
    assert factorial.section(material, material.pools[0]) is None
    drawn = [plot.name for plot in PLOTS if plot.missing(material.pools[0].evidence) is None]
    assert not {"interaction", "effects", "surface", "survival"} & set(drawn)


def test_collapses_are_followed_where_there_are_any(material):
    (pool,) = material.pools
    found = divergence.section(material, pool)
    (shown,) = blocks(found, Illustration)
    assert shown.plot.name == "survival"
    grid = next(each for each in blocks(found, Grid) if each.name == "survival")
    rows = {row[0]: row for row in grid.rows}
    assert set(rows) == set(GRID)
    assert rows[CONTROL][1:4] == ("2 of 9", "1", "77.8")
    assert rows["dropout_1-0_dropout_2-0.5"][1:5] == ("0 of 9", "–", "100.0", "–")
    assert (
        rows["dropout_1-0_dropout_2-0.5"][6]
        == f"{pool.evidence.survival.of('dropout_1-0_dropout_2-0.5').p_log_rank:.3f}"
    )
    words = " ".join(each.text for each in blocks(found, Paragraph))
    assert "takes trials as independent" in words
    assert "exact sign flips" in words


@pytest.mark.parametrize("given", [{}, {"diverged": (("book", 1),), "curves": False}])
def test_without_a_collapse_or_without_curves_there_is_no_figure(make_folder, given):
    material = gather(make_folder(labels=("none", "book"), seeds=3, images=False, **given))
    found = divergence.section(material, material.pools[0])
    assert not blocks(found, Illustration)
    words = " ".join(each.text for each in blocks(found, Paragraph))
    assert ("No learning curve" in words) == bool(given)
