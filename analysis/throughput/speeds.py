"""What was measured of speed: the one record that words, table and figure are made from."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import TableError, nearest
from analysis.tables.plan import Plan
from analysis.tables.question import Question
from analysis.throughput.ratios import ratios
from analysis.throughput.result import ConditionSpeed, LeftOut, Speed
from analysis.throughput.slots import Measurement, latest
from bench.schema import SCHEMA_VERSION

DEFAULT_MARGIN = 0.02
"""Speeds within this factor of each other, 2% up or down, count as equal: less than other load on a quiet machine."""


def speeds(
    folder: Path, plan: Plan | None, *, control: str, alpha: float, margin: float = DEFAULT_MARGIN
) -> list[Speed]:
    """Return one record per device and precision measured, each condition against `control`; none where nothing was.

    Parameters
    ----------
    folder : Path
        A results folder.
    plan : Plan or None
        The present study's: a condition that it has no more, or has with other settings, is left out and listed.
    control : str
    alpha : float
    margin : float
        Speeds count as equal where the ratio of times is between ``1 / (1 + margin)`` and ``1 + margin``.

    Raises
    ------
    TableError
        A file that is no measurement, a control that was not measured, an alpha or margin out of range.
    """
    faults = Question("seconds_per_step", control, alpha, margin, direction="lower").faults()
    if faults:
        raise TableError(folder, faults)
    return [_speed(folder, each, plan, (control, alpha, margin)) for each in latest(folder)]


def _speed(folder: Path, measurement: Measurement, plan: Plan | None, asked: tuple[str, float, float]) -> Speed:
    control, alpha, margin = asked
    frame, stale = _of_plan(measurement.frame, plan)
    present = set(frame["condition"])
    if control not in present:
        fault = f"{measurement.name} has no condition {control!r} to be the control{nearest(control, sorted(present))}"
        raise TableError(folder, [fault])
    ordered = [each.label for each in plan.conditions] if plan else list(dict.fromkeys(frame["condition"]))
    labels = [label for label in ordered if label in present]
    question = Question("seconds_per_step", control, alpha, math.log1p(margin), direction="lower")
    entries, warnings = ratios(frame, [label for label in labels if label != control], question)
    unmeasured = [label for label in ordered if label not in present]
    warnings += [f"{label}: not measured" for label in unmeasured if label not in stale]
    first = frame.iloc[0]
    return Speed(
        metric="seconds_per_step",
        device=measurement.device,
        precision=measurement.precision,
        study=str(first["study"]),
        control=control,
        alpha=alpha,
        margin=margin,
        file=measurement.name,
        earlier_measurements=measurement.earlier,
        started_at=frame["started_at"].min().isoformat(),
        environment_id=str(first["environment_id"]),
        schema_version=SCHEMA_VERSION,
        workers=int(first["workers"]),
        stack_size=int(first["stack_size"]),
        steps=int(first["steps"]),
        batch_size=int(first["batch_size"]),
        order_seed=int(first["order_seed"]),
        load_limit=float(first["load_limit"]),
        bound_tolerance=float(first["bound_tolerance"]),
        n_blocks=len(frame["block"].unique()),
        n_slots=len(frame),
        n_exclusive=int(frame["exclusive"].to_numpy(bool).sum()),
        left_out=(*_left_out(frame), *stale.values()),
        warnings=tuple(warnings),
        comparisons=tuple(entries),
        conditions=tuple(_alone(frame, label) for label in labels),
    )


def _of_plan(frame: pd.DataFrame, plan: Plan | None) -> tuple[pd.DataFrame, dict[str, LeftOut]]:
    """Return the slots of conditions that the plan still has, and what is left out by label."""
    if plan is None:
        return frame, {}
    known = {str(each["label"]): each.get("condition_id") for each in plan.raw["conditions"]}
    kept = np.array(
        [
            label in known and known[label] in (None, identity)
            for label, identity in zip(frame["condition"], frame["condition_id"], strict=True)
        ],
        bool,
    )
    reason = "stale: the present study has no condition of this name and these settings"
    out = {
        str(label): LeftOut(condition=str(label), reason=reason, slots=len(rows))
        for label, rows in frame[~kept].groupby("condition", sort=False)
    }
    return frame.loc[kept], out


def _left_out(frame: pd.DataFrame) -> list[LeftOut]:
    """Return every slot that was not alone on the machine, and why."""
    return [
        LeftOut(condition=str(row["condition"]), block=int(row["block"]), reason=str(row["reason"]), slots=1)
        for row in frame.loc[~frame["exclusive"]].to_dict("records")
    ]


def _alone(frame: pd.DataFrame, label: str) -> ConditionSpeed:
    """Return what one condition does by itself, over its exclusive slots."""
    rows = frame.loc[(frame["condition"] == label) & frame["exclusive"]]
    return ConditionSpeed(
        condition=label,
        n=len(rows),
        seconds_per_step=_geometric_mean(rows["seconds_per_step"]),
        throughput=_geometric_mean(rows["throughput"]),
        fraction_of_bound=_geometric_mean(rows["fraction_of_bound"]),
    )


def _geometric_mean(column: pd.Series) -> float | None:
    values = column.to_numpy(float)
    return float(np.exp(np.log(values).mean())) if len(values) else None
