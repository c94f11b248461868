"""A golden's record: what is computed, which versions answer for it, and how near it must stay."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.assurance.certify import two_arms
from bench.data import DATA_SETS
from bench.record import trials
from bench.record.trials import NUMERICS_VERSION
from bench.regularisers import REGULARISERS

ROOT = Path(__file__).parents[2]

Numbers = dict[str, list[float] | list[int] | list[str]]
"""What is measured -> its numbers. Whole numbers and texts must be equal, other numbers near."""

FLOAT64 = 1e-9
"""Largest relative change of a number computed in float64.

A sum of the 784 products of a pixel row is off by at most 784 x 2^-53 = 9e-14 of the sum of their sizes, in whatever
order a processor's kernel adds; over the 12 steps of a training this grows to some 1e-12. A thousand times less than a
scale that is off by 1e-7 changes what is measured here.
"""


@dataclass(frozen=True)
class Golden:
    """Numbers that stay as they are while none of `versions` is raised."""

    name: str
    versions: Mapping[str, int]
    """Version of each thing that the numbers come from, by the names of `place`."""
    compute: Callable[[], Numbers]
    tolerance: float = FLOAT64
    absent: Callable[[], str] = lambda: ""
    """What is lacking on this machine to compute it; empty where nothing is."""


def engine(name: str) -> dict[str, int]:
    """Return the version of an engine."""
    return {f"engine {name}": NUMERICS_VERSION[name]}


def regularisers(*names: str) -> dict[str, int]:
    """Return the versions of regularisers."""
    return {f"regulariser {name}": REGULARISERS[name].version for name in names}


def data_set(name: str) -> dict[str, int]:
    """Return the version of a data set."""
    return {f"data set {name}": DATA_SETS[name].version}


def reference() -> dict[str, int]:
    """Return the version of the reference of certification."""
    return {"reference": two_arms.REFERENCE_VERSION}


def place(thing: str) -> str:
    """Return where the version of `thing`, a key of `Golden.versions`, is written."""
    kind, _, name = thing.rpartition(" ")
    if kind == "engine":
        return f'NUMERICS_VERSION["{name}"] in {_file(trials.__name__)}'
    if kind == "regulariser":
        return f"`version` of the record in {_file(f'bench.regularisers.{name}')}"
    if kind == "data set":
        return f"`version` of the record in {_file(f'bench.data.{name}')}"
    return f"REFERENCE_VERSION in {_file(two_arms.__name__)}"


def _file(module: str) -> str:
    return str(Path(str(importlib.import_module(module).__file__)).resolve().relative_to(ROOT))
