"""Error rates found by simulation, the limits that they are held to, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

BY_CHANCE = 1e-4
"""How often a rate that is as it should be falls outside a limit of the binomial distribution."""
ROUNDING = 1e-9


@dataclass(frozen=True)
class Rate:
    """How often something went wrong.

    Parameters
    ----------
    method, error, data : str
        What was tried, what counts as its error, and the noise.
    n : int
        Seeds.
    nominal : float
        What the method promises.
    found : int or float
        Errors; where there are no runs, their exact probability.
    runs : int or None
        Simulated studies; None where every outcome was summed over.
    most : float, optional
        The true rate that it is held to, where that is not `nominal`.
    least : float
        The true rate that it must have at least: a method that never errs has not been tried.
    why : str
        Why it is held to another rate than it promises.
    """

    method: str
    error: str
    data: str
    n: int
    nominal: float
    found: int | float
    runs: int | None
    most: float | None = None
    least: float = 0.0
    why: str = ""

    def __post_init__(self) -> None:
        if self.most is not None and not self.why:
            raise ValueError(f"{self.method}: held to {self.most} and no reason")

    @property
    def high(self) -> float:
        """The rate above which the method errs more often than it is held to."""
        held = self.nominal if self.most is None else self.most
        if self.runs is None:
            return held * (1 + ROUNDING)
        return float(stats.binom.isf(BY_CHANCE, self.runs, held)) / self.runs

    @property
    def low(self) -> float:
        """The rate below which it errs more seldom than it can."""
        if self.runs is None or not self.least:
            return self.least * (1 - ROUNDING)
        return float(stats.binom.ppf(BY_CHANCE, self.runs, self.least)) / self.runs

    @property
    def achieved(self) -> float:
        """The rate found."""
        return self.found if self.runs is None else self.found / self.runs

    @property
    def holds(self) -> bool:
        """Whether the rate found is within the limits."""
        return self.low <= self.achieved <= self.high


@dataclass(frozen=True)
class Power:
    """How often something that is there was detected.

    Parameters
    ----------
    method, data : str
    n : int
        Seeds.
    found : int
        Studies in which it was.
    exact : int or None
        Studies in which the exact signed-rank test at the same level detects it; None where it was not tried.
    runs : int
    """

    method: str
    data: str
    n: int
    found: int
    exact: int | None
    runs: int


class Ledger:
    """All rates found in one session of tests."""

    def __init__(self) -> None:
        self.rates: list[Rate] = []
        self.powers: list[Power] = []

    def detected(self, powers: Sequence[Power]) -> None:
        """Write `powers` down; what they must be is the test's own to say."""
        self.powers += powers

    def check(self, rates: Sequence[Rate]) -> None:
        """Write `rates` down, and fail where one is outside its limits."""
        assert rates, "nothing was simulated"
        self.rates += rates
        outside = [
            f"{rate.method}, {rate.error}, {rate.data}, n = {rate.n}: {rate.achieved:.4f} "
            f"({rate.runs} studies); limits {rate.low:.4f} to {rate.high:.4f}, promised {rate.nominal:.4f}"
            for rate in rates
            if not rate.holds
        ]
        assert not outside, "\n".join(outside)
