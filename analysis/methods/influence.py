"""How much of a mean rests on one seed: outcomes with a heavy tail have means that a single run can decide."""

from __future__ import annotations

import numpy as np

from analysis.methods.result import Finding, undefined
from analysis.tables.pairing import Pairs

KEYS = ("extreme_seed", "mean_without_extreme")


def influence(pairs: Pairs) -> Finding:
    """Return the seed whose difference is farthest from the median, and the mean difference without it.

    Notes
    -----
    The smallest such seed where several are as far. Null below 3 pairs or without variation. Descriptive: nothing may
    be left out for being far away.
    """
    if pairs.n < 3 or not pairs.varies:
        return undefined(KEYS)
    farthest = int(np.argmax(np.abs(pairs.differences - np.median(pairs.differences))))
    others = np.delete(pairs.differences, farthest)
    return Finding(dict(zip(KEYS, (int(pairs.seeds[farthest]), float(others.mean()) / pairs.scale), strict=True)))
