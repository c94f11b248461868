"""Words, tables, figure, Markdown and LaTeX carry one decision: that of the comparison's headline."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from analysis.answer.compare import compare
from analysis.answer.comparison import Comparison
from analysis.answer.headline import SEEDS, SEEDS_AND_IMAGES, SEQUENCE
from analysis.figures import forest, theme
from analysis.figures.evidence import Broken, Evidence, Setting
from analysis.figures.plot import drawn
from analysis.methods.verdict import VERDICTS
from analysis.report import latex, markdown
from analysis.report.comparison_grid import comparison_grid
from analysis.tables.plan import Plan, PlannedAnalysis
from analysis.tables.table import Table, from_frame
from analysis.wording import sentences
from analysis.wording.differences import CONFIDENCE
from analysis.wording.terminal import render
from analysis.wording.verdicts import short

METRIC, IMAGES, MARGIN = "test_accuracy", 10_000, 0.01
SPREAD = np.array([-12, 5, 9, -7, 3, -4, 8, -2, 1, -1])
BY_VERDICT = {
    "superior": SPREAD + 250,
    "positive_but_negligible": SPREAD + 40,
    "positive_magnitude_unclear": SPREAD * 10 + 120,
    "equivalent": SPREAD + 1,
    "inconclusive": SPREAD * 50,
    "negative_magnitude_unclear": SPREAD * 10 - 120,
    "negative_but_negligible": SPREAD - 40,
    "inferior": SPREAD - 250,
    "cannot_test": SPREAD[:2] + 30,
}
CLAIMS = {
    "superior": "Higher, by more than the margin of 1 point: “book”",
    "positive_but_negligible": "Higher, by less than the margin of 1 point: “book”",
    "positive_magnitude_unclear": "Higher, perhaps by less than the margin of 1 point: “book”",
    "equivalent": "Equivalent to within 1 point: “book”",
    "inconclusive": "Undecided: “book”",
    "negative_magnitude_unclear": "Lower, perhaps by less than the margin of 1 point: “book”",
    "negative_but_negligible": "Lower, by less than the margin of 1 point: “book”",
    "inferior": "Lower, by more than the margin of 1 point: “book”",
    "cannot_test": "Cannot be tested: “book”",
}
SCOPES = (SEEDS, SEEDS_AND_IMAGES, SEQUENCE)


def trials(differences: np.ndarray, images: bool) -> pd.DataFrame:
    """Return two arms whose counts differ by `differences`, image by image where `images` is set."""
    rows = []
    rng = np.random.default_rng(0)
    for seed, difference in enumerate(differences.tolist()):
        control = np.arange(IMAGES) < 8 * IMAGES // 10
        treated = control.copy()
        changed = np.flatnonzero(control == (difference < 0))
        treated[rng.choice(changed, abs(difference), replace=False)] ^= True
        for label, right in (("none", control), ("book", treated)):
            row = {"condition": label, "seed": seed, "test_correct": int(right.sum()), "test_total": IMAGES}
            rows.append(row | ({"test_bits": np.packbits(right).tobytes()} if images else {}))
    return pd.DataFrame(rows)


def table(differences: np.ndarray, scope: str) -> Table:
    made = from_frame(trials(differences, scope == SEEDS_AND_IMAGES))
    if scope != SEQUENCE:
        return made
    planned = PlannedAnalysis("none", METRIC, margin=MARGIN, until="decided", estimand="mean")
    return replace(made, plan=Plan("made", (), (), planned, {}))


def answer(word: str, scope: str) -> Comparison:
    alpha = 0.01 if (word, scope) == ("cannot_test", SEQUENCE) else 0.05
    return compare(table(BY_VERDICT[word], scope), METRIC, "none", margin=MARGIN, alpha=alpha)


def evidence(whole: Comparison) -> Evidence:
    settings = (Setting("none", (0.0,), True, False), Setting("book", (0.5,), False, False))
    nothing = {each.label: Broken(each.label, 10, 0, 0, 0, 0) for each in settings}
    return Evidence(settings, (), None, {}, nothing, {METRIC: whole})


def figure_texts(known: Evidence) -> list[str]:
    with theme.applied("test"):
        return [each.get_text() for each in drawn(forest.PLOT, known, theme.WIDE).findobj(Text)]


@pytest.mark.parametrize(("word", "scope"), [*itertools.product(VERDICTS, SCOPES)])
def test_all_that_is_made_carries_the_verdict_of_the_headline(word: str, scope: str) -> None:
    whole = answer(word, scope)
    each = whole.effects["book"]
    told = each.headline
    assert told.verdict == word
    if word != "cannot_test":
        assert told.scope == scope
        assert told.low <= told.estimate <= told.high
    spoken, grid = short(each), comparison_grid(whole, evidence(whole))
    assert sentences.headline(each).startswith(CLAIMS[word])
    (row,) = (line for line in render(whole).splitlines() if line.startswith("book "))
    assert row.endswith(f"  {spoken}")
    assert grid.rows[0][1] == spoken
    assert grid.data[0]["headline_verdict"] == word
    assert f"| {spoken} |" in markdown.table(grid)
    assert f"& {spoken} &" in latex.table(grid)
    assert spoken in figure_texts(evidence(whole))
    assert forest.description(evidence(whole)).endswith(f", {spoken}.")


@pytest.mark.parametrize("scope", SCOPES)
def test_all_that_is_made_carries_the_interval_of_the_headline(scope: str) -> None:
    whole = answer("superior", scope)
    each = whole.effects["book"]
    low, high = (100 * end for end in (each.headline.low, each.headline.high))
    assert f"95% {CONFIDENCE[scope]} {low:+.2f} to {high:+.2f};" in sentences.headline(each)
    assert f"{low:+.3f} to {high:+.3f}" in render(whole)
    assert comparison_grid(whole, evidence(whole)).rows[0][3] == f"{low:+.2f} to {high:+.2f}"
    assert any(f"[{low:+.2f}, {high:+.2f}]" in said for said in figure_texts(evidence(whole)))


def test_scopes_have_intervals_of_their_own() -> None:
    """What is told over images or while looking is wider than over seeds alone, and they are never mixed up."""
    widths = [told.high - told.low for scope in SCOPES for told in [answer("superior", scope).effects["book"].headline]]
    assert widths[0] < widths[1] and widths[0] < widths[2]


def with_failures(number: int) -> Table:
    """Thirty pairs, 2.5 points better with "book", some of whose runs ended at chance."""
    frame = trials(np.resize(SPREAD, 30) + 250, images=True).assign(status="ok")
    for place in frame.index[(frame["condition"] == "book") & (frame["seed"] < number)]:
        guessed = np.packbits(np.arange(IMAGES) < IMAGES // 10).tobytes()
        frame.loc[place, ["status", "test_correct", "test_bits"]] = ["diverged", IMAGES // 10, guessed]
    return from_frame(frame, chance=0.1)


def test_where_intention_to_train_disagrees_the_mean_is_undecided_and_gives_no_numbers() -> None:
    each = compare(with_failures(6), METRIC, "none", margin=MARGIN, estimand="mean").effects["book"]
    assert each.verdict_intention not in (None, "superior")
    assert each.verdict == each.verdict_crossed == each.headline.verdict == "inconclusive"
    assert (each.headline.low, each.headline.high, each.headline.p) == (None, None, None)
    assert "given that both trained the verdict is 'superior'" in (each.headline.reason or "")


def test_the_typical_difference_has_every_failure_in_it() -> None:
    each = compare(with_failures(3), METRIC, "none", margin=MARGIN).effects["book"]
    assert (each.headline.estimand, each.n_pairs, each.n_typical) == ("typical", 27, 30)
    assert each.headline.verdict in ("superior", "positive_magnitude_unclear")


def test_a_sequence_decides_at_5_pairs():
    found = compare(table(SPREAD[:5] + 250, SEQUENCE), METRIC, "none", margin=MARGIN).effects["book"]
    assert (found.headline.verdict, found.headline.reason) == ("superior", None)
    assert found.headline.p < 0.05


@pytest.mark.parametrize("scope", SCOPES)
def test_no_p_stands_beside_what_cannot_be_tested(scope):
    found = answer("cannot_test", scope).effects["book"]
    assert (found.headline.verdict, found.headline.p) == ("cannot_test", None)
