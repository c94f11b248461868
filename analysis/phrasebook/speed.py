"""Example measurements of speed; each verdict follows from its interval and the margin."""

from __future__ import annotations

import math
from typing import Any

from analysis.methods import verdict
from analysis.phrasebook.entry import Entry, Line, text_of
from analysis.throughput.result import ConditionSpeed, LeftOut, Measurements, Speed, SpeedComparison
from analysis.wording import throughput, throughput_terminal
from bench.schema.known_metrics import LOWER

MARGIN, ALPHA = 0.02, 0.05
_EMPTY: dict[str, Any] = dict.fromkeys(SpeedComparison.names())
INTERVALS = (
    (0.91, 0.95), (0.97, 0.995), (0.985, 0.997), (0.99, 1.01), (0.95, 1.06), (1.003, 1.015), (1.005, 1.03),
    (1.05, 1.11),
)  # fmt: skip
"""Ratios of time, from faster to slower."""


def compared(low: float, high: float, blocks: int = 12, **more: Any) -> SpeedComparison:
    """Return the speed of “book” against “none” with this interval of the ratio of times."""
    inner = (low + (high - low) / 10, high - (high - low) / 10)
    ends = verdict.Interval(low - 1, high - 1, inner[0] - 1, inner[1] - 1)
    known: dict[str, Any] = {
        "condition": "book", "control": "none", "alpha": ALPHA, "n_blocks": blocks, "blocks_left_out": 0,
        "ratio": (low * high) ** 0.5, "ratio_low_simultaneous": low, "ratio_high_simultaneous": high,
        "p_max_t": 0.6 if low <= 1 <= high else 0.004, "n_max_t": blocks,
        "verdict": verdict.decide(ends, MARGIN, LOWER), "blocks": (),
    }  # fmt: skip
    return SpeedComparison(**(_EMPTY | known | more))


EXAMPLES = (
    *(compared(low, high) for low, high in INTERVALS),
    compared(0.91, 0.95, blocks=3),
    compared(0.91, 0.95, verdict=verdict.CANNOT_TEST, verdict_reason="the differences do not vary"),
    compared(0.91, 0.95, blocks=0, ratio=None, verdict=verdict.CANNOT_TEST),
)


def speed(**more: Any) -> Speed:
    """Return a measurement of these comparisons."""
    alone = ConditionSpeed(condition="none", n=12, seconds_per_step=0.004, throughput=128_000.0, fraction_of_bound=0.9)
    usual: dict[str, Any] = {
        "metric": "seconds_per_step", "device": "cpu", "precision": "float32", "study": "dropout", "control": "none",
        "alpha": ALPHA, "margin": MARGIN, "file": "made", "earlier_measurements": 0,
        "started_at": "2026-01-03T12:00:00", "environment_id": "e0", "schema_version": 1, "workers": 2,
        "stack_size": 8, "steps": 400, "batch_size": 256, "order_seed": 0, "load_limit": 0.05,
        "bound_tolerance": 0.1, "n_blocks": 12, "n_slots": 24, "n_exclusive": 24, "left_out": (), "warnings": (),
        "comparisons": EXAMPLES[:1], "conditions": (alone, ConditionSpeed(
            condition="book", n=12, seconds_per_step=0.0037, throughput=138_000.0, fraction_of_bound=0.9)),
    }  # fmt: skip
    return Speed(**(usual | more))


_DISTURBED = speed(
    n_exclusive=22,
    earlier_measurements=1,
    workers=1,
    left_out=(LeftOut(condition="book", block=3, reason="other load: 0.80 cores (limit 0.05)", slots=2),),
)


def _numbers(each: SpeedComparison) -> str:
    return (
        f"ratio {each.ratio or math.nan:.4f}, {each.ratio_low_simultaneous} to {each.ratio_high_simultaneous}; "
        f"p {each.adjusted_p}; n = {each.n_blocks}; margin {MARGIN}; {each.verdict}"
    )


def entries() -> tuple[Entry, ...]:
    """Return what is written of measurements of speed."""
    whole, disturbed = speed(), _DISTURBED
    return (
        Entry(throughput.sentence, tuple(Line(_numbers(each), throughput.sentence(each, MARGIN)) for each in EXAMPLES)),
        Entry(throughput.short, tuple(Line(_numbers(each), throughput.short(each)) for each in EXAMPLES)),
        Entry(throughput.tone, tuple(Line(_numbers(each), throughput.tone(each)) for each in EXAMPLES[::4])),
        Entry(throughput.basis, tuple(
            Line(f"{each.workers} workers, {each.n_blocks} blocks", throughput.basis(each))
            for each in (whole, disturbed)
        )),
        Entry(throughput.used, tuple(
            Line(f"{each.n_exclusive} of {each.n_slots} slots exclusive, {each.earlier_measurements} measured earlier",
                 text_of(throughput.used(each)))
            for each in (whole, disturbed)
        )),
        Entry(throughput_terminal.render, (
            Line("22 of 24 slots exclusive", throughput_terminal.render(Measurements(measurements=(disturbed,)))),
        )),
    )  # fmt: skip
