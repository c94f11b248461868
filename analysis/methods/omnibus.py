"""Do any of the conditions differ at all? Descriptive: it never decides whether they are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.base.records import Record, merged
from analysis.methods.p_value import probability
from analysis.tables.pairing import blocks_vary


@dataclass(frozen=True, kw_only=True)
class Friedman(Record):
    """Friedman's test of conditions within seeds; None where it is not defined.

    Parameters
    ----------
    friedman_q, friedman_p : float or None
        Statistic, and p by chi-squared.
    iman_davenport_f, iman_davenport_p : float or None
        The same as F; None where every seed ranks the conditions alike.
    kendall_w : float or None
        Agreement of the seeds, 0 to 1.
    """

    friedman_q: float | None = None
    friedman_p: float | None = None
    iman_davenport_f: float | None = None
    iman_davenport_p: float | None = None
    kendall_w: float | None = None


@dataclass(frozen=True, kw_only=True)
class RepeatedMeasures(Record):
    """The F test of repeated measures; None where nothing varies.

    Parameters
    ----------
    rm_anova_f, rm_anova_p : float or None
    rm_anova_df1, rm_anova_df2 : int or None
        Degrees of freedom.
    gg_epsilon, rm_anova_p_gg : float or None
        Greenhouse and Geisser's epsilon, and p at degrees of freedom shrunk by it.
    """

    rm_anova_f: float | None = None
    rm_anova_df1: int | None = None
    rm_anova_df2: int | None = None
    rm_anova_p: float | None = None
    gg_epsilon: float | None = None
    rm_anova_p_gg: float | None = None


@dataclass(frozen=True, kw_only=True)
class Omnibus(Friedman, RepeatedMeasures):
    """Whether any of the conditions differ at all."""


def omnibus(values: np.ndarray) -> Omnibus:
    """Return Friedman's test and the analysis of variance of repeated measures over `values` [seeds, conditions].

    Friedman's Q with midranks corrected for ties, Kendall's W = Q / (n (k - 1)), and Iman and Davenport's F (1980).
    The F test of conditions within seeds, and its p at degrees of freedom shrunk by Greenhouse and Geisser's epsilon
    (1959). Null where undefined: fewer than 2 seeds or 3 conditions, or seeds that
    differ in level alone.
    """
    n, k = values.shape
    if n < 2 or k < 3 or not blocks_vary(values):
        return Omnibus()
    own_level = values.mean(axis=1, keepdims=True)
    return merged(Omnibus, _friedman(values), repeated_measures(values - own_level, k - 1))


def _friedman(values: np.ndarray) -> Friedman:
    n, k = values.shape
    ranks = pd.DataFrame(values).rank(axis=1).to_numpy()
    spread = float(((ranks - (k + 1) / 2) ** 2).sum())
    if spread == 0:
        return Friedman()
    between = n * float(((ranks.mean(axis=0) - (k + 1) / 2) ** 2).sum())
    q = n * (k - 1) * between / spread
    f = p = None
    if n * (k - 1) - q > 1e-12 * q:  # else every seed ranks the conditions alike: F is infinite
        f = (n - 1) * q / (n * (k - 1) - q)
        p = probability(float(special.fdtrc(k - 1, (n - 1) * (k - 1), f)))
    return Friedman(
        friedman_q=q,
        friedman_p=probability(float(special.chdtrc(k - 1, q))),
        iman_davenport_f=f,
        iman_davenport_p=p,
        kendall_w=q / (n * (k - 1)),
    )


def repeated_measures(scores: np.ndarray, df: int) -> RepeatedMeasures:
    """Return the F test that the means of `scores` [n, m] are all 0, and the same by Greenhouse and Geisser (1959).

    Parameters
    ----------
    scores : ndarray, [n, m]
        Scores of each block, projected onto the `df` dimensions of what is tested (orthogonally: lengths are kept).
    df : int

    Notes
    -----
    With S the scores' covariance, F = n |mean|^2 / trace(S) on df and (n - 1) df degrees of freedom; both times
    epsilon = trace(S)^2 / (df trace(S^2)), from 1 / df to 1, where blocks may differ in what they respond to.
    """
    n, df2 = len(scores), (len(scores) - 1) * df
    mean = scores.mean(axis=0)
    covariance = np.atleast_2d(np.cov(scores, rowvar=False))
    between, residual = n * float((mean**2).sum()), float(((scores - mean) ** 2).sum())
    f = (between / df) / (residual / df2)
    epsilon = float(np.trace(covariance) ** 2 / (df * (covariance**2).sum()))
    epsilon = min(1.0, max(epsilon, 1 / df))
    return RepeatedMeasures(
        rm_anova_f=f,
        rm_anova_df1=df,
        rm_anova_df2=df2,
        rm_anova_p=probability(float(special.fdtrc(df, df2, f))),
        gg_epsilon=epsilon,
        rm_anova_p_gg=probability(float(special.fdtrc(epsilon * df, epsilon * df2, f))),
    )
