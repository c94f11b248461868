"""From what was measured to what may be said: bands of the loss, medians, ratios and their intervals."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scipy.special import bdtr, stdtrit

from bench.assurance.race import ENGINE

RATIO_LEVEL = 0.95
BAND_LEVEL = 0.999
"""A contestant that does the task falls outside the band once in a thousand times an epoch."""
RAN, NOT_INSTALLED, ERROR, OTHER_TASK = "ran", "not installed", "error", "not the same task"


@dataclass(frozen=True)
class Interval:
    """An estimate, its limits, and the probability with which such limits hold it."""

    estimate: float
    low: float
    high: float
    level: float


def band(reference: Sequence[float], runs: int) -> tuple[float, float]:
    """Return where the mean loss of `runs` further independent runs lies with probability BAND_LEVEL.

    The prediction interval for a mean: m +- t(n-1) s sqrt(1/n + 1/runs), for losses about normal (Hahn & Meeker 1991,
    *Statistical Intervals*, section 4.9).
    """
    n = len(reference)
    reach = float(stdtrit(n - 1, (1 + BAND_LEVEL) / 2)) * statistics.stdev(reference) * math.sqrt(1 / n + 1 / runs)
    middle = statistics.fmean(reference)
    return middle - reach, middle + reach


def median_interval(values: Sequence[float], level: float = RATIO_LEVEL) -> Interval:
    """Return the median between two order statistics, which hold it whatever the distribution.

    The narrowest symmetric pair that reaches `level`; where none does, the extremes with the level that they have:
    P(k-th < median < (n+1-k)-th) = 1 - 2 P(Binomial(n, 1/2) < k) (David & Nagaraja 2003, *Order Statistics*, 7.1).
    """
    ordered, n = sorted(values), len(values)

    def reached(k: int) -> float:
        return float(1 - 2 * bdtr(k - 1, n, 0.5))

    best = max((k for k in range(1, n // 2 + 1) if reached(k) >= level), default=1)
    return Interval(statistics.median(ordered), ordered[best - 1], ordered[n - best], max(0.0, reached(best)))


def ratio_interval(values: Sequence[float], base: Sequence[float]) -> Interval:
    """Return the geometric mean of `values` / `base`, paired by block (two at least): a t interval of the logs."""
    logs = [math.log(value / other) for value, other in zip(values, base, strict=True)]
    n, middle = len(logs), statistics.fmean(logs)
    reach = float(stdtrit(n - 1, (1 + RATIO_LEVEL) / 2)) * statistics.stdev(logs) / math.sqrt(n)
    return Interval(math.exp(middle), math.exp(middle - reach), math.exp(middle + reach), RATIO_LEVEL)


def same_task(losses: list[list[float]], reference: list[list[float]], runs: int) -> tuple[bool, list[dict[str, Any]]]:
    """Tell whether the mean of `losses` `[trial][epoch]` is in the band of `reference` at every epoch, and how.

    `runs` is the number of independent ones: trials that share their batches count as one.
    """
    checks = []
    for epoch, (ours, theirs) in enumerate(zip(zip(*losses, strict=True), zip(*reference, strict=True), strict=True)):
        low, high = band(theirs, runs)
        mean = statistics.fmean(ours)
        shown = mean if math.isfinite(mean) else None
        checks.append({"epoch": epoch + 1, "loss": shown, "low": low, "high": high, "within": low <= mean <= high})
    return all(check["within"] for check in checks), checks


def standings(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one row per contestant of the record, the fastest first; those without a rank last."""
    rows = [_row(contestant, record["slots"]) for contestant in record["contestants"]]
    ranked = sorted((row for row in rows if row["status"] == RAN), key=lambda row: row["seconds"]["estimate"])
    return ranked + [row for row in rows if row["status"] != RAN]


def _row(contestant: dict[str, Any], slots: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what is said of one contestant: `seconds` an epoch and trial, `ratio` to the engine, `bound_fraction`."""
    row = {name: contestant.get(name) for name in ("name", "title", "status", "error", "versions", "form", "checks")}
    per_block = {slot["block"]: slot["seconds"] for slot in slots if slot["contestant"] == contestant["name"]}
    engine = {slot["block"]: slot["seconds"] for slot in slots if slot["contestant"] == ENGINE}
    both = sorted(per_block.keys() & engine.keys())
    if per_block:
        fractions = [s["bound_seconds"] / s["seconds"] for s in slots if s["contestant"] == contestant["name"]]
        row["blocks"] = len(per_block)
        row["seconds"] = vars(median_interval(list(per_block.values())))
        row["bound_fraction"] = statistics.median(fractions)
    if len(both) > 1 and contestant["name"] != ENGINE:
        row["ratio"] = vars(ratio_interval([per_block[b] for b in both], [engine[b] for b in both]))
    return row
