"""Each condition against the control: log ratios of time, paired by block, told as ratios of geometric means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.base.notes import about
from analysis.base.records import merged
from analysis.methods import multiplicity, simultaneous, verdict
from analysis.methods.paired_t import Difference, TTest, difference, equivalence, t_test
from analysis.methods.simultaneous import Simultaneous
from analysis.tables.pairing import BLOCKS, Pairs, pair
from analysis.tables.question import Question
from analysis.throughput.result import BlockTimes, Ratio, SpeedComparison, least_p


def ratios(frame: pd.DataFrame, conditions: Sequence[str], asked: Question) -> tuple[list[SpeedComparison], list[str]]:
    """Compare every condition with the control.

    Parameters
    ----------
    frame : DataFrame
        Slots of one measurement; only those with `exclusive` are used.
    conditions : sequence of str
        The family: all conditions but the control, in the order of the study.
    asked : Question
        `margin` is that of the logarithm of the ratio.

    Returns
    -------
    One entry per condition, and warnings. With d the differences of log seconds_per_step in the blocks in which both
    slots were exclusive, ``ratio = exp(mean d)``: the ratio of the geometric means. Its limits are those of the
    paired t interval of d, exponentiated.
    """
    family = [_pairs(frame, label, asked.control) for label in conditions]
    flips, max_t = multiplicity.sign_flip_tests(family), multiplicity.max_t(family)
    adjusted, together = multiplicity.adjusted_t(family), simultaneous.intervals(family, asked.alpha)
    entries, warnings = [], []
    for pairs in family:
        label = pairs.condition
        mean, test = difference(pairs), t_test(pairs, asked.alpha)
        equal = equivalence(pairs, asked.alpha, asked.margin)
        family_wise = flips[label], max_t[label], adjusted[label], together[label]
        for finding in (mean, test, equal, *family_wise):
            warnings += [about(label, text) for text in finding.warnings]
        ratio = _ratio(frame, pairs, asked, (mean.result, test.result, together[label].result))
        verdict_, why = _verdict(pairs, asked, together[label].result)
        entries.append(
            merged(
                SpeedComparison,
                ratio,
                equal.result,
                *(each.result for each in family_wise[:3]),
                verdict=verdict_,
                verdict_reason=why,
                blocks=_blocks(pairs),
            )
        )
    return entries, list(dict.fromkeys(warnings))


def _pairs(frame: pd.DataFrame, label: str, control: str) -> Pairs:
    """Return log seconds of a condition and the control in the blocks in which both were alone on the machine."""
    alone = frame.loc[frame["exclusive"]].set_index("block")
    own, other = (alone.loc[alone["condition"] == name, "seconds_per_step"] for name in (label, control))
    blocks = own.index.intersection(other.index).sort_values()
    treated, untreated = (np.log(arm.loc[blocks].to_numpy(float)) for arm in (own, other))
    return replace(pair((label, control), blocks.to_numpy(np.int64), treated, untreated), unit=BLOCKS)


def _why_untested(pairs: Pairs, alpha: float) -> str | None:
    if pairs.n < 2:
        return f"{pairs.unit.counted(pairs.n)}: at least 2 are needed"
    if not pairs.varies:
        return "the ratio is the same in every block: times of a clock are not"
    if (least := least_p(pairs.n)) > alpha:
        return f"with {pairs.unit.counted(pairs.n)} no exact p-value can be below {least:g}, and alpha is {alpha:g}"
    return None


def _verdict(pairs: Pairs, asked: Question, found: Simultaneous) -> tuple[str, str | None]:
    """Return the verdict, and why nothing can be tested where that is it."""
    why, interval = _why_untested(pairs, asked.alpha), found.simultaneous
    if why is not None or interval is None:
        return verdict.CANNOT_TEST, why
    return verdict.decide(interval, asked.margin, asked.direction), None


def _ratio(frame: pd.DataFrame, pairs: Pairs, asked: Question, found: tuple[Difference, TTest, Simultaneous]) -> Ratio:
    """Return the ratio of times: what was `found` of their logarithms, exponentiated."""
    mean, test, together = found
    blocks = frame.loc[frame["condition"].isin([pairs.condition, pairs.control]), "block"].nunique()
    return Ratio(
        condition=pairs.condition,
        control=pairs.control,
        alpha=asked.alpha,
        n_blocks=pairs.n,
        blocks_left_out=int(blocks) - pairs.n,
        ratio=_exp(mean.mean_difference),
        ratio_low=_exp(test.ci_low),
        ratio_high=_exp(test.ci_high),
        ratio_low_90=_exp(test.ci_low_90),
        ratio_high_90=_exp(test.ci_high_90),
        ratio_low_simultaneous=_exp(together.ci_low_simultaneous),
        ratio_high_simultaneous=_exp(together.ci_high_simultaneous),
        ratio_low_simultaneous_90=_exp(together.ci_low_simultaneous_90),
        ratio_high_simultaneous_90=_exp(together.ci_high_simultaneous_90),
        mean_log_ratio=mean.mean_difference,
        sd_log_ratio=mean.sd_difference,
        standard_error=mean.standard_error,
        t=test.t,
        df=test.df,
        p_t=test.p_t,
    )


def _exp(log: float | None) -> float | None:
    return None if log is None else math.exp(log)


def _blocks(pairs: Pairs) -> tuple[BlockTimes, ...]:
    rows = zip(pairs.seeds, pairs.treated, pairs.untreated, pairs.differences, strict=True)
    return tuple(
        BlockTimes(block=int(block), control=math.exp(b), condition=math.exp(a), ratio=math.exp(d))
        for block, a, b, d in rows
    )
