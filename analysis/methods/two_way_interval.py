"""Each comparison over new seeds and new test images, two-way random effects: a check of the headline's interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis.base.records import Record
from analysis.methods.random_effects import Crossed
from analysis.methods.result import Finding, Method, Sample, undefined
from analysis.tables.question import Question

MORE_SEEDS, MORE_IMAGES = (2, 4, 10), 4
"""Times the seeds, and times the test images, for which the standard error to expect is told."""
SEEDS, IMAGES = "seeds", "images"
"""Values of ``surer_by``: what lowers the standard error further with `MORE_IMAGES` times as much of it."""

NO_IMAGES = "which images were right is not known at every seed: no conclusion about new test images is possible"


@dataclass(frozen=True, kw_only=True)
class OverImages(Method):
    """One comparison over new seeds and new test images; None where the images of its trials are not known.

    Parameters
    ----------
    se_crossed, df_crossed : float or None
        Standard error of the mean difference, and its degrees of freedom.
    ci_low_crossed, ci_high_crossed, p_crossed : float or None
        Interval at 1 - alpha, and two-sided p-value, of this comparison alone.
    test_set_floor, test_set_floor_low, test_set_floor_high : float or None
        Standard error that no number of seeds goes below on this test set, and its 95% interval.
    test_set_floor_df : float or None
        Its degrees of freedom, where images lie in groups: of as many groups of equal size as these count for, less 1.
    test_images, test_groups : int or None
        Images of the test set, and groups of them; the second is None where single images are drawn.
    se_crossed_2x_seeds, se_crossed_4x_seeds, se_crossed_10x_seeds, se_crossed_4x_images : float or None
        Standard error to expect of so many times the seeds, or the test images.
    seeds_to_halve : int or None
        Seeds that would halve the standard error; None where no number does.
    surer_by : str or None
        Which of `SEEDS` and `IMAGES` lowers the standard error further.
    ci_low_crossed_simultaneous, ci_high_crossed_simultaneous : float or None
        Interval at 1 - alpha over the family.
    ci_low_crossed_simultaneous_90, ci_high_crossed_simultaneous_90 : float or None
        Interval at 1 - 2 alpha over the family.
    p_crossed_adjusted : float or None
        p-value adjusted over the family.
    """

    se_crossed: float | None = None
    df_crossed: float | None = None
    ci_low_crossed: float | None = None
    ci_high_crossed: float | None = None
    p_crossed: float | None = None
    test_set_floor: float | None = None
    test_set_floor_low: float | None = None
    test_set_floor_high: float | None = None
    test_set_floor_df: float | None = None
    test_images: int | None = None
    test_groups: int | None = None
    se_crossed_2x_seeds: float | None = None
    se_crossed_4x_seeds: float | None = None
    se_crossed_10x_seeds: float | None = None
    se_crossed_4x_images: float | None = None
    seeds_to_halve: int | None = None
    surer_by: str | None = None
    ci_low_crossed_simultaneous: float | None = None
    ci_high_crossed_simultaneous: float | None = None
    ci_low_crossed_simultaneous_90: float | None = None
    ci_high_crossed_simultaneous_90: float | None = None
    p_crossed_adjusted: float | None = None

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return what every comparison shows over new seeds and new test images."""
        return over_images(sample)

    @property
    def more_seeds(self) -> Mapping[int, float]:
        """The standard errors to expect of more seeds, by how many times there are; empty where they are not known."""
        errors = (self.se_crossed_2x_seeds, self.se_crossed_4x_seeds, self.se_crossed_10x_seeds)
        return {times: error for times, error in zip(MORE_SEEDS, errors, strict=True) if error is not None}


def over_images(sample: Sample) -> dict[str, Finding[OverImages]]:
    """Return each comparison over new seeds and images; the family at 1 - alpha / K, for the K that can be tested."""
    everyone, asked, gains, found = sample.everyone, sample.question, sample.gains, sample.crossed
    if gains is None:
        return {pairs.condition: Finding(OverImages()) for pairs in everyone}
    family = sample.labels
    findings: dict[str, Finding[OverImages]] = {}
    for pairs in everyone:
        if pairs.condition not in found:
            known = gains.has(pairs) or pairs.n == 0
            findings[pairs.condition] = undefined(OverImages(), None if known else NO_IMAGES)
    size = sum(label in family for label in found)
    for pairs in everyone:
        label = pairs.condition
        if label in found:
            alone = _alone(found[label], asked.alpha)
            findings[label] = Finding(_together(alone, found[label], asked, size) if label in family else alone)
    return findings


def _alone(estimate: Crossed, alpha: float) -> OverImages:
    """Return the interval of one comparison, and the standard errors to expect of more seeds and of more images."""
    low, high = estimate.interval(alpha)
    twice, fourfold, tenfold = (estimate.projected(seeds=times) for times in MORE_SEEDS)
    images = estimate.projected(images=MORE_IMAGES)
    return OverImages(
        se_crossed=estimate.standard_error,
        df_crossed=estimate.df,
        ci_low_crossed=low,
        ci_high_crossed=high,
        p_crossed=estimate.p,
        test_set_floor=estimate.floor,
        test_set_floor_low=estimate.floor_low,
        test_set_floor_high=estimate.floor_high,
        test_set_floor_df=estimate.floor_df,
        test_images=estimate.images,
        test_groups=estimate.groups,
        se_crossed_2x_seeds=twice,
        se_crossed_4x_seeds=fourfold,
        se_crossed_10x_seeds=tenfold,
        se_crossed_4x_images=images,
        seeds_to_halve=estimate.seeds_to_halve,
        surer_by=SEEDS if estimate.projected(seeds=MORE_IMAGES) <= images else IMAGES,
    )


def _together(alone: OverImages, estimate: Crossed, asked: Question, size: int) -> OverImages:
    """Return the same with what holds for the whole family."""
    outer = estimate.interval(asked.alpha / size)
    inner = (None, None) if 2 * asked.alpha >= 1 else estimate.interval(2 * asked.alpha / size)
    return replace(
        alone,
        ci_low_crossed_simultaneous=outer[0],
        ci_high_crossed_simultaneous=outer[1],
        ci_low_crossed_simultaneous_90=inner[0],
        ci_high_crossed_simultaneous_90=inner[1],
        p_crossed_adjusted=min(1.0, size * estimate.p),
    )
