"""Each comparison over new seeds and new test images: intervals, and the verdict that they give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from analysis.methods import verdict
from analysis.methods.random_effects import Crossed, crossed
from analysis.methods.result import Finding, undefined, why_untestable
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question

ALONE = (
    "se_crossed", "df_crossed", "ci_low_crossed", "ci_high_crossed", "p_crossed", "test_set_floor", "test_images",
)  # fmt: skip
MORE_SEEDS, MORE_IMAGES = (2, 4, 10), 4
"""Times the seeds, and times the test images, for which the standard error to expect is told."""
PROJECTED = (
    *(f"se_crossed_{times}x_seeds" for times in MORE_SEEDS), f"se_crossed_{MORE_IMAGES}x_images", "seeds_to_halve",
    "surer_by",
)  # fmt: skip
SEEDS, IMAGES = "seeds", "images"
"""Of what `MORE_IMAGES` times as much lowers the standard error further: ``surer_by``."""
TOGETHER = (
    "ci_low_crossed_simultaneous", "ci_high_crossed_simultaneous",
    "ci_low_crossed_simultaneous_90", "ci_high_crossed_simultaneous_90", "p_crossed_adjusted",
)  # fmt: skip
KEYS = (*ALONE, *PROJECTED, *TOGETHER, "verdict_crossed")

NO_IMAGES = "which images were right is not known at every seed: nothing can be said of new test images"


class Gains(Protocol):
    """What each comparison gains at each seed and test image, as `analysis.tables.images.Images` gives it."""

    def has(self, pairs: Pairs) -> bool:
        """Return whether that is known at every seed of `pairs`."""
        ...

    def gains(self, pairs: Pairs) -> tuple[np.ndarray, np.ndarray | None]:
        """Return it, float64 [S, N], and what is added at each seed [S], if anything."""
        ...


def over_images(
    everyone: Sequence[Pairs], family: Sequence[str], images: Gains | None, asked: Question
) -> dict[str, Finding]:
    """Return the keys of `KEYS` for each of `everyone`; all null where the table has no images.

    Parameters
    ----------
    everyone : sequence of Pairs
        Complete pairs of every condition.
    family : sequence of str
        Conditions whose intervals must hold at once: each is given at 1 - alpha / K, for the K that can be tested.
    """
    if images is None:
        return {pairs.condition: undefined(KEYS) for pairs in everyone}
    found: dict[str, Crossed] = {}
    findings = {}
    for pairs in everyone:
        why = why_untestable(pairs) if images.has(pairs) or pairs.n == 0 else NO_IMAGES
        estimate = crossed(*images.gains(pairs)) if why is None else None
        if estimate is None:
            findings[pairs.condition] = undefined(KEYS, *([] if why is None or why == why_untestable(pairs) else [why]))
        else:
            found[pairs.condition] = estimate
    size = sum(label in family for label in found)
    for pairs in everyone:
        label = pairs.condition
        if label in found:
            values = _alone(found[label], asked.alpha)
            together = _together(found[label], pairs, asked, size) if label in family else {}
            findings[label] = Finding(dict.fromkeys(KEYS) | values | together)
        elif label in family and findings[label].values["verdict_crossed"] is None and why_untestable(pairs):
            findings[label] = Finding(findings[label].values | {"verdict_crossed": verdict.CANNOT_TEST})
    return findings


def _alone(estimate: Crossed, alpha: float) -> dict[str, Any]:
    low, high = estimate.interval(alpha)
    numbers = (estimate.standard_error, estimate.df, low, high, estimate.p, estimate.floor, estimate.images)
    return dict(zip(ALONE, numbers, strict=True)) | _projected(estimate)


def _projected(estimate: Crossed) -> dict[str, Any]:
    """Return the standard errors to expect of more seeds, and of more images, and which of them does more."""
    seeds, images = estimate.projected(seeds=MORE_IMAGES), estimate.projected(images=MORE_IMAGES)
    numbers = (*(estimate.projected(seeds=times) for times in MORE_SEEDS), images, estimate.seeds_to_halve)
    return dict(zip(PROJECTED, (*numbers, SEEDS if seeds <= images else IMAGES), strict=True))


def _together(estimate: Crossed, pairs: Pairs, asked: Question, size: int) -> dict[str, Any]:
    outer = estimate.interval(asked.alpha / size)
    inner = (None, None) if 2 * asked.alpha >= 1 else estimate.interval(2 * asked.alpha / size)
    ends = dict(zip(TOGETHER, (*outer, *inner, min(1.0, size * estimate.p)), strict=True))
    if verdict.cannot_test(pairs.n, pairs.varies, asked.alpha):
        return ends | {"verdict_crossed": verdict.CANNOT_TEST}
    interval = verdict.Interval(*outer, *inner)
    return ends | {"verdict_crossed": verdict.decide(interval, asked.margin, asked.lower_is_better)}
