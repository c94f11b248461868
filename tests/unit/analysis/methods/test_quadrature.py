"""Quadrature in panels: exact where it must be, and as good as one rule of as many nodes where it is used."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.methods import confidence_sequence, effect_size
from analysis.methods.quadrature import ORDER, gauss_legendre


@pytest.mark.parametrize("panels", [1, 3, 8])
def test_polynomials_up_to_twice_the_order_are_exact(panels):
    nodes, weights = gauss_legendre(panels)
    assert len(nodes) == len(weights) == panels * ORDER
    assert (np.diff(nodes) > 0).all()
    for degree in (0, 2, 50, 98):
        assert weights @ nodes**degree == pytest.approx(2 / (degree + 1), rel=1e-13)


def single(count):
    rule = np.polynomial.legendre.leggauss(count)
    return lambda _: rule


def test_tails_are_those_of_one_rule_of_500_nodes(monkeypatch):
    at = [(t, df, t + shift) for t in (1001.0, 1e5) for df in (1, 30, 10**6) for shift in (-8.0, -2.0, 3.0, t)]
    ours = [effect_size._upper_tail(*each) for each in at]
    monkeypatch.setattr(effect_size, "gauss_legendre", single(500))
    assert ours == pytest.approx([effect_size._upper_tail(*each) for each in at], abs=1e-12)


def test_levels_of_planned_looks_are_those_of_one_rule_of_400_nodes(monkeypatch):
    """Boundaries z are solved for to 1e-12, which leaves a level a relative error of z times that, here up to 8."""
    fractions = [look / 10 for look in range(1, 11)]
    ours = confidence_sequence.planned_levels(fractions, 0.05)
    assert math.fsum(ours) > 0.05
    monkeypatch.setattr(confidence_sequence, "gauss_legendre", single(400))
    assert ours == pytest.approx(confidence_sequence.planned_levels(fractions, 0.05), rel=2 * 8e-12)
