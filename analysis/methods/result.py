"""What a statistical method is: a record of its numbers, and how they come from the pairs of every comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

import numpy as np

from analysis.base.notes import Note, Number
from analysis.base.records import Record
from analysis.methods.random_effects import Crossed, Rows, crossed
from analysis.tables.item_groups import ItemGroups
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question

FEWEST_FOR_IMAGES = 3
"""Complete pairs below which nothing is said of new test images."""


class Gains(Protocol):
    """What each comparison gains at each seed and test image, as `analysis.tables.images.Images` gives it."""

    @property
    def groups(self) -> np.ndarray | None:
        """The group of each test image, int64 [N]; None where the table names none."""
        ...

    def has(self, pairs: Pairs) -> bool:
        """Return whether that is known at every seed of `pairs`."""
        ...

    def gains(self, pairs: Pairs) -> tuple[Rows, np.ndarray | None]:
        """Return it, [S, N], and what is added at each seed [S], if anything."""
        ...


@dataclass(frozen=True, eq=False)
class Sample:
    """What methods compute from.

    Parameters
    ----------
    question : Question
    everyone : sequence of Pairs
        The complete pairs of every comparison.
    family : sequence of Pairs
        Those among them that are judged together.
    gains : Gains or None
        What is gained at each test image, where the table says which ones each trial got right.
    every : sequence of Pairs
        All pairs of every comparison, diverged runs scored, in the order of `everyone`; those by default.
    """

    question: Question
    everyone: Sequence[Pairs]
    family: Sequence[Pairs]
    gains: Gains | None = None
    every: Sequence[Pairs] = ()

    def __post_init__(self) -> None:
        if not self.every:
            object.__setattr__(self, "every", self.everyone)

    @property
    def size(self) -> int:
        """Comparisons in the family, those that cannot be tested too, on all tasks where there are several."""
        return self.question.family or max(1, len(self.family))

    @cached_property
    def labels(self) -> frozenset[str]:
        """The conditions of the family."""
        return frozenset(pairs.condition for pairs in self.family)

    @cached_property
    def with_images(self) -> frozenset[str]:
        """The conditions whose test images are known at every complete pair."""
        gains = self.gains
        return frozenset(pairs.condition for pairs in self.everyone if gains is not None and gains.has(pairs))

    @cached_property
    def crossed(self) -> Mapping[str, Crossed]:
        """What each comparison shows over seeds and images, where that can be told."""
        gains = self.gains
        if gains is None:
            return {}
        found, groups = {}, None if gains.groups is None else ItemGroups.of(gains.groups)
        for pairs in self.everyone:
            if pairs.condition in self.with_images and why_untestable(pairs) is None:
                estimate = crossed(*gains.gains(pairs), groups)
                if estimate is not None:
                    found[pairs.condition] = estimate
        return found

    def floor(self, pairs: Pairs) -> tuple[float | None, float | None]:
        """Return the standard error from the test set of a comparison, and its degrees of freedom (None: normal).

        None where there are too few pairs to speak of new test images.
        """
        found = self.crossed.get(pairs.condition)
        return (None, None) if found is None or found.seeds < FEWEST_FOR_IMAGES else (found.floor, found.floor_df)


R_co = TypeVar("R_co", bound=Record, covariant=True)


@dataclass(frozen=True)
class Finding(Generic[R_co]):
    """The numbers of a method (None where undefined), and a warning for each that is undefined."""

    result: R_co
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Method(Record):
    """The numbers of one method on one comparison; a method without pairs to look at is the record by itself."""

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return this record of each comparison by its condition; of those judged together alone where that matters."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class OfPairs(Method):
    """The numbers of a method that looks at one comparison by itself."""

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return this record of one comparison."""
        raise NotImplementedError

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return this record of every comparison."""
        return {pairs.condition: cls.of(pairs, sample.question) for pairs in sample.everyone}


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Results:
    """The records of one comparison, by their kind: ``results[TTest].t``."""

    by_kind: Mapping[type[Record], Record]

    def __getitem__(self, kind: type[R]) -> R:
        found = self.by_kind[kind]
        assert isinstance(found, kind)
        return found

    @classmethod
    def of(cls, *records: Record) -> Results:
        """Return records by their kind."""
        return cls({type(each): each for each in records})

    def having(self, *records: Record) -> Results:
        """Return these records with others in addition, or in place of those of the same kind."""
        return Results({**self.by_kind, **Results.of(*records).by_kind})


def undefined(result: R, *why: str | None) -> Finding[R]:
    """Return a finding that says `why` its result lacks numbers."""
    return Finding(result, tuple(each for each in why if each is not None))


def why_untestable(pairs: Pairs) -> str | None:
    """Return why nothing can be tested on these pairs, None where it can."""
    if pairs.n < 2:
        return (
            f"{pairs.unit.counted(pairs.n)}: tests, intervals and effect sizes over {pairs.unit.key}s need at least 2"
        )
    if not pairs.varies:
        value = Number(f"{float(np.mean(pairs.differences)) / pairs.scale:.6g}")
        after = f"; t, intervals and every p are null{pairs.doubt}"
        return Note(f"no variation: all {pairs.n} differences are ", value, after)
    return None
