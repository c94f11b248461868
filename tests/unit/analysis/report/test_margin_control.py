"""The slider for the margin: what the page has for each margin is what a plan with that margin would give."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from analysis.answer.other_margins import at_margin, follows, margins
from analysis.methods.verdict import (
    EQUIVALENT,
    INCONCLUSIVE,
    POSITIVE_BUT_NEGLIGIBLE,
    POSITIVE_UNCLEAR,
    SUPERIOR,
    Interval,
    decide,
)
from analysis.report.gather import gather
from analysis.report.margin_control import margin_control
from analysis.wording.verdicts import tone_of, worded

pytestmark = pytest.mark.slow

LABELS = ("none", "book", "all-dropped", "dropout-0.3", "dropout-0.7")


@pytest.fixture(scope="module")
def pool(report):
    return gather(report(labels=LABELS, seeds=16).folder).pools[0]


def test_margins_lie_around_the_planned_one_which_is_among_them():
    steps = margins(0.0013)
    assert len(steps) >= 50
    assert list(steps) == sorted(set(steps))
    assert steps[len(steps) // 2] == 0.0013
    assert (steps[0], steps[-1]) == (0.00013, 0.013)


def test_each_verdict_of_the_slider_is_the_decision_at_that_margin(pool):
    book = pool.primary.effects["book"]
    apart = replace(book, headline=replace(book.headline, low=0.0005, high=0.004, low_90=0.0008, high_90=0.0035))
    whole = replace(pool.primary, effects={**pool.primary.effects, "book": apart})
    control = margin_control(whole, pool.evidence)
    assert control is not None
    told = control.data
    assert len(told["at"]) == len(told["steps"]) == len(told["meanings"]) == len(margins(whole.margin))
    words = set()
    for margin, place in zip(margins(whole.margin), told["at"], strict=True):
        for each in whole.judged:
            head = each.headline
            low, high = (side if end is None else end for end, side in ((head.low, -math.inf), (head.high, math.inf)))
            word = decide(Interval(low, high, head.low_90, head.high_90), margin, each.direction)
            tone, verdict, *_ = told["says"][place]["rows"][each.condition]
            assert (tone, verdict) == (tone_of(word), worded(word, each.direction))
            words.add(word)
    assert words == {SUPERIOR, POSITIVE_UNCLEAR, POSITIVE_BUT_NEGLIGIBLE, EQUIVALENT, INCONCLUSIVE}
    assert told["steps"][told["plan"]] == "±0.1 points"


def test_another_margin_in_the_plan_gives_what_the_slider_shows(pool, make_folder):
    margin = margins(pool.primary.margin)[-1]
    folder = make_folder(labels=LABELS, seeds=16, margin=margin)
    planned, shown = gather(folder).pools[0].primary, at_margin(pool.primary, margin)
    assert {label: each.headline for label, each in shown.effects.items()} == {
        label: each.headline for label, each in planned.effects.items()
    }
    assert shown.effects["book"].headline != pool.primary.effects["book"].headline


def test_a_verdict_that_something_else_settled_stays(pool):
    whole = pool.primary
    head = whole.effects["book"].headline
    for settled in (
        replace(whole.effects["book"], headline=replace(head, verdict="cannot_test", reason="too few")),
        replace(whole.effects["book"], headline=replace(head, verdict="inconclusive", reason="two ways of counting")),
        replace(whole.effects["book"], verdict_intention="superior", headline=replace(head, estimand="mean")),
    ):
        assert not follows(settled)
        other = at_margin(replace(whole, effects={**whole.effects, "book": settled}), 1.0)
        assert other.effects["book"] == settled
        assert other.effects["dropout-0.3"].margin == 1.0


def test_without_a_planned_margin_there_is_no_slider(pool, report):
    assert margin_control(replace(pool.primary, margin=None), pool.evidence) is None
    assert 'data-control="margin"' not in report(labels=LABELS, seeds=16, margin=None).page


def test_the_plan_is_among_the_answers_as_the_page_has_it(pool, report):
    page = report(labels=LABELS, seeds=16).page
    _, _, after = page.partition('data-control="margin"')
    told = json.loads(after.partition('<script type="application/json">')[2].partition("</script>")[0])
    says = told["says"][told["at"][told["plan"]]]
    assert f'<p class="lead">{says["lead"]}</p>' in page
    for tone, verdict, *numbers in says["rows"].values():
        assert f'<strong class="mark {tone}">{verdict}</strong>' in page
        assert all(f">{each}</td>" in page for each in numbers)
