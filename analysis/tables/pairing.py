"""Two arms paired by the seed key, never by row position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

_ROUNDING = 4 * float(np.finfo(float).eps)
_CLEAR = 1e3
"""Differences say something from this many times their rounding error; below lie sums taken in another order."""


@dataclass(frozen=True)
class Unit:
    """What is paired, in the words of sentences.

    Parameters
    ----------
    one : str
        Name of one of them.
    key : str
        Name of what it is paired by, and of what all conditions of a family have in common.
    trained : str
        What is given of a number over complete ones.
    doubt, doubt_at_zero : str
        What is to be feared where nothing varies, and where nothing differs, as the end of a sentence.
    independent : bool
        Whether what they are paired by is independent from one to the next: folds and random splits share training
        data.
    """

    one: str
    key: str
    trained: str
    doubt: str
    doubt_at_zero: str
    independent: bool = True

    def counted(self, n: int) -> str:
        """Return how many there are."""
        return f"{n} {self.one}{'' if n == 1 else 's'}"


_SAME_RUN = ". The seed may not be applied"
PAIRS = Unit("pair", "seed", "given that both trained", _SAME_RUN, ". The condition may not be applied")
SPLITS = Unit("pair", "split", PAIRS.trained, ". The split may not be applied", PAIRS.doubt_at_zero, independent=False)
"""Folds and random splits of one data set."""
SEEDS = Unit("seed", "seed", "given that every cell trained", _SAME_RUN, ". The factors may not be applied")
"""Seeds at which every cell of a factorial trained."""
BLOCKS = Unit("block", "block", "given that both trained", "", "")
"""Blocks of a measurement of speed."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """A condition and the control on the seeds that both have.

    Parameters
    ----------
    condition, control : str
    seeds : ndarray of int64, [n]
        Ascending, distinct.
    treated, untreated : ndarray of float64, [n]
        The metric of the condition and of the control, in the metric's own unit.
    differences : ndarray of float64, [n]
        Condition minus control, in steps of ``1 / scale``: whole numbers where the metric is a count. All 0 where
        none is clearly beyond rounding. Infinite where one of the two lost to every other run; 0 where both did.
    scale : int
        Divides `differences` into the metric's own unit; 1 where the metric is no count.
    resolution : float
        Rounding error of one difference, in steps; 0 where the metric is a count.
    unit : Unit
        What sentences call them.
    """

    condition: str
    control: str
    seeds: np.ndarray
    treated: np.ndarray
    untreated: np.ndarray
    differences: np.ndarray
    scale: int
    resolution: float
    unit: Unit = PAIRS

    @property
    def n(self) -> int:
        """Number of pairs."""
        return len(self.seeds)

    @property
    def noise(self) -> float:
        """Differences up to this say nothing, in steps: 0 where the metric is a count."""
        return _CLEAR * self.resolution

    @cached_property
    def varies(self) -> bool:
        """Whether the differences vary by more than rounding: without it there is nothing to test with."""
        return varies(self.differences, self.resolution)

    @property
    def doubt(self) -> str:
        """What is to be feared where they do not vary, as the end of a sentence."""
        return self.unit.doubt if self.differences.any() else self.unit.doubt_at_zero

    def on(self, seeds: np.ndarray) -> Pairs:
        """Return the pairs of those `seeds` alone."""
        keep = np.isin(self.seeds, seeds)
        return replace(
            self,
            seeds=self.seeds[keep],
            treated=self.treated[keep],
            untreated=self.untreated[keep],
            differences=self.differences[keep],
        )


def clear_steps(pairs: Pairs) -> np.ndarray:
    """Return the differences as whole numbers [n], equal where only rounding parts them: ties are then ties."""
    return np.rint(pairs.differences / pairs.noise) if pairs.noise else pairs.differences


def varies(differences: np.ndarray, resolution: float) -> bool:
    """Return whether `differences` [n] vary, clearly beyond the rounding error of their values."""
    if len(differences) < 2:
        return False
    if not np.isfinite(differences).all():
        return True  # a run that lost to every other is no constant
    return bool(np.ptp(differences) > _CLEAR * resolution and np.var(differences) > 0)


def rounding(*values: np.ndarray) -> float:
    """Return the rounding error of a difference between any two of `values`."""
    finite = [np.abs(each[np.isfinite(each)]) for each in values]
    return _ROUNDING * max((float(each.max()) for each in finite if each.size), default=0.0)


def blocks_vary(values: np.ndarray) -> bool:
    """Return whether the rows of `values` [seeds, k] differ by more than a level of their own, beyond rounding."""
    centred = values - values.mean(axis=1, keepdims=True)
    return any(varies(column, rounding(values)) for column in centred.T)


def varies_in_every_direction(contrasts: np.ndarray, values: np.ndarray) -> bool:
    """Return whether no combination of `contrasts` [seeds, q], made of `values`, is constant but for rounding."""
    spread = np.linalg.svd(contrasts - contrasts.mean(axis=0), compute_uv=False)
    return len(contrasts) > contrasts.shape[1] and bool(spread.min() > _CLEAR * rounding(values))


def pair(
    names: tuple[str, str],
    seeds: Sequence[int] | np.ndarray,
    treated: np.ndarray,
    untreated: np.ndarray,
    scale: int | None = None,
) -> Pairs:
    """Pair two arms whose values already stand at the same seeds.

    Parameters
    ----------
    names : (condition, control)
    seeds : [n]
        Distinct; any order.
    treated, untreated : ndarray, [n]
        Values at those seeds: int64 numerators where `scale` is given, else float64.
    scale : int, optional
        Common denominator of the numerators.

    Raises
    ------
    ValueError
        Seeds that repeat: a repeated run is not a new seed.
    """
    keys = np.asarray(seeds)
    if len(np.unique(keys)) != len(keys):
        raise ValueError(f"seeds repeat in the pairs of {names[0]!r} and {names[1]!r}; each may come once")
    order = np.argsort(keys, kind="stable")
    treated, untreated = np.asarray(treated)[order], np.asarray(untreated)[order]
    same = treated == untreated  # the difference of two infinite values is not a number
    differences = np.subtract(treated, untreated, out=np.zeros(len(keys)), where=~same, dtype=float)
    unit = 1 if scale is None else scale
    resolution = 0.0 if scale is not None else rounding(treated, untreated)
    if (np.abs(differences) <= _CLEAR * resolution).all():
        differences = np.zeros(len(keys))
    return Pairs(
        condition=names[0],
        control=names[1],
        seeds=keys[order],
        treated=treated / unit,
        untreated=untreated / unit,
        differences=differences,
        scale=unit,
        resolution=resolution,
    )
