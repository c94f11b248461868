"""Each condition against the control: log ratios of time, paired by block, told as ratios of geometric means."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportReturnType=false
# pyright: reportGeneralTypeIssues=false, reportOperatorIssue=false, reportIndexIssue=false

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.records import Record
from analysis.methods import multiplicity, simultaneous, verdict
from analysis.methods.paired_t import difference, equivalence, t_test
from analysis.methods.result import Finding
from analysis.tables.pairing import Pairs, pair
from analysis.tables.question import Question

RATIOS = {
    "mean_difference": "ratio", "ci_low": "ratio_low", "ci_high": "ratio_high", "ci_low_90": "ratio_low_90",
    "ci_high_90": "ratio_high_90", "ci_low_simultaneous": "ratio_low_simultaneous",
    "ci_high_simultaneous": "ratio_high_simultaneous", "ci_low_simultaneous_90": "ratio_low_simultaneous_90",
    "ci_high_simultaneous_90": "ratio_high_simultaneous_90",
}  # fmt: skip
"""What each key of a comparison of logarithms is called once it is a ratio."""


def ratios(frame: pd.DataFrame, conditions: Sequence[str], asked: Question) -> tuple[list[dict[str, Any]], list[str]]:
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
    one_by_one = [
        {pairs.condition: method(pairs) for pairs in family}
        for method in (
            difference,
            lambda pairs: t_test(pairs, asked.alpha),
            lambda pairs: equivalence(pairs, asked.alpha, asked.margin),
        )
    ]
    intervals = simultaneous.intervals(family, asked.alpha)
    together = [
        multiplicity.sign_flip_tests(family),
        multiplicity.max_t(family),
        multiplicity.adjusted_t(family),
        intervals,
    ]
    entries, warnings = [], []
    for pairs in family:
        found: list[Finding[Record]] = [by_label[pairs.condition] for by_label in (*one_by_one, *together)]
        values = {key: value for finding in found for key, value in finding.result.to_json().items()}
        warnings += [f"{pairs.condition}: {_of_blocks(text)}" for finding in found for text in finding.warnings]
        interval = intervals[pairs.condition].result.simultaneous
        entries.append(_entry(frame, pairs, values, asked, interval))
    return entries, list(dict.fromkeys(warnings))


def _pairs(frame: pd.DataFrame, label: str, control: str) -> Pairs:
    """Return log seconds of a condition and the control in the blocks in which both were alone on the machine."""
    alone = frame[frame["exclusive"]]
    own, other = (alone[alone["condition"] == name].set_index("block")["seconds_per_step"] for name in (label, control))
    blocks = own.index.intersection(other.index).sort_values()
    treated, untreated = (np.log(arm.loc[blocks].to_numpy(float)) for arm in (own, other))
    return pair((label, control), blocks.to_numpy(np.int64), treated, untreated)


def _why_untested(pairs: Pairs, alpha: float) -> str | None:
    why = verdict.cannot_test(pairs.n, pairs.varies, alpha)
    if why is not None and pairs.n > 1 and not pairs.varies:
        return "the ratio is the same in every block: times of a clock are not"
    return None if why is None else _of_blocks(why)


def _of_blocks(warning: str) -> str:
    """Return a warning of a method that is shared with the trials, in the words of blocks."""
    said = warning.replace(". The seed may not be applied", "")
    return re.sub(r"\b(?:seed|pair)(s?)\b", r"block\1", said)


def _entry(
    frame: pd.DataFrame, pairs: Pairs, values: Mapping[str, Any], asked: Question, interval: verdict.Interval | None
) -> dict[str, Any]:
    why, word = _why_untested(pairs, asked.alpha), verdict.CANNOT_TEST
    if why is None and interval is not None:
        word = verdict.decide(interval, asked.margin, asked.lower_is_better)
    told = {RATIOS[key]: None if values[key] is None else math.exp(values[key]) for key in RATIOS}
    kept = {key: value for key, value in values.items() if key not in RATIOS}
    logs = {"mean_log_ratio": values["mean_difference"], "sd_log_ratio": kept.pop("sd_difference")}
    blocks = frame.loc[frame["condition"].isin([pairs.condition, pairs.control]), "block"].nunique()
    return {
        "condition": pairs.condition,
        "control": pairs.control,
        "alpha": asked.alpha,
        "n_blocks": pairs.n,
        "blocks_left_out": int(blocks) - pairs.n,
        **told,
        **logs,
        **kept,
        "verdict": word,
        "verdict_reason": why,
        "blocks": [
            {"block": int(block), "control": math.exp(b), "condition": math.exp(a), "ratio": math.exp(d)}
            for block, a, b, d in zip(pairs.seeds, pairs.treated, pairs.untreated, pairs.differences, strict=True)
        ],
    }
