"""Whether the parts of a study fit each other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bench.base.precision import PRECISIONS, Target
from bench.data import DATA_SETS
from bench.record.trials import Condition
from bench.regularisers import REGULARISERS
from bench.study.fields import Faults

MOST_TRIALS = 10_000_000


def available(given: dict[str, Any]) -> int:
    """Return how many training images are left beside those that are held out."""
    return DATA_SETS[given.get("data") or given["name"]].train_total - given["validation_size"]


def check_sizes(where: str, given: dict[str, Any], faults: Faults) -> None:
    """Check that the split and the batch of one recipe fit the data set."""
    data_set, held_out = DATA_SETS.get(given.get("name") or ""), given.get("validation_size")
    if data_set is None or held_out is None:
        return
    left, size = available(given), given.get("train_size")
    if left < 1 or (size is not None and size > left):
        faults.add(
            where,
            f"train_size {size or 'left out'} and validation_size {held_out} were given;"
            f" {data_set.name} has {data_set.train_total} training images for both",
        )
        return
    size, batch = size or left, given.get("batch_size")
    here = "[training] batch_size" if where == "[data]" else f"{where} batch_size"
    if batch is not None and batch > size:
        faults.add(here, f"{batch} was given; at most train_size, {size}, is expected")
    elif batch is not None and 1 in (batch, size % batch) and given.get("normalisation") == "batch":
        faults.add(
            here, f"{batch} was given; train_size {size} leaves a last batch of one image, which has no variance"
        )


def check_number_of_trials(conditions: tuple[Condition, ...], trials: Mapping[str, Any], faults: Faults) -> None:
    """Check that a study asks for no more trials than a folder of results can hold."""
    seeds = trials.get("seeds") or ()
    factors = {
        "conditions": len(conditions),
        "seeds": math.prod(seeds.values()) if isinstance(seeds, dict) else len(seeds),
        "devices": len(trials.get("devices") or ()) or 1,
        "precisions": len(trials.get("precisions") or ()) or 1,
    }
    if (number := math.prod(factors.values())) > MOST_TRIALS:
        product = " x ".join(f"{count:,} {name}" for name, count in factors.items() if count > 1)
        faults.add("[trials]", f"{product} are {number:,} trials; at most {MOST_TRIALS:,} are expected")


def check_regularisers(conditions: tuple[Condition, ...], data: dict[str, Any], faults: Faults) -> None:
    """Check that every condition has what its regularisers need, and at most one of them chooses the weights."""
    data_set = DATA_SETS.get(data.get("name") or "")
    noises = [record.name for record in REGULARISERS.values() if record.hidden]
    for condition in conditions:
        where, records = f'condition "{condition.label}"', [REGULARISERS[name] for name in condition.active()]
        for record in records:
            if record.of_images and data_set and data_set.image is None:
                faults.add(f"{where} {record.name}", f"acts on images, and those of {data_set.name} have no rows")
            if record.validates and data.get("validation_size") == 0:
                faults.add(f"{where} {record.name}", "needs validation images: give validation_size in [data]")
            if record.passes and not any(name in noises for name, _ in condition.settings):
                faults.add(
                    f"{where} {record.name}",
                    "repeats passes with the noise of hidden units on, and there is none: give one of "
                    f"{', '.join(noises)}, or leave it out",
                )
        choosing = [record.name for record in records if record.keeper]
        if len(choosing) > 1:
            faults.add(where, f"{' and '.join(choosing)} each choose the weights that are evaluated; one of them may")


def check_precisions(trials: dict[str, Any], faults: Faults) -> None:
    """Check that each precision exists on some device of the study, and each device has one."""
    devices, precisions = trials.get("devices") or (), trials.get("precisions") or ()
    for precision in precisions:
        if devices and not any(Target(device, precision).exists() for device in devices):
            faults.add(
                "[trials] precisions", f"{precision} was given; it exists on {', '.join(PRECISIONS[precision])} only"
            )
            return
    for device in devices:
        if precisions and not any(Target(device, precision).exists() for precision in precisions):
            faults.add("[trials] devices", f"{device} was given; it has none of the precisions {', '.join(precisions)}")
