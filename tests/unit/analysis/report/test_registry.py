"""One registry of figures: what it names stands on the page, and nothing else does."""

from __future__ import annotations

import pytest

from analysis.report.compose import compose
from analysis.report.document import Illustration
from analysis.report.gather import gather
from analysis.report.sections.order import PLOTS
from tests.unit.analysis.report.conftest import GRID, RATES, Made, write_folder

CONTROL = "dropout_1-0_dropout_2-0"
FOLDERS = {
    "rates": Made(labels=tuple(RATES), seeds=11, recorded=True, diverged=(("none", 1),)),
    "factors": Made(labels=(*GRID, "all-dropped"), seeds=9, control=CONTROL, diverged=((CONTROL, 1),), images=False),
}
MEASURED_APART = {"speed"}


def shown(material):
    blocks = [block for part in compose(material).parts for section in part.sections for block in section.blocks]
    return [block.plot for block in blocks if isinstance(block, Illustration)]


@pytest.fixture(scope="module")
def materials(tmp_path_factory):
    made = {name: write_folder(tmp_path_factory.mktemp(name) / "dropout", each) for name, each in FOLDERS.items()}
    return [gather(folder) for folder in made.values()]


@pytest.mark.slow
def test_every_figure_that_has_something_to_show_stands_on_the_page_in_the_order_of_the_registry(materials):
    for material in materials:
        there = [plot for plot in PLOTS if plot.missing(material.pools[0].evidence) is None]
        assert [plot.name for plot in shown(material)] == [plot.name for plot in there]
    names = {plot.name for material in materials for plot in shown(material)}
    assert names == {plot.name for plot in PLOTS} - MEASURED_APART
