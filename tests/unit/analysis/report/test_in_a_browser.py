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


TARGETS = """[...document.querySelectorAll('input, select, button, summary, nav a, .sources a')].map(each => {
  const at = each.getBoundingClientRect();
  return [each.outerHTML.slice(0, 60), at.width, at.height];
})"""
LEAST = 24
"""CSS pixels of a target for a finger (WCAG 2.2, success criterion 2.5.8)."""

CONTRASTS = """(() => {
  const parts = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(each => each / 255)
    .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, index) => sum + each * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = each => {
    for (let at = each; at; at = at.parentElement) {
      const found = parts(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return parts(getComputedStyle(document.body).backgroundColor);
  };
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const each = walker.currentNode.parentElement, style = getComputedStyle(each);
    if (!walker.currentNode.textContent.trim()) continue;
    if (each.closest('script, title, desc, style, datalist, :disabled')) continue;
    if (!each.getClientRects().length || style.visibility === 'hidden') continue;
    const [one, two] = [parts(each.closest('svg') ? style.fill : style.color), behind(each)].map(light);
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    found.push([ratio, each.tagName, walker.currentNode.textContent.trim().slice(0, 40)]);
  }
  return found;
})()"""
ENOUGH = 4.5
"""Contrast of text with what is behind it (WCAG 2.2, success criterion 1.4.3)."""


def with_all_open(tab: Tab, page, width: int, *, dark: bool = False) -> None:
    tab.open(page, width, dark=dark)
    tab.does("document.querySelectorAll('details').forEach(each => { each.open = true; })")


@pytest.mark.parametrize("width", [360, 1100])
def test_every_target_is_large_enough_for_a_finger(opened: Tab, written, width):
    with_all_open(opened, written.out / "index.html", width)
    found = opened.does(TARGETS)
    kinds = {each[0].split()[0].strip("<>") for each in found}
    assert {"input", "select", "button", "a"} <= kinds and len(found) > 30
    assert [each for each in found if min(each[1:]) < LEAST] == []


@pytest.mark.pictures
@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_what_is_behind_it(tab: Tab, drawn, dark):
    with_all_open(tab, drawn.out / "index.html", 1100, dark=dark)
    found = tab.does(CONTRASTS)
    assert len([each for each in found if each[1] == "text"]) > 50 and len(found) > 500
    assert [each for each in found if each[0] < ENOUGH] == []


def tap(tab: Tab, element: str) -> None:
    """Touch an element at a quarter of its width, once it has come to rest."""
    tab.does(f"{element}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
    tab.does("new Promise(done => setTimeout(done, 400))")  # a second tap within that time is a double tap
    x, y, wide, high = tab.does(
        f"(({{x, y, width, height}}) => [x, y, width, height])({element}.getBoundingClientRect())"
    )
    tab.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x + wide / 4, "y": y + high / 2}])
    tab.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    tab.does("new Promise(done => setTimeout(done, 100))")


def test_a_finger_moves_every_control_on_a_phone(opened: Tab, written, pool):
    opened.call("Emulation.setTouchEmulationEnabled", enabled=True)
    opened.open(written.out / "index.html", 360)
    told = margin_control(pool.primary, pool.evidence).data
    tap(opened, control("margin", "input"))
    step = opened.does(f"Number({control('margin', 'input')}.value)")
    assert 0 < step < told["plan"]
    assert opened.does(LEAD) == told["says"][told["at"][step]]["lead"]
    tap(opened, control("margin", "button"))
    assert opened.does(f"Number({control('margin', 'input')}.value)") == told["plan"]
    tap(opened, control("seeds", "input"))
    assert opened.does(control("seeds", "output") + ".textContent") in {f"{n} seeds" for n in range(2, 9)}
    tap(opened, control("conditions", "[data-label=book]"))
    assert opened.does("[...document.querySelectorAll('tr[data-condition=book]')].every(row => !row.offsetParent)")
    tap(opened, control("conditions", "[data-label=book]"))
    tap(opened, control("paper", "summary"))
    tap(opened, control("paper", "button"))
    assert opened.does(control("paper", "[role=status]") + ".textContent").startswith("Copied: ")
    assert opened.does("document.documentElement.scrollWidth <= window.innerWidth")
    opened.call("Emulation.setTouchEmulationEnabled", enabled=False)


def test_paper_has_every_condition_and_no_control(opened: Tab):
    opened.does(control("conditions", "[data-label=book]") + ".click()")
    opened.call("Emulation.setEmulatedMedia", media="print")
    visible = "[...document.querySelectorAll('{}')].filter(each => each.getClientRects().length).length"
    assert opened.does(visible.format(".control, nav")) == 0
    assert opened.does(visible.format("tr[data-condition=book]")) > 3
    rows = "[...document.querySelectorAll('tr[data-condition=book]')].filter(row => !row.closest('.control'))"
    assert opened.does(f"{rows}.every(row => row.offsetParent)")
    opened.call("Emulation.setEmulatedMedia", media="")


def test_on_paper_no_word_of_a_narrow_table_is_broken_but_of_a_label(opened: Tab):
    opened.call("Emulation.setEmulatedMedia", media="print")
    cells = "[...document.querySelectorAll('.compact :is(th, td)')]"
    broken = f"{cells}.filter(each => getComputedStyle(each).overflowWrap === 'anywhere').map(each => each.cellIndex)"
    assert set(opened.does(broken)) == {0}
    opened.call("Emulation.setEmulatedMedia", media="")
