"""A plug-in checked: every law for each of its regularisers, and each of its data sets read."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from bench.base.errors import UsageError
from bench.checks.plugin.laws import LAWS
from bench.data import DATA_SETS
from bench.data.data_set import DataSet
from bench.data.users import image_faults
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Regulariser
from bench.schema.characters import escaped
from bench.study.plugins import Plugin

Thing = TypeVar("Thing", Regulariser, DataSet)


@dataclass(frozen=True)
class Verdict:
    """What became of one law for one thing; `broken` says how it is broken, None that it holds."""

    of: str
    law: str
    says: str
    broken: str | None


def check(plugin: Plugin, root: Path) -> list[Verdict]:
    """Return the verdict of every law for what a loaded plug-in gives; data sets are read from under `root`."""
    verdicts = [
        Verdict(name, law.key, law.says, _tried(law.broken, REGULARISERS[name]))
        for name in plugin.regularisers
        for law in LAWS
    ]
    for name in plugin.data_sets:
        broken = _tried(partial(_wrong_data, root=root), DATA_SETS[name])
        verdicts.append(Verdict(name, "data", "the data are available, and are as the record says", broken))
    return verdicts


def _tried(broken: Callable[[Thing], str | None], thing: Thing) -> str | None:
    try:
        return broken(thing)
    except Exception as error:  # noqa: BLE001 - a law that cannot be tried does not hold
        *_, last = traceback.extract_tb(error.__traceback__)
        return escaped(f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})", but="\n")


def _wrong_data(data_set: DataSet, root: Path) -> str | None:
    """Return how what is read is not what the record says, or None."""
    try:
        if data_set.missing(root):
            data_set.fetch(root)
        images = data_set.load(root)
    except UsageError as error:
        return str(error)
    if faults := image_faults(images):
        return "; ".join(faults)
    said = {
        "train_total": data_set.train_total,
        "test_total": data_set.test_total,
        "pixels": data_set.pixels,
        "classes": data_set.classes,
        "image": data_set.image,
    }
    read = {
        "train_total": len(images.train_images),
        "test_total": len(images.test_images),
        "pixels": images.train_images[0].size,
        "classes": int(max(images.train_labels.max(), images.test_labels.max())) + 1,
        "image": images.train_images.shape[1:] if data_set.image else None,
    }
    wrong = [f"{key} is {read[key]}, not {value}" for key, value in said.items() if read[key] != value]
    return "; ".join(wrong) or None
