"""The verdict in words: Markdown made from the JSON document, and from nothing else."""

from __future__ import annotations

from typing import Any

WORDS = {True: "yes", False: "NO", None: "undecided"}
INTERVAL = ("estimate", "low_90", "high_90", "margin_low", "margin_high")


def markdown(document: dict[str, Any]) -> str:
    """Return the document as Markdown."""
    task = f"{document['data']}, {document['epochs']} epochs, {document['trials_an_arm']} trials an arm"
    lines = [
        f"# {document['precision']} on {document['device']}: {document['verdict']}",
        "",
        f"Certified against the plain reference; {task}.",
    ]
    if document["rungs_left_out"]:
        lines += ["", f"Left out, so that the verdict cannot be `equivalent`: {', '.join(document['rungs_left_out'])}."]
    for number, rung in enumerate(document["rungs"], start=1):
        lines += ["", f"## {number}. {rung['rung']}: {rung['verdict']}", "", f"{rung['claim'].capitalize()}.", ""]
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
    return "\n".join([*lines, f"{document['precision']} on {document['device']}: {document['verdict']}"])


def _figures(check: dict[str, Any]) -> str:
    """Return a check's figures: the interval first, where it has one."""
    rest = {key: value for key, value in check.items() if key not in ("name", "holds", *INTERVAL)}
    told = [f"{key.replace('_', ' ')} {_value(value)}" for key, value in rest.items()]
    if "estimate" in check:
        estimate, low, high, least, most = (_value(check[key]) for key in INTERVAL)
        told.insert(0, f"{estimate}, 90% interval [{low}, {high}], margin [{least}, {most}]")
    return "; ".join(told)


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return "(" + ", ".join(f"{key} {_value(each)}" for key, each in value.items()) + ")"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value)
