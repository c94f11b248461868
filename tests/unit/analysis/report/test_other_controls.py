"""The other controls of the page: what they show is what the evidence and the comparison have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.figures import names
from analysis.report.gather import gather
from analysis.report.paper_control import paper_control
from analysis.report.seeds_control import MOST, seeds_control
from analysis.wording.units import unit_of

pytestmark = pytest.mark.slow

LABELS = ("none", "book", "all-dropped", "dropout-0.7")


@pytest.fixture(scope="module")
def material(report):
    return gather(report(labels=LABELS, seeds=16).folder)


def test_after_each_number_of_seeds_the_slider_has_the_look_of_the_sequence(material):
    evidence = material.pools[0].evidence
    told, unit = seeds_control(evidence).data, unit_of("test_accuracy")
    assert told["steps"][0] == "1 seed"
    assert told["steps"][-1] == "16 seeds"
    for each in evidence.sequences.sequences:
        first = each.first_n_excluding_zero_family
        for look, (centre, ends, outcome) in zip(each.looks_family, told["rows"][each.condition], strict=True):
            assert centre == unit.tell_difference(look.centre)
            assert (ends == "") == (look.ends is None) == (outcome == "unbounded yet")
            if look.ends is not None:
                assert ends == " to ".join(unit.tell_differences(list(look.ends), None))
                assert outcome.startswith("first without 0" if first is not None and first <= look.n else "held 0")


def test_of_many_seeds_the_slider_has_some_the_last_among_them(material):
    evidence = material.pools[0].evidence
    one = evidence.sequences.sequences[0]
    looks = tuple(replace(one.looks_family[-1], n=n) for n in range(1, 1001))
    many = replace(evidence.sequences, sequences=(replace(one, looks_family=looks),))
    told = seeds_control(replace(evidence, sequences=many)).data
    assert len(told["steps"]) == MOST == len(told["rows"][one.condition])
    assert (told["steps"][0], told["steps"][-1]) == ("1 seed", "1,000 seeds")


def test_the_paragraph_for_checklists_has_seeds_intervals_and_compute(material):
    *sentences, (_, latex, markdown) = paper_control(material, material.pools[0]).data["texts"]
    assert [name for name, *_ in sentences] == ["book", "dropout-0.7"]
    for name, _, said in sentences:
        assert f"“{name}” changed test accuracy by" in said
        assert "95% CI" in said
        assert "16 seeds" in said
        assert "simultaneous over 2 conditions, for new seeds and new test images" in said
    for words in (
        "Each of 2 conditions is compared with “none” on test accuracy, paired by seed (16 seeds).",
        "Error bars are 95% intervals of the difference to the control",
        "exact signed-rank distribution, with Bonferroni's correction for the number of conditions",
        "Compute: 64 trials",
        f"training took {64 * 4 / 60:.0f} minutes in all",
    ):
        assert words in markdown
    assert r"95\% intervals" in latex


@pytest.mark.pictures
def test_every_group_of_seeds_in_a_figure_has_a_dot_for_each(report):
    page = report(labels=LABELS, seeds=8, pictures=True).page
    groups = page.split(' data-seeds="')[1:]
    assert len(groups) > 8
    for each in groups:
        seeds, _, after = each.partition('"')
        dots = after.partition("</g>")[0].count("<use")
        assert dots == len(seeds.split(",")) or (dots == 0 and "," not in seeds)


def test_names_become_attributes_and_other_names_nothing():
    assert names.attributes("mark-3-of-1-seeds-0,2") == ' data-of="1" data-seeds="0,2"'
    assert names.attributes("mark-4-of-12") == ' data-of="12"'
    assert names.attributes("mark-4-seeds-s01") == ' data-seeds="s01"'
    assert names.attributes("line2d_7") == names.attributes('mark-1-seeds-"x') == ""
