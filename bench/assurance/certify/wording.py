"""The verdict in words: Markdown made from the JSON document, and from nothing else."""

from __future__ import annotations

import math
from typing import Any

WORDS = {True: "yes", False: "NO", None: "undecided"}
INTERVAL = ("estimate", "inner_level", "low", "high", "margin_low", "margin_high")


def markdown(document: dict[str, Any]) -> str:
    """Return the document as Markdown."""
    lines = [f"# {sentence(document)}", "", f"Margins: {document['margins']}."]
    if document["rungs_left_out"]:
        lines += ["", f"Left out, so that the verdict cannot be `equivalent`: {', '.join(document['rungs_left_out'])}."]
    for number, rung in enumerate(document["rungs"], start=1):
        lines += ["", f"## {number}. {rung['rung']}: {rung['verdict']}", "", f"{rung['claim'].capitalize()}.", ""]
        if "look" in rung:
            lines += [f"Look {rung['look']} at these trials, judged at alpha = {rung['alpha']:g}.", ""]
        lines += ["| check | holds | figures |", "|---|---|---|"]
        lines += [f"| {check['name']} | {WORDS[check['holds']]} | {_figures(check)} |" for check in rung["checks"]]
    return "\n".join(lines) + "\n"


def summary(document: dict[str, Any]) -> str:
    """Return a line for each rung, one for each check that does not hold, and the verdict last."""
    lines = []
    for rung in document["rungs"]:
        held = sum(check["holds"] is True for check in rung["checks"])
        lines.append(f"{rung['rung']:<14}{rung['verdict']} ({held} of {len(rung['checks'])} checks hold)")
        lines += [
            f"  {WORDS[check['holds']]:<11}{check['name']}: {_figures(check)}"
            for check in rung["checks"]
            if check["holds"] is not True or "estimate" in check
        ]
    return "\n".join([*lines, sentence(document), f"margins: {document['margins']}"])


def sentence(document: dict[str, Any]) -> str:
    """Return the verdict with what it is about: precision, device, task and number of trials."""
    task = f"{document['data']}, {document['epochs']} epochs, {document['trials_an_arm']} trials an arm"
    return (
        f"{document['precision']} on {document['device']} against the plain reference ({task}): {document['verdict']}"
    )


def _figures(check: dict[str, Any]) -> str:
    """Return a check's figures: the interval first, where it has one."""
    rest = {key: value for key, value in check.items() if key not in ("name", "holds", *INTERVAL)}
    told = [f"{key.replace('_', ' ')} {_value(value)}" for key, value in rest.items()]
    if "estimate" in check:
        estimate, _, low, high, least, most = (_value(check[key]) for key in INTERVAL)
        level = f"{check['inner_level']:.4g}"
        told.insert(0, f"{estimate}, interval of level {level} [{low}, {high}], margin [{least}, {most}]")
    return "; ".join(told)


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return "(" + ", ".join(f"{key} {_value(each)}" for key, each in value.items()) + ")"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value)


def finite(value: Any) -> Any:
    """Return `value` with null for every number that is not finite: JSON has no other."""
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
