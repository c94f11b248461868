"""Plans for a study to come, as plain data: from a standard deviation, or from a pilot table."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from scipy import stats

from analysis.answer.compare import compare
from analysis.answer.effect import Judged
from analysis.methods.power import UPPER, Design, upper_sd
from analysis.tables.table import Table


def planned(design: Design, delta: float | None, n: int | None) -> dict[str, Any]:
    """Return ``n`` for a difference `delta`, or ``detectable_difference`` for `n` seeds, with what was asked."""
    asked = _asked(design, delta, n) | {"sd": design.sd}
    if delta is not None:
        return asked | {"n": design.seeds(delta)}
    assert n is not None
    return asked | {"detectable_difference": design.detectable(n)}


def by_pilot(
    table: Table,
    question: tuple[str, str],
    asked: Design,
    comparisons: int | None,
    *,
    delta: float | None,
    n: int | None,
) -> dict[str, Any]:
    """Return ``conditions``: for each, the plan at the pilot's standard deviation, and at its upper limit.

    Where the table says which images were right, the plan is for new seeds and as many new test images: where the
    difference is below what their floor lets any number of seeds find, ``n`` is null, ``images`` says so, and
    ``test_images_needed`` how many would. Elsewhere it is for new seeds on the same test set.
    """
    metric, control = question
    compared = compare(table, metric, control, alpha=asked.alpha)
    family = compared.judged
    design = replace(asked, comparisons=len(family) if comparisons is None else comparisons)
    found = _asked(design, delta, n) | {"metric": metric, "control": control, "sd_upper_level": UPPER}
    return found | {"conditions": [of_condition(each, design, delta, n) for each in family]}


def _asked(design: Design, delta: float | None, n: int | None) -> dict[str, Any]:
    return {"alpha": design.alpha, "power": design.power, "comparisons": design.comparisons, "delta": delta, "n": n}


def of_condition(each: Judged, design: Design, delta: float | None, n: int | None) -> dict[str, Any]:
    """Return the plan for one effect or contrast, with its standard deviation in place of the design's."""
    found: dict[str, Any] = {"condition": each.condition, "pilot_pairs": each.n_pairs, "why": None}
    if not each.sd_difference:
        return found | {"why": f"{each.n_pairs} pairs without variation say nothing of the standard deviation"}
    sd = each.sd_difference
    high = upper_sd(sd, each.n_pairs)
    found |= {"sd": sd, "sd_upper": high, "test_set_floor": each.test_set_floor}
    at_sd = replace(design, sd=sd, floor=each.test_set_floor or 0.0)
    at_high = replace(at_sd, sd=high)
    if delta is None:
        assert n is not None
        return found | {
            "detectable_difference": at_sd.detectable(n),
            "detectable_difference_upper": at_high.detectable(n),
        }
    found |= {"n": at_sd.seeds(delta), "n_upper": at_high.seeds(delta)}
    return found | _images(each, design, delta)


def _images(each: Judged, design: Design, delta: float) -> dict[str, Any]:
    """Return what the test set allows: nothing below (z_alpha/2 + z_power) floors, however many the seeds."""
    floor, total = each.test_set_floor, each.test_images
    if not floor or total is None:
        return {}
    z = float(stats.norm.isf(design.alpha / (2 * design.comparisons))) + float(stats.norm.ppf(design.power))
    if delta >= z * floor:
        return {}
    needed = math.ceil(total * (z * floor / delta) ** 2)
    said = (
        f"Over new test images too, no number of seeds reaches this: the test set's floor is {floor:.4g}, and"
        f" {needed:,} test images in place of {total:,} would be needed"
    )
    return {"n": None, "n_upper": None, "test_images_needed": needed, "images": said}
