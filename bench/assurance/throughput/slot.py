"""A slot: one condition measured once; and whether the machine was its own meanwhile."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

LOAD_LIMIT = 0.05
"""Cores' worth of other load up to which a slot counts as alone: a machine that does nothing else has 0.00 to 0.02."""

BOUND_TOLERANCE = 0.1
"""The calibration before and after a slot may differ from the run's median by this fraction."""


@dataclass(frozen=True)
class Slot:
    """One condition in one block.

    Parameters
    ----------
    condition : str
        Label.
    block, position : int
        From 0; position is the place within the block.
    seconds : tuple of float
        Training time of each worker's stack, in seconds.
    bound_before, bound_after : float
        Seconds that the matrix products of one step take per network, mean over the workers.
    others : float or None
        Cores' worth of processor time that went elsewhere while the slot trained; None where that is not known.
    intruder : str or None
        What else was seen on the device, None where nothing was.
    started_at : datetime
    """

    condition: str
    block: int
    position: int
    seconds: tuple[float, ...]
    bound_before: float
    bound_after: float
    others: float | None
    intruder: str | None
    started_at: datetime


def reasons(slots: Sequence[Slot]) -> list[str | None]:
    """Return for each slot why it was not alone on the machine, None where it was.

    The run's median is that of the calibrations around slots without other load: with a load through most of the run,
    the median of all would be the load's.
    """
    loaded = [_load(slot) for slot in slots]
    quiet = [slot for slot, why in zip(slots, loaded, strict=True) if why is None] or list(slots)
    usual = statistics.median(bound for slot in quiet for bound in (slot.bound_before, slot.bound_after))
    return [why or _bounds(slot, usual) for slot, why in zip(slots, loaded, strict=True)]


def _load(slot: Slot) -> str | None:
    if slot.others is None:
        return "other load is not known: this system does not tell it"
    if slot.others > LOAD_LIMIT:
        return f"other load: {slot.others:.2f} cores (limit {LOAD_LIMIT:g})"
    return slot.intruder


def _bounds(slot: Slot, usual: float) -> str | None:
    for when, bound in (("before", slot.bound_before), ("after", slot.bound_after)):
        off = bound / usual - 1
        if abs(off) > BOUND_TOLERANCE:
            return f"calibration {when} it: {off:+.0%} off the run's median (limit {BOUND_TOLERANCE:.0%})"
    return None


def pairs(slots: Sequence[Slot], control: str) -> dict[str, int]:
    """Return for each condition in how many blocks it and the control were alone on the machine.

    For the control that is the number of its own exclusive slots.
    """
    alone = {(s.condition, s.block) for s, why in zip(slots, reasons(slots), strict=True) if why is None}
    labels = dict.fromkeys(slot.condition for slot in slots)
    return {
        label: sum((control, block) in alone for condition, block in alone if condition == label) for label in labels
    }
