"""Which test images each trial got right: what the crossed analysis of seeds and images needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.errors import TableError
from analysis.tables.item_groups import ItemGroups
from analysis.tables.metric import Measured, measure
from analysis.tables.pairing import Pairs
from analysis.tables.reading import ORIGIN
from analysis.tables.table import Table

BITS, GROUPS = "test_bits", "test_groups"
OFFSETS = {"test_accuracy": None, "generalisation_gap": "train_accuracy", "running_gap": "running_train_accuracy"}
"""Metrics of single test images -> the accuracy of a trial that the test accuracy is taken from, if any."""
_FIRST = 5


@dataclass(frozen=True, eq=False)
class PackedGains:
    """One arm's correctness less the other's, [S, N], unpacked where rows are taken: whole, it may fill the memory."""

    more: np.ndarray
    less: np.ndarray
    total: int

    @property
    def shape(self) -> tuple[int, int]:
        """Seeds and images."""
        return len(self.more), self.total

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Return the gains at these seeds, int8."""
        return _unpacked(self.more[rows], self.total) - _unpacked(self.less[rows], self.total)


def _unpacked(bits: np.ndarray, total: int) -> np.ndarray:
    return np.unpackbits(bits, axis=1, count=total).view(np.int8)


@dataclass(frozen=True, eq=False)
class Images:
    """Correctness of every test image in every trial of a table.

    Parameters
    ----------
    packed : mapping of (condition, seed) to bytes
    total : int
        Test images.
    offset : Measured or None
        The accuracy that the test accuracy is taken from, where the metric is a gap.
    groups : ndarray of int64, [total], or None
        The group of each image, where the table has `GROUPS`.
    """

    packed: Mapping[tuple[str, int], bytes]
    total: int
    offset: Measured | None
    groups: np.ndarray | None = None

    def has(self, pairs: Pairs) -> bool:
        """Return whether both trials of every pair have their images."""
        return all((arm, int(seed)) in self.packed for arm in (pairs.condition, pairs.control) for seed in pairs.seeds)

    def gains(self, pairs: Pairs) -> tuple[PackedGains, np.ndarray | None]:
        """Return what the condition gains at each seed and image, [S, N], and what is added at each seed [S].

        For a gap the gain at an image is the control's correctness less the condition's.
        """
        treated, untreated = self._bits(pairs.condition, pairs.seeds), self._bits(pairs.control, pairs.seeds)
        if self.offset is None:
            return PackedGains(treated, untreated, self.total), None
        return PackedGains(untreated, treated, self.total), self._offset(pairs)

    def correct(self, condition: str, seeds: np.ndarray) -> np.ndarray:
        """Return whether each image was right at each of `seeds`, int8 [S, N]."""
        return _unpacked(self._bits(condition, seeds), self.total)

    def _bits(self, condition: str, seeds: np.ndarray) -> np.ndarray:
        rows = np.frombuffer(b"".join(self.packed[condition, int(seed)] for seed in seeds), np.uint8)
        return rows.reshape(len(seeds), -1)

    def _offset(self, pairs: Pairs) -> np.ndarray:
        assert self.offset is not None
        arms = []
        for label in (pairs.condition, pairs.control):
            arm = self.offset.arms[label]
            arms.append(arm.value[np.searchsorted(arm.seeds, pairs.seeds)])
        return arms[0] - arms[1]


def crossed(images: Images | None, pairs: int) -> tuple[Images | None, list[str]]:
    """Return the images of a comparison over so many pairs, and what to say of the groups that they lie in.

    Over several seeds none where the groups are too few: seeds by images would take images as independent.
    """
    groups = None if images is None or images.groups is None or pairs < 2 else ItemGroups.of(images.groups)
    if images is None or groups is None:
        return images, []
    if (why := groups.too_few) is not None:
        return None, [
            f"{GROUPS} says which test examples belong together, and no interval over seeds and groups is given: "
            f"{why}; verdicts and plans hold for new seeds on these examples"
        ]
    sizes = groups.sizes
    of = f"{sizes[0]}" if (alike := sizes.min() == sizes.max()) else f"{sizes.min()} to {sizes.max()}"
    as_many = "" if alike else f", which count as {groups.effective:.3g} of one size"
    return images, [
        f"{GROUPS}: the {images.total:,} test examples lie in {groups.number:,} groups of {of}{as_many}; where "
        "claims reach beyond these examples they are of new groups"
    ]


def images_of(table: Table, metric: str) -> Images | None:
    """Return the images behind `metric`; None where the metric, or the table, has none.

    Raises
    ------
    TableError
        Bits that are fewer or more than test_total, or that do not add up to test_correct; groups that are no whole
        number for each image, or not the same in all rows.
    """
    frame = table.frame
    if metric not in OFFSETS or not {BITS, "test_total", "test_correct"} <= set(frame.columns):
        return None
    known = frame[frame[BITS].notna() & frame["test_total"].notna() & frame["test_correct"].notna()]
    totals = sorted({int(total) for total in known["test_total"]})
    if len(totals) != 1:
        return None
    _check(table, known, totals[0])
    packed = {
        (str(condition), int(seed)): bytes(bits)
        for condition, seed, bits in zip(known["condition"], known["seed"], known[BITS], strict=True)
    }
    offset = OFFSETS[metric]
    return Images(
        packed, totals[0], None if offset is None else measure(table, offset), _groups(table, known, totals[0])
    )


def _check(table: Table, known: pd.DataFrame, total: int) -> None:
    width, faults = -(-total // 8), []
    for origin, bits, correct in zip(known[ORIGIN], known[BITS], known["test_correct"], strict=True):
        if len(bits) != width:
            faults.append(f"{origin}: {BITS} has {len(bits)} bytes; allowed: {width}, for {total} images")
        elif (found := int.from_bytes(bits, "big").bit_count()) != int(correct):
            faults.append(f"{origin}: {BITS} has {found} images right; allowed: test_correct, which is {int(correct)}")
    if faults:
        more = [f"{BITS}: {len(faults) - _FIRST} more rows like these"] if len(faults) > _FIRST else []
        raise TableError(table.source, [*faults[:_FIRST], *more])


def _groups(table: Table, known: pd.DataFrame, total: int) -> np.ndarray | None:
    """Return the group of each image, which is the same in every row that says it; None where none does."""
    if GROUPS not in known.columns:
        return None
    rows = known[known[GROUPS].notna()]
    read = {origin: _whole_numbers(cell) for origin, cell in zip(rows[ORIGIN], rows[GROUPS], strict=True)}
    faults = [
        f"{origin}: {GROUPS} is no whole number for each of {total} images (a list, or the bytes of 64-bit integers)"
        for origin, each in read.items()
        if each is None or len(each) != total
    ]
    if not faults:
        found: list[tuple[str, Any]] = list(read.items())
        faults = [
            f"{origin}: {GROUPS} differs from that of {found[0][0]}; allowed: the same groups in all rows"
            for origin, each in found[1:]
            if not np.array_equal(each, found[0][1])
        ]
    if faults:
        raise TableError(table.source, faults[:_FIRST])
    return next(iter(read.values()), None)


def _whole_numbers(cell: object) -> np.ndarray | None:
    """Return a cell as int64; None where it holds anything else."""
    if isinstance(cell, bytes):
        return np.frombuffer(cell, "<i8") if len(cell) % 8 == 0 else None
    numbers = np.asarray(cell)
    return numbers.astype(np.int64) if numbers.dtype.kind in "iu" and numbers.ndim == 1 else None
