"""Figures are drawn once: again where anything that they show has changed, and only then."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import fields, replace

import pytest

from analysis.base.files import write_atomically
from analysis.figures import fonts, forest, gaps, plot, theme
from analysis.figures.evidence import Evidence
from analysis.report import all_cores, drawing, fingerprint, write_report
from analysis.report.all_cores import on_all_cores
from analysis.report.drawing import RECORD, Drawing, files_of
from analysis.report.fingerprint import of_data, of_drawing
from analysis.report.gather import gather
from tests.unit.analysis.report.conftest import Made, write_folder

SMALL = ("none", "book")


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    folder = write_folder(tmp_path_factory.mktemp("results") / "dropout", Made(labels=SMALL, seeds=4, images=False))
    return gather(folder).pools[0].evidence


@pytest.fixture
def draw(known, tmp_path, monkeypatch):
    """Return a function that writes two figures in both widths, and returns their files and which were drawn for it."""
    drawn: list[str] = []

    def made(plot, evidence, layout):
        drawn.append(f"{plot.name}-{layout.name}")
        return {kind: f"{plot.name} {layout.name} {kind}".encode() for kind in layout.formats}

    monkeypatch.setattr(drawing, "rendered", made)
    monkeypatch.setattr(all_cores, "_cores", lambda: 1)

    def files(evidence=known):
        drawn.clear()
        figures = [
            Drawing(f"figures/{plot.name}-{layout.name}", plot, evidence, layout)
            for plot in (forest.PLOT, gaps.PLOT)
            for layout in theme.LAYOUTS
        ]
        found, record = files_of(figures, tmp_path)
        contents = {f"{stem}.{kind}": each for stem, kinds in found.items() for kind, each in kinds.items()}
        for name, content in {**contents, RECORD: record}.items():
            write_atomically(tmp_path / name, content)
        return contents, list(drawn)

    return files


ALL = ["differences-wide", "differences-narrow", "gaps-wide", "gaps-narrow"]


@pytest.mark.slow
def test_an_unchanged_figure_is_not_drawn_again(draw, known):
    first, drawn = draw()
    assert drawn == ALL
    assert [name.partition("/")[2] for name in first] == [
        f"{each}.{kind}" for each in ALL for kind in (("svg", "png", "pdf") if "wide" in each else ("svg",))
    ]
    assert draw() == (first, [])
    assert draw(replace(known, settings=())) == (first, ALL), "other data may give the same picture, and are drawn"
    assert draw() == (first, ALL)


def test_what_does_not_lie_there_as_it_was_drawn_is_drawn_again(draw, tmp_path):
    first, _ = draw()
    (tmp_path / "figures/differences-wide.svg").write_bytes(first["figures/gaps-wide.svg"])
    (tmp_path / "figures/gaps-wide.pdf").unlink()
    assert draw() == (first, ["differences-wide", "gaps-wide"])
    assert draw() == (first, [])


@pytest.mark.parametrize("record", ["[]", "{", "\xff", json.dumps({"figures/gaps-wide": 3})])
def test_where_the_record_is_no_record_all_is_drawn(draw, tmp_path, record):
    first, _ = draw()
    (tmp_path / RECORD).write_text(record, encoding="latin-1")
    assert draw() == (first, ALL)


@pytest.mark.slow
def test_a_report_made_again_says_the_same_without_drawing(make_folder, tmp_path, monkeypatch):
    folder, out = make_folder(labels=SMALL, seeds=3, images=False, curves=False), tmp_path / "out"

    def written():
        page = write_report(folder, out).read_text(encoding="utf-8").split("Made ")[0]
        return page, {path.name: path.read_bytes() for path in (out / "figures").iterdir()}

    first = written()
    monkeypatch.setattr(drawing, "rendered", None)
    assert written() == first


@pytest.mark.parametrize("name", [each.name for each in fields(Evidence)])
def test_every_part_of_the_evidence_counts(known, name):
    value = getattr(known, name)
    assert of_data(known) == of_data(replace(known, **{name: value}))
    assert of_data(known) != of_data(replace(known, **{name: [value, 1]}))


def test_data_count_to_the_last_bit(known):
    trial = known.trials[0]
    (metric, value), *_ = trial.values.items()
    other = replace(trial, values=dict(trial.values) | {metric: value * (1 + 2**-52)})
    assert other.values[metric] != value
    assert of_data(known) != of_data(replace(known, trials=(other, *known.trials[1:])))


def test_a_kind_of_data_without_a_digest_is_refused():
    assert of_data(OrderedDict(a=1)) == of_data({"a": 1})
    with pytest.raises(TypeError, match="have a object"):
        of_data({"a": object()})


def test_code_settings_and_fonts_count(tmp_path, monkeypatch):
    before = of_drawing()
    assert of_drawing() == before
    (tmp_path / "code.py").write_text("a = 1\n")
    monkeypatch.setattr(fingerprint, "SOURCES", (*fingerprint.SOURCES, tmp_path))
    more = of_drawing()
    (tmp_path / "code.py").write_text("a = 2\n")
    assert len({before, more, of_drawing()}) == 3
    monkeypatch.undo()
    style = theme.style()
    monkeypatch.setattr(theme, "style", lambda: style | {"lines.linewidth": 1.3})
    assert of_drawing() != before
    monkeypatch.undo()
    monkeypatch.setattr(fonts, "FAMILY", "DejaVu Serif")
    assert of_drawing() != before
    monkeypatch.undo()
    monkeypatch.setattr(fingerprint.mpl, "__version__", "0")
    assert of_drawing() != before


def test_all_that_matplotlib_is_set_to_counts(monkeypatch):
    before = of_drawing()
    monkeypatch.setitem(plot.theme.mpl.rcParams, "path.simplify", False)
    assert of_drawing() != before


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_values_keep_their_order_on_any_number_of_cores(monkeypatch, cores):
    monkeypatch.setattr(all_cores, "_cores", lambda: cores)
    assert on_all_cores(lambda value: value**2, range(7)) == [value**2 for value in range(7)]
    assert on_all_cores(str, []) == []


def test_a_fault_of_a_worker_is_raised_here(monkeypatch):
    monkeypatch.setattr(all_cores, "_cores", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        on_all_cores(lambda value: 1 / value, [1, 0, 2])
