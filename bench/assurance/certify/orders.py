"""Checks of the order of the training images: permutations, uniform, other ones at other epochs and seeds."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy import stats

from bench.assurance.certify import specification
from bench.assurance.certify.finding import Check
from bench.assurance.certify.masks import bonferroni, two_sided
from bench.base import draws
from bench.base.draws import Position

LONG = 60_000
KEYS = tuple((seed, epoch) for seed in range(4) for epoch in range(5))
SHORT, SHORTS = 5, 20_000
WIDE = 16


def checks() -> Iterator[Check]:
    """Yield every check of the orders."""
    long = np.array([_order(seed, epoch, LONG) for seed, epoch in KEYS])
    yield _are_permutations(long)
    yield _are_specified(long)
    yield _are_independent(long)
    yield _all_orders_alike()
    yield _first_positions()


def _order(seed: int, epoch: int, count: int) -> np.ndarray:
    return draws.permutation(seed, "order", Position(epoch=epoch), count)


def _are_permutations(orders: np.ndarray) -> Check:
    wrong = int((np.sort(orders, axis=1) != np.arange(LONG)).any(axis=1).sum())
    return Check("orders are permutations", wrong == 0, {"orders": len(orders), "length": LONG, "wrong": wrong})


def _are_specified(orders: np.ndarray) -> Check:
    pairs = zip(KEYS, orders, strict=True)
    wrong = sum(not np.array_equal(specification.order(seed, epoch, LONG), order) for (seed, epoch), order in pairs)
    return Check("orders are the specified ones", wrong == 0, {"orders": len(orders), "wrong": wrong})


def _are_independent(orders: np.ndarray) -> Check:
    """Spearman's correlation of every two orders: z = r sqrt(n - 1)."""
    r = np.corrcoef(orders)[np.triu_indices(len(orders), k=1)]
    worst = float(np.abs(r).max() * math.sqrt(LONG - 1))
    figures = {"orders": len(orders), "pairs": len(r), "largest_z": worst, "p": bonferroni(worst, len(r))}
    return Check("orders of other epochs and seeds are independent", None, figures)


def _all_orders_alike() -> Check:
    """Each of the 5! orders of five comes up as often: chi-square."""
    places = SHORT ** np.arange(SHORT)
    codes = [int((_order(seed, seed % 7, SHORT) * places).sum()) for seed in range(SHORTS)]
    counts = np.unique(codes, return_counts=True)[1]
    cells = math.factorial(SHORT)
    observed = np.concatenate([counts, np.zeros(max(0, cells - len(counts)))])
    chi_square = float(stats.chisquare(observed).statistic)
    figures = {"orders": SHORTS, "chi_square": chi_square, "df": cells - 1, "p": two_sided(chi_square, cells - 1)}
    return Check("every order of five comes up as often", None, figures)


def _first_positions() -> Check:
    """Each of sixteen indices comes first as often: chi-square."""
    first = [int(_order(seed, seed % 7, WIDE)[0]) for seed in range(SHORTS)]
    chi_square = float(stats.chisquare(np.bincount(first, minlength=WIDE)).statistic)
    figures = {"orders": SHORTS, "chi_square": chi_square, "df": WIDE - 1, "p": two_sided(chi_square, WIDE - 1)}
    return Check("every index comes first as often", None, figures)
