"""Gauss-Legendre quadrature in panels: one rule of as many nodes would take an eigenvalue problem of their number."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

ORDER = 50
"""Nodes of a panel: exact for polynomials up to degree 99 within it."""


@cache
def gauss_legendre(panels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights on [-1, 1], [`panels` x `ORDER`] each, of as many equal panels."""
    nodes, weights = np.polynomial.legendre.leggauss(ORDER)
    middles = (2 * np.arange(panels) + 1) / panels - 1
    return (middles[:, None] + nodes / panels).ravel(), np.tile(weights / panels, panels)


def normal_density(z: np.ndarray) -> np.ndarray:
    """Return the density of N(0, 1), of the shape of `z`: that of scipy.stats takes half a second to import."""
    return np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
