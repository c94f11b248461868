"""The page in a real browser, by keyboard: each control shows what Python wrote, and the console stays silent."""

from __future__ import annotations

import pytest

from analysis.report.gather import gather
from analysis.report.margin_control import margin_control
from analysis.report.paper_control import paper_control
from analysis.report.seeds_control import seeds_control
from tests.browser import PROGRAM, Tab, browser

LABELS = ("none", "book", "all-dropped", "dropout-0.3", "dropout-0.7")
ROWS = "[...document.querySelectorAll('[data-table^=answer-] tbody tr')]"
CELLS = ROWS + ".map(row => [...row.cells].map(cell => cell.innerText))"
LEAD = "document.querySelector('.lead').textContent"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def written(report):
    return report(labels=LABELS, seeds=16)


@pytest.fixture(scope="module")
def drawn(report):
    return report(labels=LABELS, seeds=8, pictures=True)


@pytest.fixture(scope="module")
def pool(written):
    return gather(written.folder).pools[0]


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def opened(tab: Tab, written):
    tab.open(written.out / "index.html")
    yield tab
    assert tab.messages == []
    assert all(each.startswith("file:") for each in tab.requests)


def control(name: str, inner: str) -> str:
    return f"document.querySelector('[data-control={name}] {inner}')"


def test_the_margin_follows_the_keys_and_comes_back(opened: Tab, pool):
    told = margin_control(pool.primary, pool.evidence).data
    before = opened.does(CELLS), opened.does(LEAD)
    opened.does(control("margin", "input") + ".focus()")
    for steps in (1, 20, 9):
        opened.press("ArrowRight", steps)
        step = opened.does(f"Number({control('margin', 'input')}.value)")
        says = told["says"][told["at"][step]]
        assert opened.does(control("margin", "output") + ".textContent") == told["steps"][step]
        assert opened.does(LEAD) == says["lead"]
        shown = {row[0]: row[1:4] for row in opened.does(CELLS)}
        assert {label: shown[label] for label in says["rows"]} == {each: row[1:] for each, row in says["rows"].items()}
        assert opened.does(control("margin", "[role=status]") + ".textContent") == told["other"]
    assert step == len(told["steps"]) - 1
    assert (opened.does(CELLS), opened.does(LEAD)) != before
    opened.does("dispatchEvent(new Event('beforeprint'))")
    assert (opened.does(CELLS), opened.does(LEAD)) == before, "paper has the plan's margin"
    opened.does("dispatchEvent(new Event('afterprint'))")
    opened.does(control("margin", "button") + ".focus()")
    opened.press("Enter")
    assert (opened.does(CELLS), opened.does(LEAD)) == before


def test_the_number_of_seeds_follows_the_keys(opened: Tab, pool):
    rows = seeds_control(pool.evidence).data["rows"]
    found = "[...document.querySelectorAll('[data-control=seeds] tbody tr')]"
    shown = found + ".map(row => [...row.cells].map(each => each.textContent))"
    opened.does(control("seeds", "input") + ".focus()")
    for key, times in (("ArrowLeft", 1), ("ArrowLeft", 6), ("Home", 1)):
        opened.press(key, times)
        step = opened.does(f"Number({control('seeds', 'input')}.value)")
        assert {row[0]: row[1:] for row in opened.does(shown)} == {label: each[step] for label, each in rows.items()}
    assert step == 0


def test_a_condition_goes_and_comes_back_with_the_space_bar(opened: Tab):
    hidden = "[...document.querySelectorAll('[data-condition=\"dropout-0.3\"]')].every(row => !row.offsetParent)"
    shown = "[...document.querySelectorAll('[data-condition=book]')].filter(row => row.offsetParent).length"
    others = opened.does(shown)
    assert not opened.does(hidden)
    opened.does(control("conditions", "[data-label=dropout-0\\\\.3]") + ".focus()")
    opened.press(" ")
    assert opened.does(hidden)
    assert opened.does(shown) == others
    opened.press(" ")
    assert not opened.does(hidden)


@pytest.mark.pictures
def test_a_seed_lights_up_in_every_figure_that_has_it(tab: Tab, drawn):
    tab.open(drawn.out / "index.html")
    lit = "[...new Set([...document.querySelectorAll('.lit')].map(each => each.closest('figure')))].length"
    tab.does(control("conditions", "select") + ".focus()")
    tab.press("ArrowDown", 3)
    assert tab.does(control("conditions", "select") + ".value") == "2"
    assert tab.does("[...document.querySelectorAll('.lit')].every(each => each.dataset.seed === '2')")
    assert tab.does(lit) == 3, "differences, rates, and the paired differences"
    tab.does("document.querySelector('[data-seed=\"5\"]').dispatchEvent(new Event('pointerover', {bubbles: true}))")
    assert tab.does("[...document.querySelectorAll('.lit')].every(each => each.dataset.seed === '5')")
    place = next(i for i, each in enumerate(LABELS) if each == "book")
    marks = f"[...document.querySelectorAll('[data-of=\"{place}\"]')]"
    visible = marks + ".filter(each => getComputedStyle(each).display !== 'none').length"
    assert tab.does(visible) > 10
    tab.does(control("conditions", "[data-label=book]") + ".focus()")
    tab.press(" ")
    assert tab.does(visible) == 0
    assert tab.messages == []


def test_a_sentence_is_copied_as_it_stands(opened: Tab, pool, written):
    texts = paper_control(gather(written.folder), pool).data["texts"]
    opened.does("document.addEventListener('copy', () => { window.copied = String(getSelection()); })")
    opened.does("document.querySelector('details').open = true")
    for index, text in enumerate([*texts[0][1:], *texts[-1][1:]]):
        place = index if index < 2 else 2 * len(texts) + index - 4
        opened.does(f"document.querySelectorAll('[data-control=paper] button')[{place}].focus()")
        opened.press("Enter")
        assert opened.does("window.copied") == text
    assert opened.does(control("paper", "[role=status]") + ".textContent").startswith("Copied: Copy Markdown")


def test_without_scripts_the_page_is_as_it_was(tab: Tab, written):
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    tab.open(written.out / "index.html")
    tab.call("Emulation.setScriptExecutionDisabled", value=False)
    assert tab.does("[...document.querySelectorAll('.control')].every(each => each.hidden)")


def test_nothing_on_the_page_may_reach_a_network(tab: Tab, written):
    tab.open(written.out / "index.html")
    assert tab.does("fetch('https://example.org').then(() => 'reached', () => 'refused')") == "refused"
    blocked = [each for each in tab.messages if "Content Security Policy" in str(each)]
    assert blocked == tab.messages != []
    tab.messages.clear()
    tab.requests.clear()


@pytest.mark.parametrize("width", [1100, 400])
def test_the_page_is_no_wider_than_the_window(opened: Tab, width, written):
    opened.open(written.out / "index.html", width)
    assert opened.does("document.documentElement.scrollWidth <= window.innerWidth")
