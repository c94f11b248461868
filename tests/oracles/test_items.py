"""One run a condition over test items: R, the likelihood itself, closed forms, printed values, statsmodels."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special, stats
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_of_statsmodels

from analysis.methods.over_items import over_items
from analysis.methods.score_interval import PairedProportions
from tests.oracles.agreement import agree

BY_R = pd.read_csv(Path(__file__).with_name("items_r.csv"), comment="#")
ASKED = ["gained", "lost", "items", "alpha", "size", "null"]
CASES = [(30, 18, 200), (140, 95, 2_000), (6, 16, 161), (5, 0, 30), (0, 7, 30), (3, 2, 30), (412, 371, 10_000)]


def gains_of(gained: int, lost: int, items: int) -> np.ndarray:
    return np.repeat(np.array([1, -1, 0], np.int8), [gained, lost, items - gained - lost])


def grouped(groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return gains and groups by the rule of items.R."""
    number = np.arange(1, groups + 1)
    group = np.repeat(number, 3 + number * 7 % 11)
    place = np.arange(1, len(group) + 1)
    return ((place * 13 + group * 5) % 7 == 0).astype(int) - (place * 11 % 9 == 0), group


@pytest.mark.parametrize("asked", list(BY_R[ASKED].drop_duplicates().itertuples(index=False)), ids=str)
def test_intervals_and_p_agree_with_r(asked) -> None:
    """Where the null is not 0 it is that of a gap, whose two runs differ by as much in training accuracy."""
    offset = None if asked.null == 0 else -asked.null
    if asked.lost < 0:
        gains, groups = grouped(int(asked.gained))
    else:
        gains, groups = gains_of(int(asked.gained), int(asked.lost), int(asked.items)), None
    found = over_items(gains, offset, groups, (asked.alpha, int(asked.size))).result
    rows = BY_R[(BY_R[ASKED] == pd.Series(asked._asdict())).all(axis=1)]
    assert len(rows) == (5 if asked.null == 0 and asked.lost >= 0 else 4)
    assert found.n_items == len(gains) == asked.items
    for key, value in zip(rows["key"], rows["value"], strict=True):
        moved = 0.0 if key.startswith("p_") else offset or 0.0
        agree(getattr(found, key), value + moved, (*asked, key), near_zero=1e-3)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 7])
def test_an_interval_is_where_the_likelihood_itself_puts_it(case, alpha) -> None:
    """At each end the score with the shares that make the multinomial likelihood largest is the normal quantile."""
    b, c, n = case
    limit = special.ndtri(1 - alpha / 2)
    for at in PairedProportions(b, c, n).interval(alpha):
        low, high = max(0.0, -at), (1 - at) / 2

        def against(q, at=at):
            shares = [q + at, q, 1 - 2 * q - at]
            return -stats.multinomial.logpmf([b, c, n - b - c], n, shares)

        best = optimize.minimize_scalar(against, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
        z = (b - c - n * at) / np.sqrt(n * (2 * best + at - at**2))
        assert abs(z) == pytest.approx(limit, rel=1e-5)


@pytest.mark.parametrize("n", [2, 30, 10_000])
@pytest.mark.parametrize("alpha", [0.05, 0.0001])
def test_without_discordant_pairs_and_with_nothing_else_the_ends_are_known(n, alpha) -> None:
    z2 = special.ndtri(alpha / 2) ** 2
    assert PairedProportions(0, 0, n).interval(alpha) == pytest.approx((-z2 / (n + z2), z2 / (n + z2)), rel=1e-12)
    assert PairedProportions(0, 0, n).p() == 1
    for pair, sign in ((PairedProportions(n, 0, n), 1), (PairedProportions(0, n, n), -1)):
        ends = sorted((float(sign), sign * (n - z2) / (n + z2)))
        assert pair.interval(alpha) == pytest.approx(tuple(ends), rel=1e-12)


def test_printed_values_of_a_book() -> None:
    """Complete response before and after consolidation therapy (Cavo et al. 2012), as contingencytables prints it.

    Fagerland, Lydersen and Laake 2017, Statistical Analysis of Contingency Tables, chapter 8: 6 and 16 of 161.
    """
    pair = PairedProportions(6, 16, 161)
    assert (round(pair.difference, 4), *(round(end, 4) for end in pair.interval(0.05))) == (-0.0621, -0.1240, -0.0054)
    assert round(pair.p(), 6) == 0.033006
    found = over_items(gains_of(6, 16, 161), None, None, (0.05, 1)).result
    assert round(found.p_mcnemar_items, 6) == 0.052479


@pytest.mark.parametrize("case", CASES, ids=str)
def test_p_at_0_is_mcnemars(case) -> None:
    b, c, n = case
    table = [[n - b - c, b], [c, 0]]
    agree(PairedProportions(b, c, n).p(), mcnemar_of_statsmodels(table, exact=False, correction=False).pvalue, case)
    found = over_items(gains_of(*case), None, None, (0.05, 3)).result
    agree(found.p_mcnemar_items, min(1.0, mcnemar_of_statsmodels(table, exact=True).pvalue), case)


@pytest.mark.parametrize("case", [(30, 18, 200), (5, 0, 30), (0, 0, 30), (14, 16, 30), (1, 0, 10_000)], ids=str)
def test_the_score_falls_all_along(case) -> None:
    pair = PairedProportions(*case)
    scores = [pair.score(at) for at in np.linspace(-1, 1, 4_001)]
    assert all(one >= other for one, other in itertools.pairwise(scores))
