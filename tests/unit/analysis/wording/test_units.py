"""How numbers are told."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.figures.evidence import Setting
from analysis.methods import verdict
from analysis.tables.table import from_frame
from analysis.wording import verdicts
from analysis.wording.number_format import NOTHING, exact
from analysis.wording.paper import checklist
from analysis.wording.terminal import interval
from analysis.wording.units import plain, share_limits, signed, unit_of
from tests.unit.analysis.results import effect, headline


@pytest.mark.parametrize(
    ("number", "told"), [(1.234, "+1.23"), (-1.236, "−1.24"), (0.0, "0.00"), (-0.001, "0.00"), (0.004, "0.00")]
)
def test_signed(number, told):
    assert signed(number, 2) == told


def test_a_difference_has_the_decimals_that_its_side_needs():
    unit = unit_of("test_accuracy")
    assert unit.tell_difference(-0.00003) == "−0.003"
    assert unit.tell_difference(0.001004, 0.001) == "+0.1004"
    assert unit.tell_differences([0.00003, 0.0053], 0.001) == ["+0.003", "+0.530"]
    assert unit.tell_margin(0.00125) == "0.125"


def test_a_half_is_rounded_the_same_in_tables_and_in_sentences():
    halves = [count / 100_000 for count in range(5, 100_000, 10)]
    unit = unit_of("test_accuracy")
    assert [unit.tell_difference(each).replace("−", "-") for each in halves] == [
        f"{Decimal(exact(100 * each)):+.2f}" for each in halves
    ]


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_what_is_no_number_is_a_dash(nothing):
    assert plain(nothing, 2) == signed(nothing, 2) == "–"
    assert unit_of("test_accuracy").tell(nothing) == "–"


def test_fractions_become_points_and_losses_stay_nats():
    accuracy, gap, loss = (unit_of(metric) for metric in ("test_accuracy", "generalisation_gap", "test_loss"))
    assert (accuracy.tell(0.8512), accuracy.value) == ("85.12", "%")
    assert (accuracy.tell_difference(-0.0012), accuracy.difference) == ("−0.12", "points")
    assert (gap.tell(0.0123), gap.value) == ("1.23", "points")
    assert (loss.tell(0.41234), loss.value) == ("0.4123", "nats")
    for unknown in ("val_loss", "hinge_loss", "loss"):
        assert (unit_of(unknown).value, unit_of(unknown).difference) == ("", ""), "no cross-entropy for all we know"
    assert unit_of("train_seconds").difference == "s"
    assert unit_of("my_metric").name == "my metric"
    told = [unit_of(metric).margin_with_unit(0.01) for metric in ("test_accuracy", "test_loss", "score")]
    assert told == ["1 point", "0.01 nats", "0.01"]
    assert unit_of("test_accuracy").margin_with_unit(0.011) == "1.1 points"


def test_every_verdict_has_words_and_a_tone():
    assert verdicts.SHORT.keys() == {*verdict.VERDICTS, *verdict.BY_SIGN}
    assert {tone for _, tone in verdicts.SHORT.values()} == {"good", "bad", "same", "open"}


@pytest.mark.parametrize(
    ("decision", "direction", "words", "tone"),
    [
        ("superior", "higher", "higher", "good"),
        ("superior", "lower", "lower", "good"),
        ("inferior", "higher", "lower", "bad"),
        ("inferior", "lower", "higher", "bad"),
        ("equivalent", "lower", "equivalent", "same"),
        ("higher", None, "higher", "open"),
        ("lower", None, "lower", "open"),
    ],
)
def test_words_follow_the_metric_and_tone_follows_the_benefit(decision, direction, words, tone):
    told = effect("book", direction=direction, n_pairs=8, headline=headline(decision))
    assert (verdicts.short(told), verdicts.tone(told)) == (words, tone)
    assert verdicts.short(replace(told, n_typical=0)) == "no pair trained"


def test_rate_of_a_condition():
    assert Setting("a", (0.3, 0.3), False, False).rate == 0.3
    assert Setting("a", (0.2, 0.5), False, False).rate is None
    assert Setting("a", (0.2, 0.5), False, False).detail == "0.2 / 0.5"
    assert Setting("a", (), False, False).rate is None


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.0, 0.036, "0.0 to 3.6"),
        (0.0, 0.000295, "0.00 to 0.03"),
        (0.99997, 1.0, "99.997 to 100.000"),
        (0.0, 0.0, "0.0 to 0.0"),
        (None, 0.1, NOTHING),
    ],
)
def test_limits_of_a_share_have_the_decimals_that_tell_them_apart(low: float | None, high: float, said: str) -> None:
    assert share_limits(low, high) == said


def test_both_ends_of_an_interval_have_as_many_decimals() -> None:
    assert interval(-0.0391, -0.015155, 1, None) == "-0.039100 to -0.015155"
    assert interval(1.25, 30517.5, 1, None) == "+1 to +30518"
    assert interval(1e-12, 2e-11, 1, None) == "+1e-12 to +2e-11"


def test_one_condition_is_called_by_its_name_in_a_paper() -> None:
    rows = {
        "condition": ["none", "book"] * 8,
        "seed": [k // 2 for k in range(16)],
        "test_loss": [k % 7 for k in range(16)],
    }
    told = checklist(compare(from_frame(pd.DataFrame(rows)), "test_loss", "none"), 16, None, [])
    assert told.startswith("“book” is compared with “none” on test loss, paired by seed (8 seeds).")
