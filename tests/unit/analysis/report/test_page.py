"""The page: one file that stands by itself, says what compare.json says, and escapes what people typed."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from analysis.report.answer_grid import answer_grid
from analysis.report.gather import gather
from analysis.wording.number_format import exact, probability

pytestmark = pytest.mark.slow

SMALL = ("none", "book", "all-dropped", "dropout-0.3")
NASTY = "<script>alert(1)</script>"


class Page(HTMLParser):
    """Collects what the tests ask of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tables: list[list[list[str]]] = []
        self.captions: list[str] = []
        self.of_tables: list[int] = []
        self.headings: list[str] = []
        self._into: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "table":
            self.tables.append([])
            self.of_tables.append(len(self.captions) - 1)
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._into = self.tables[-1][-1]
        elif tag in ("figcaption", "h2"):
            self._into = self.captions if tag == "figcaption" else self.headings
            self._into.append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th", "figcaption", "h2"):
            self._into = None

    def handle_data(self, data):
        if self._into is not None:
            self._into[-1] += data

    def table(self, start: str) -> list[dict[str, str]]:
        """Return the rows of the table whose caption starts so."""
        for place, rows in zip(self.of_tables, self.tables, strict=True):
            if self.captions[place].strip().startswith(start):
                return [dict(zip([cell.strip() for cell in rows[0]], row, strict=True)) for row in rows[1:]]
        raise AssertionError(f"no table is called {start!r}")


@pytest.fixture(scope="session")
def usual(report):
    return report(labels=SMALL, seeds=8, diverged=(("none", 3),), failed=(("book", 2),), missing=(("dropout-0.3", 5),))


@pytest.fixture(scope="session")
def page(usual):
    return Page(usual.page)


def told(number, digits=2):
    return f"{exact(100 * number):+.{digits}f}".replace("-", "−")


def test_the_page_needs_nothing_from_elsewhere(page, usual):
    assert not {"link", "iframe", "img", "object", "base"} & set(page.tags)
    assert not [value for _, name, value in page.attributes if name in ("src", "srcset", "data", "action")]
    links = [value for tag, name, value in page.attributes if name in ("href", "xlink:href")]
    assert all(re.match(r"#|https://doi\.org/|https://d2l\.ai", link) for link in links)
    assert not re.search(r"@import|url\((?!#)", usual.page)


def test_every_link_on_the_page_leads_somewhere_and_ids_are_unique(page, usual):
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    inner = [value[1:] for _, name, value in page.attributes if name in ("href", "xlink:href") and value[0] == "#"]
    assert set(inner) | set(re.findall(r"url\(#([^)]*)\)", usual.page)) <= set(ids)


def test_every_figure_has_a_name_and_a_description_for_screen_readers(page, usual):
    ids = {value for _, name, value in page.attributes if name == "id"}
    named = [value.split() for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-labelledby")]
    assert len(named) == page.tags.count("svg") == 20, "ten figures, each for wide and for narrow screens"
    assert all(each in ids for pair in named for each in pair)
    descriptions = re.findall(r"<desc id=[^>]*>([^<]*)</desc>", usual.page)
    assert len(descriptions) == 20
    assert all(len(each) > 40 for each in descriptions)


def test_sections_come_in_their_order(page):
    assert page.headings == [
        "Answer", "Bad endings", "Differences to the control", "Learning curves", "Accuracy and gap by dropout rate",
        "Running gap and clean gap", "The paired differences, one by one", "What fewer seeds would have shown",
        "New seeds, and new test images", "Test images that flip",
        "Do the error rates hold on these data?", "Adding seeds one at a time",
        "Where the spread comes from", "What would reduce the uncertainty",
        "Collapsed and diverged trials", "What pairing by seed was worth here",
        "The best rate", "Secondary metrics", "Does it cost speed?",
        "What was left out", "Method", "Provenance",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "start"),
    [("test_accuracy", "Test accuracy against “none”"), ("generalisation_gap", "Clean gap against “n")],
)
def test_tables_say_what_the_objects_say(page, usual, metric, start):
    whole = usual.objects[metric]
    rows = {row["condition"]: row for row in page.table(start)}
    assert list(rows) == ["book", "dropout-0.3"], "the negative control stands apart"
    unit = "%" if metric == "test_accuracy" else "points"
    assert metric == "test_accuracy" or {row["verdict"] for row in rows.values()} == {"cannot be tested"}, (
        "6 pairs each"
    )
    for each in whole["comparisons"]:
        if each["stays_at_chance"]:
            continue
        row = rows[each["condition"]]
        assert row["pairs"] == str(each["n_typical"])
        assert row["difference points"] == told(each["headline"]["estimate"])
        for heading, arm in (("mean", "condition"), ("control’s mean", "control")):
            mean = sum(pair[arm] for pair in each["pairs"]) / len(each["pairs"])
            assert row[f"{heading} {unit}"] == f"{100 * mean:.2f}"
        assert row["95% interval points"] == between(each["headline"]["low"], each["headline"]["high"])
        assert row["p"] == probability(each["headline"]["p"])


def between(low, high):
    return "–" if low is None else f"{told(low)} to {told(high)}"


def test_the_first_screen_says_what_the_object_says(page, usual):
    whole = usual.objects["test_accuracy"]
    (lead,) = re.findall(r'<p class="lead">(.*?)</p>', usual.page)
    judged = {each["condition"]: each for each in whole["comparisons"] if not each["stays_at_chance"]}
    low, high = sorted(each["headline"]["estimate"] for each in judged.values())
    assert lead == (
        f"Undecided for both conditions: {told(low)} to {told(high)} points in test accuracy against “none” (7 seeds)."
    )
    rows = {row["condition"]: row for row in page.table("Test accuracy against the control")}
    assert list(rows) == ["none", "book", "dropout-0.3"]
    endings = {each["condition"]: f"{each['n_bad']} of {each['n']}" for each in whole["bad_endings"]}
    assert (rows["none"]["verdict"], rows["none"]["bad endings of runs"]) == ("control", endings["none"])
    for label, each in judged.items():
        head = each["headline"]
        assert rows[label]["verdict"] == "undecided"
        assert rows[label]["typical difference points"] == told(head["estimate"])
        assert rows[label]["95% CI points"] == between(head["low"], head["high"])
        assert rows[label]["bad endings of runs"] == endings[label]
    assert [rows[label]["dropout"] for label in rows] == ["0", "0.2 / 0.5", "0.3"]
    assert "hold for all conditions at once, for new seeds and new test images" in usual.page
    assert "Undecided: the 95% interval covers zero and differences beyond ±0.1 points; this is not" in usual.page
    assert "Negative control, in no comparison above: “all-dropped”." in usual.page
    assert "Diverged: “none” 1 of 8 (0.3% to 53%)." in usual.page


def test_a_verdict_has_its_colour_on_the_first_screen(usual):
    undecided = '<td class="led" data-name="verdict"><strong class="mark open">undecided</strong></td>'
    assert usual.page.partition("<nav")[0].count(undecided) == 2
    assert '<td class="led" data-name="verdict">control</td>' in usual.page
    pool = gather(usual.folder).pools[0]
    words = {"superior": "good", "inferior": "bad", "equivalent": "same"}
    for word, tone in words.items():
        book = pool.primary.effects["book"]
        told = replace(book, headline=replace(book.headline, verdict=word))
        whole = replace(pool.primary, effects={**pool.primary.effects, "book": told})
        assert answer_grid(whole, pool.evidence).tones == ("", tone, "open")


def test_csv_files_have_every_key_at_full_precision(usual):
    rows = {row["condition"]: row for row in usual.table("comparisons-test_accuracy")}
    for each in usual.objects["test_accuracy"]["comparisons"]:
        row = rows[each["condition"]]
        told_by = {f"headline_{key}" for key in each["headline"]}
        assert row.keys() == (each.keys() - {"pairs", "headline"}) | told_by
        for key in ("mean_difference", "ci_low_simultaneous", "p_t"):
            assert row[key] == "" if each[key] is None else float(row[key]) == each[key]
    pairs = [row for row in usual.table("pairs-test_accuracy") if row["condition"] == "book"]
    expected = next(each for each in usual.objects["test_accuracy"]["comparisons"] if each["condition"] == "book")
    assert [float(row["difference"]) for row in pairs] == [pair["difference"] for pair in expected["pairs"]]


def test_what_went_wrong_is_listed(page, usual):
    left = page.table("Trials that some comparison")
    reasons = {(row["condition"], row["seeds"]): row["reason"] for row in left}
    assert "RuntimeError: out of <memory>" in reasons["book", "2"]
    assert "not yet run" in reasons["dropout-0.3", "5"]
    assert "&lt;memory&gt;" in usual.page
    broken = {row["condition"]: row for row in page.table("Diverged trials")}
    assert broken["none"]["diverged of trials"] == "1 of 8"
    entry = next(each for each in usual.objects["test_accuracy"]["divergence"] if each["condition"] == "none")
    limits = f"{100 * entry['rate_low']:.1f} to {100 * entry['rate_high']:.1f}"
    assert broken["none"]["95% limits, exact %"] == limits
    assert "all-dropped" not in broken


def test_labels_are_escaped_everywhere(report):
    written = report(labels=("none", NASTY), seeds=6)
    assert NASTY not in written.page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written.page
    assert written.objects["test_accuracy"]["comparisons"][0]["condition"] == NASTY


def test_the_command_that_makes_it_again_and_the_hashes_are_told(usual):
    assert "python -m bench run bench/study/studies/dropout.toml" in usual.page
    assert "python -m analysis report dropout" in usual.page
    assert str(usual.folder) not in usual.page
    for value in ("a7a1", "57d1", "da7a", "c0de", "libraries.torch"):
        assert value in usual.page
