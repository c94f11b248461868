"""What a measurement of speed shows: each condition's time against the control's, and what was measured how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.base.records import Record
from analysis.methods.multiplicity import AdjustedT, MaxT, SignFlip
from analysis.methods.paired_t import Equivalence


@dataclass(frozen=True, kw_only=True)
class BlockTimes(Record):
    """Seconds per step of control and condition in one block, and their ratio."""

    block: int
    control: float
    condition: float
    ratio: float


@dataclass(frozen=True, kw_only=True)
class Ratio(Record):
    """Ratio of a condition's time per step to the control's, of geometric means, paired by block.

    Parameters
    ----------
    condition, control : str
    alpha : float
    n_blocks, blocks_left_out : int
        Blocks in which both were alone on the machine, and those in which either was not.
    ratio, ratio_low, ratio_high, ratio_low_90, ratio_high_90 : float or None
        Ratio, its interval at 1 - alpha, and at 1 - 2 alpha; None without a block, the intervals below two.
    ratio_low_simultaneous, ratio_high_simultaneous : float or None
        Interval at 1 - alpha over all conditions at once.
    ratio_low_simultaneous_90, ratio_high_simultaneous_90 : float or None
        The same at 1 - 2 alpha.
    mean_log_ratio, sd_log_ratio, standard_error : float or None
        Statistics of the differences of logarithms.
    t, p_t : float or None
    df : int or None
    """

    condition: str
    control: str
    alpha: float
    n_blocks: int
    blocks_left_out: int
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    ratio_low_90: float | None
    ratio_high_90: float | None
    ratio_low_simultaneous: float | None
    ratio_high_simultaneous: float | None
    ratio_low_simultaneous_90: float | None
    ratio_high_simultaneous_90: float | None
    mean_log_ratio: float | None
    sd_log_ratio: float | None
    standard_error: float | None
    t: float | None
    df: int | None
    p_t: float | None


FEW_BLOCKS = 5
"""Below this many blocks nothing is said about significance."""


def least_p(blocks: int) -> float:
    """Return the least p that flipping signs in so many blocks can give."""
    return 2.0 ** (1 - blocks)


@dataclass(frozen=True, kw_only=True)
class SpeedComparison(Ratio, Equivalence, SignFlip, MaxT, AdjustedT):
    """A condition's speed against the control's, with what is decided of it.

    Parameters
    ----------
    verdict : str
        One of `analysis.methods.verdict.VERDICTS`; faster is better.
    verdict_reason : str or None
        Why nothing can be tested.
    blocks : tuple of BlockTimes
    """

    verdict: str
    verdict_reason: str | None
    blocks: tuple[BlockTimes, ...]

    @property
    def simultaneous(self) -> tuple[float, float] | None:
        """The simultaneous interval at 1 - alpha; None where there is none."""
        low, high = self.ratio_low_simultaneous, self.ratio_high_simultaneous
        return None if low is None or high is None else (low, high)

    @property
    def adjusted_p(self) -> float | None:
        """The max-t p; None where the blocks that all conditions have are too few for one."""
        n = self.n_max_t
        return (
            self.p_max_t if n is not None and min(n, self.n_blocks) >= FEW_BLOCKS and least_p(n) <= self.alpha else None
        )


@dataclass(frozen=True, kw_only=True)
class LeftOut(Record):
    """Slots that are used nowhere.

    Parameters
    ----------
    condition : str
    block : int or None
        None for all slots of a condition that the present study does not have: the key is then absent.
    reason : str
    slots : int
    """

    condition: str
    block: int | None = None
    reason: str
    slots: int

    def to_json(self) -> dict[str, Any]:
        """Return the keys, ``block`` only where one slot was left out."""
        found = super().to_json()
        if self.block is None:
            del found["block"]
        return found


@dataclass(frozen=True, kw_only=True)
class ConditionSpeed(Record):
    """What one condition does by itself, over its exclusive slots; geometric means, None without a slot.

    Parameters
    ----------
    condition : str
    n : int
        Slots.
    seconds_per_step, throughput, fraction_of_bound : float or None
        Throughput in training images per second.
    """

    condition: str
    n: int
    seconds_per_step: float | None
    throughput: float | None
    fraction_of_bound: float | None


@dataclass(frozen=True, kw_only=True)
class Speed(Record):
    """The latest measurement of one device and precision, each condition against the control.

    Parameters
    ----------
    metric, device, precision, study, control : str
    alpha : float
    margin : float
        Speeds count as equal where the ratio of times is between ``1 / (1 + margin)`` and ``1 + margin``.
    file : str
        The measurement's, within the results folder.
    earlier_measurements : int
        Those that are not used, being older.
    started_at, environment_id : str
    schema_version, workers, stack_size, steps, batch_size, order_seed : int
    load_limit, bound_tolerance : float
        Limits of a slot that counts as alone on the machine.
    n_blocks, n_slots, n_exclusive : int
    left_out : tuple of LeftOut
    warnings : tuple of str
    comparisons : tuple of SpeedComparison
        All conditions but the control, in the order of the study.
    conditions : tuple of ConditionSpeed
    """

    metric: str
    device: str
    precision: str
    study: str
    control: str
    alpha: float
    margin: float
    file: str
    earlier_measurements: int
    started_at: str
    environment_id: str
    schema_version: int
    workers: int
    stack_size: int
    steps: int
    batch_size: int
    order_seed: int
    load_limit: float
    bound_tolerance: float
    n_blocks: int
    n_slots: int
    n_exclusive: int
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]
    comparisons: tuple[SpeedComparison, ...]
    conditions: tuple[ConditionSpeed, ...]

    def against(self, condition: str) -> SpeedComparison | None:
        """Return the comparison of a condition; None for the control."""
        return next((each for each in self.comparisons if each.condition == condition), None)


@dataclass(frozen=True, kw_only=True)
class Measurements(Record):
    """The latest measurements of a results folder, one for each device and precision."""

    measurements: tuple[Speed, ...]
