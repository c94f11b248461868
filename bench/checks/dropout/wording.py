"""The check told: one document, and the table and sentences that are made from it."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import torch

from bench.checks.dropout.check import FALSE_ALARM, Checked
from bench.checks.dropout.laws import LAWS
from bench.checks.dropout.verdicts import PASSED, Figure
from bench.schema.characters import escaped

PROMISED = 1e-4
"""The false-alarm probability that is told: FALSE_ALARM is below it."""
HEAD = ("law", "outcome", "measured", "expected", "limits", "n", "at")
RIGHT_ALIGNED = ("measured", "expected", "n")


def document(checked: Checked) -> dict[str, Any]:
    """Return everything that was found, as JSON has it: null where a number is not finite."""
    probe = checked.probe
    return {
        "layer": probe.subject.name,
        "form": checked.form,
        "given_as": probe.subject.form,
        "channels": bool(probe.spatial),
        "read_as": checked.kind,
        "rates": list(checked.rates),
        "device": probe.device,
        "seed": probe.seed,
        "false_alarm_bound": PROMISED,
        "false_alarm_spent": FALSE_ALARM,
        "seeded_by_torch": checked.reproducible,
        "broken": checked.broken,
        "laws": [
            {"name": law.key, "outcome": verdict.outcome, "message": escaped(verdict.sentence, but="\n")}
            | {"says": law.about, "figures": [_figure(figure, figure is verdict.worst) for figure in verdict.figures]}
            for law, verdict in zip(LAWS, checked.verdicts, strict=True)
        ],
        "torch": torch.__version__,
    }


def _figure(figure: Figure, worst: bool) -> dict[str, Any]:
    numbers = {"measured": figure.measured, "expected": figure.expected, "low": figure.low, "high": figure.high}
    finite = {key: value if math.isfinite(value) else None for key, value in numbers.items()}
    return finite | {"n": figure.n, "rate": figure.rate, "where": figure.where, "within": figure.holds, "worst": worst}


def render(found: dict[str, Any]) -> str:
    """Return the document for people: a table with each law's worst figure, and what is to be said in sentences."""
    rows = [HEAD, *(_row(law) for law in found["laws"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    table = [
        "  ".join(
            cell.rjust(width) if name in RIGHT_ALIGNED else cell.ljust(width)
            for name, cell, width in zip(HEAD, row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    laws: dict[str, list[str]] = {}
    for law in found["laws"]:
        if law["outcome"] != PASSED:
            laws.setdefault(law["message"], []).append(law["name"])
    said = [f"{', '.join(names)}: {message}" for message, names in laws.items()]
    return "\n".join([_headline(found), "", *table, "", *said, *([""] if said else []), _verdict(found), _terms(found)])


def _headline(found: dict[str, Any]) -> str:
    rates = ", ".join(f"{rate:g}" for rate in found["rates"])
    read = f"read as {found['read_as']}, form {found['form']}"
    return f"{found['layer']} ({found['given_as']}), {read}, at rates {rates} on {found['device']}"


def _row(law: dict[str, Any]) -> tuple[str, ...]:
    worst = next((figure for figure in law["figures"] if figure["worst"]), None)
    if worst is None:
        return (law["name"], law["outcome"], "", "", "", "", "")
    exact = worst["low"] == worst["high"]
    limits = "exactly" if exact else f"{_number(worst['low'])} to {_number(worst['high'])}"
    rate = [] if worst["rate"] is None else [f"p = {worst['rate']:g}"]
    place = ", ".join([*rate, *([worst["where"]] if worst["where"] else [])])
    return (law["name"], law["outcome"], _number(worst["measured"]), _number(worst["expected"]), limits,
            f"{worst['n']:,}", place)  # fmt: skip


def _number(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.6g}"


def _verdict(found: dict[str, Any]) -> str:
    counts = Counter(law["outcome"] for law in found["laws"])
    told = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    broken = f" Broken: {', '.join(found['broken'])}." if found["broken"] else ""
    return f"{len(found['laws'])} laws: {told}.{broken}"


def _terms(found: dict[str, Any]) -> str:
    seeded = (
        "torch.manual_seed fixes the masks" if found["seeded_by_torch"] else "torch.manual_seed does not fix the masks"
    )
    bound = f"A right layer fails any law with probability below {found['false_alarm_bound']:g}"
    return f"{bound}. Seed {found['seed']}; {seeded}."
