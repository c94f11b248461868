"""Verdicts: the protocol's table of cases, their mirror images, and what they rest on."""

import pytest

from analysis.methods.verdict import VERDICTS, Interval, cannot_test, decide

MIRROR = {
    "superior": "inferior",
    "positive_but_negligible": "negative_but_negligible",
    "positive_magnitude_unclear": "negative_magnitude_unclear",
    "equivalent": "equivalent",
    "inconclusive": "inconclusive",
}
CASES = [
    (Interval(1.1, 3, 1.3, 2.8), "superior"),
    (Interval(1.0, 3, 1.2, 2.8), "positive_magnitude_unclear"),  # a bound at the margin covers it
    (Interval(0.1, 0.9, 0.2, 0.8), "positive_but_negligible"),
    (Interval(0.1, 1.1, 0.2, 0.9), "positive_but_negligible"),  # the 90% interval decides
    (Interval(0.1, 1.2, 0.2, 1.0), "positive_magnitude_unclear"),
    (Interval(0.1, 3, 0.3, 2.8), "positive_magnitude_unclear"),
    (Interval(-0.5, 0.5, -0.4, 0.4), "equivalent"),
    (Interval(0.0, 0.5, 0.1, 0.4), "equivalent"),  # a bound at 0 covers it
    (Interval(-0.5, 1.5, -0.3, 0.9), "equivalent"),
    (Interval(-0.5, 1.5, -0.4, 1.3), "inconclusive"),
    (Interval(-2, 2, -1.5, 1.5), "inconclusive"),
    (Interval(-0.5, 0.5, None, None), "inconclusive"),
    (Interval(0.1, 0.5, None, None), "positive_magnitude_unclear"),
]


@pytest.mark.parametrize(("interval", "expected"), CASES)
def test_verdict_and_its_mirror_images(interval, expected):
    assert expected in VERDICTS
    assert decide(interval, 1.0, direction="higher") == expected
    assert decide(interval, 1.0, direction="lower") == MIRROR[expected]
    assert decide(interval.mirrored(), 1.0, direction="higher") == MIRROR[expected]
    assert decide(interval.mirrored(), 1.0, direction="lower") == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.1, 3, "superior"), (-3, -0.1, "inferior"), (-1, 1, "inconclusive"), (0, 1, "inconclusive")],
)
def test_without_a_margin_the_sign_alone_decides(low, high, expected):
    assert decide(Interval(low, high, low / 2, high / 2), None, direction="higher") == expected


@pytest.mark.parametrize(("interval", "expected"), CASES)
def test_without_a_direction_the_sign_is_told_and_no_benefit(interval, expected):
    word = expected if expected in ("equivalent", "inconclusive") else "higher"
    assert decide(interval, 1.0, None) == word
    assert decide(interval.mirrored(), 1.0, None) == {"higher": "lower"}.get(word, word)
    assert (decide(interval, None, None) == "higher") == (interval.low > 0)


def test_what_cannot_be_tested():
    assert "0 pairs" in (cannot_test(0, False) or "")
    assert "1 pair:" in (cannot_test(1, False) or "")
    assert "2 pairs: at least 3" in (cannot_test(2, True) or "")
    assert "do not vary" in (cannot_test(9, False) or "")
    assert cannot_test(3, True) is None
