"""What every registered figure owes its reader, whatever the data."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.figures import theme
from analysis.figures.drawn_seeds import MOST
from analysis.figures.evidence import Trial
from analysis.figures.plot import drawn, inline, rendered
from analysis.report.sections.order import PLOTS
from tests.unit.analysis.figures.words import words_lie_inside_and_apart

ALL_DIVERGED = [(label, seed) for label in ("none", "book", "mild", "strong", "all") for seed in range(6)]
WEIRD = {"none": (0.0, 0.0), '<script>$x$ & "q"': (0.2, 0.5), "a-label-that-goes-on-and-on-for-ever": (0.3, 0.3)}
CASES = {
    "normal": {},
    "one seed": {"seeds": 1},
    "some diverged": {"diverged": [("none", 0), ("book", 1), ("book", 2), ("mild", 0)]},
    "all diverged": {"diverged": ALL_DIVERGED},
    "control only": {"labels": {"none": (0.0, 0.0)}},
    "odd labels": {"labels": WEIRD},
    "many conditions": {"labels": {"none": (0.0, 0.0)} | {f"layers-0.{i}-0.5": (i / 10, 0.55) for i in range(9)}},
}  # fmt: skip
NAMELESS = ("p-calibration", "dose-response", "interaction", "effects", "surface", "pairing")
"""Figures that name methods, rates or factors, and no condition."""
NAMING = [pytest.param(plot, id=plot.name) for plot in PLOTS if plot.name not in NAMELESS]
EVERY = [
    pytest.param(
        plot, layout, case, id=f"{plot.name}, {layout.name}, {name}", marks=[] if name == "normal" else pytest.mark.slow
    )
    for plot, layout, (name, case) in itertools.product(PLOTS, theme.LAYOUTS, CASES.items())
]


def text_of(plot, known):
    return rendered(plot, known, theme.WIDE, ("svg",))["svg"].decode()


def test_names_are_unique_and_every_plot_draws_in_the_normal_case(evidence):
    assert len({plot.name for plot in PLOTS}) == len(PLOTS)
    assert [plot.missing(evidence()) for plot in PLOTS] == [None] * len(PLOTS)


@pytest.mark.slow
@pytest.mark.parametrize(("plot", "layout", "case"), EVERY)
def test_words_lie_inside_the_figure_and_apart(plot, layout, case, evidence, monkeypatch):
    known = evidence(**case)
    why = plot.missing(known)
    if why is not None:
        assert why.endswith("."), "a sentence stands where the figure would"
        return
    words_lie_inside_and_apart(plot, known, layout, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.name)
def test_same_bytes_every_time(plot, evidence):
    first, second = (rendered(plot, evidence(), theme.WIDE) for _ in range(2))
    assert list(first) == ["svg", "png", "pdf"]
    assert first == second
    assert b"+DejaVuSansReduced" in first["pdf"]
    assert b"+DejaVuSans " not in first["pdf"], "the whole font takes long to embed"


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.name)
def test_svg_has_text_as_text_no_date_and_only_colours_that_a_dark_page_knows(plot, evidence):
    svg = text_of(plot, evidence(diverged=[("none", 0), ("book", 1)]))
    texts = [element.text for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert any(text and ("book" in text or plot.name in NAMELESS) for text in texts)
    assert not re.search(r"<dc:date>|20\d\d-\d\d-\d\d", svg)
    unknown = set(re.findall(r"#[0-9a-f]{6}\b", svg)) - theme.DARK.keys()
    assert not unknown, "a colour outside the theme stays as it is on a dark page"


@pytest.mark.parametrize("plot", NAMING)
def test_labels_are_text_never_markup(plot, evidence):
    known = evidence(labels=WEIRD)
    svg = inline(text_of(plot, known), "f0", "title", "description")
    assert "<script" not in svg
    texts = [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("<script>$x$") for text in texts), "a label between dollar signs is no formula"


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.name)
def test_metrics_that_are_no_number_are_left_out_not_drawn(plot, evidence):
    known = evidence()
    bare = tuple(Trial(each.condition, each.seed, each.diverged, {}) for each in known.trials)
    empty = {
        metric: replace(
            whole, effects={label: replace(each, pairs=(), n_pairs=0) for label, each in whole.effects.items()}
        )
        for metric, whole in known.comparisons.items()
    }
    means = {
        metric: tuple(replace(each, mean=None, low=None, high=None) for each in of)
        for metric, of in known.means.items()
    }
    blank = replace(known, trials=bare, comparisons=empty, means=means)
    if plot.missing(blank) is None:
        figure = drawn(plot, blank, theme.WIDE)
        figure.draw(FigureCanvasAgg(figure).get_renderer())
        limits = [limit for axes in figure.axes for limit in (*axes.get_xlim(), *axes.get_ylim())]
        assert all(map(math.isfinite, limits))


def test_inline_ids_are_prefixed_and_references_follow(evidence):
    svg = inline(text_of(PLOTS[0], evidence()), "f7", "a title", "what is seen")
    ids = re.findall(r'\bid="([^"]*)"', svg)
    references = re.findall(r'(?:href="#|url\(#)([^")]*)', svg)
    assert ids
    assert len(ids) == len(set(ids))
    assert all(each.startswith("f7-") for each in ids)
    assert references
    assert set(references) <= set(ids)
    assert '<title id="f7-title">a title</title>' in svg
    assert 'aria-labelledby="f7-title f7-description"' in svg
    assert "var(--figure-1b2530, #1b2530)" in svg


def test_colours_of_text_can_be_read_on_light_and_on_dark_paper():
    paper = theme.DARK[theme.PAPER]
    for light in (theme.INK, theme.MUTED, theme.BLUE, theme.VERMILION, theme.GREEN):
        assert _contrast(light, theme.PAPER) >= 4.5, "verdicts and counts are text of that colour"
        assert _contrast(theme.DARK[light], paper) >= 4.5


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_coordinates_are_short_and_all_other_numbers_stay():
    svg = '<svg><path d="M 1.23456 -0.00123 L 7 2.5123e-07" x="0.125" data-a="0.12345"/><text>0.98765</text></svg>'
    body = inline(svg, "f0", "title", "description")
    assert 'd="M 1.23 0 L 7 2.5123e-07" x="0.12" data-a="0.12345"' in body
    assert ">0.98765<" in body


@pytest.mark.slow
@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.name)
def test_more_seeds_than_can_be_told_apart_make_a_figure_no_larger_and_its_caption_says_so(plot, evidence):
    few, most, more = (evidence(seeds=number) for number in (MOST // 2, MOST, 4 * MOST))
    sizes = [len(text_of(plot, known)) for known in (few, most, more)]
    assert sizes[2] < 1.1 * sizes[1]
    assert f" {MOST} of " in plot.caption(more) or sizes[1] < 1.3 * sizes[0], "one that shows no single seeds"
    assert f" {MOST} of " not in plot.caption(most)
