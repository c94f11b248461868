"""How many standard errors an interval reaches to either side: the quantile of t, or of the normal distribution."""

from __future__ import annotations

from scipy import special


def quantile(tail: float, df: float | None) -> float:
    """Return what a t with `df` degrees of freedom exceeds with probability `tail`; a normal one where that is None."""
    return -float(special.ndtri(tail) if df is None else special.stdtrit(df, tail))
