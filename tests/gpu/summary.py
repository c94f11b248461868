"""The Markdown page of a run, from its JSON and nothing else: ``python -m tests.gpu.summary gpu.json gpu.md``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.gpu.note import key, read

Found = dict[str, Any]
SPEEDS = ("training", "rivals", "study")
"""Sections that a rehearsal has none of: its seconds are an interpreter's."""
REHEARSAL = (
    "**A rehearsal on the CPU, at tiny sizes: it shows that the steps run. No figure on this page is a figure of a GPU,"
    " and none says how fast anything is: steps that time something are listed, and what they timed is not.**"
)


def render(document: dict[str, Any]) -> str:
    """Return the page."""
    rehearsal, steps = document["rehearsal"], document["steps"]
    lines = ["# A rehearsal without a GPU" if rehearsal else "# What the GPU gave", ""]
    lines += [REHEARSAL, ""] if rehearsal else []
    outcome = [(name, step["status"], _number(step.get("seconds"), 0), step["why"]) for name, step in steps.items()]
    lines += [f"Begun at {document['started_at']}.", "", *_table(("step", "status", "seconds", "why"), outcome), ""]
    for name, section in SECTIONS.items():
        if rehearsal and name in SPEEDS:
            continue
        if found := steps.get(name, {}).get(key(rehearsal)):
            lines += [*section(found), ""]
    return "\n".join(lines)


def versions(found: Found) -> list[str]:
    """Return what everything was measured with."""
    card = found.get("card") or {}
    packages = [f"{name} {version}" for name, version in found.get("packages", {}).items() if version]
    missing = ", ".join(found.get("missing", [])) or "none"
    lines = ["## Machine", "", f"- Python {found['python']}; {', '.join(packages)}", f"- missing packages: {missing}"]
    lines += [f"- {name}: {value}" for name, value in card.items()]
    commit = found.get("sources") or {"commit": "unknown"}
    lines.append(f"- sources: {commit['commit']}{', changed' if commit.get('dirty') else ''}")
    return [
        *lines,
        f"- data: {found['data']['note']}",
        f"- engine of a CUDA trial: {', '.join(found.get('engine', []))}",
    ]


def kernels(found: Found) -> list[str]:
    """Return a row for each kernel."""
    rows = []
    for each in found.get("kernels", []):
        constants = each.get("constants", {})
        where = " ".join(
            f"{name}={value}" for name, value in constants.items() if name in ("LAYER", "TRAINING", "PRECISION")
        )
        sass = each["sass"] or {}
        matrix = ", ".join(f"{sass[word]} {word}" for word in ("HGMMA", "HMMA") if sass.get(word)) or "none"
        wgmma = "yes" if each["wgmma"] else "no"
        rows.append((each["kernel"], where, each["registers"], each["spills"], each["shared_bytes"], wgmma, matrix))
    rows.sort(key=lambda row: (row[1].rpartition("=")[2], row[0], row[1]))
    head = ("kernel", "of", "registers", "spills", "shared bytes", "wgmma", "matrix instructions")
    return ["## Kernels", "", *_table(head, rows)]


def bits(found: Found) -> list[str]:
    """Return how many numbers were compared, and where some differ."""
    rows = found.get("compared", [])
    wrong = [(row["what"], row["numbers"], row["differing"]) for row in rows if row["differing"]]
    total = sum(row["numbers"] for row in rows)
    lines = [
        "## Bits",
        "",
        f"{total:,} numbers in {len(rows)} draws: orders, weights, masks; {len(wrong)} draws differ.",
    ]
    return [*lines, "", *_table(("draw", "numbers", "differing"), wrong)] if wrong else lines


def agreement(found: Found) -> list[str]:
    """Return how far the engines are apart, and whether the stack changes a bit."""
    rows = [
        ("-".join(map(str, row["sizes"])), row["precision"], row["weights"], row["tolerance"], row["agree"])
        for row in found.get("agreement", [])
    ]
    head = ("sizes", "precision", "difference of weight changes", "tolerance", "agree")
    lines = ["## Agreement of the engines", "", *_table(head, sorted(rows, key=str)), ""]
    for row in found.get("alone", []):
        lines.append(
            f"- {row['precision']}: {row['differing']:,} of {row['numbers']:,} numbers differ between a network alone"
            f" and the same one among {row['stack']}"
        )
    return lines + [f"- error: {row['what']}: {row['message']}" for row in found.get("errors", [])]


def suite(found: Found) -> list[str]:
    """Return the tests' outcome."""
    if "passed" not in found:
        return ["## Tests", "", "No report was written."]
    line = f"{found['passed']} passed, {found['failed']} failed, {found['skipped']} skipped."
    return ["## Tests", "", line, *[f"- {each['test']}: {each['message']}" for each in found["failures"]]]


def training(found: Found) -> list[str]:
    """Return a row for each stack."""
    copy = found.get("copy", {}).get("bytes_per_second")
    rows = [
        (
            row["engine"],
            row["precision"],
            row["stack"],
            _number(row.get("step_seconds"), 1, 1e6),
            _number(row.get("bmm_step_seconds"), 1, 1e6),
            _number(row.get("bmm_over_step"), 2),
            _number(row.get("copy_over_step"), 2),
            _number(row.get("flop_per_second"), 1, 1e-12),
            _number(row.get("trials_per_second"), 1),
            _number(row.get("trials_per_second_evaluated"), 1),
        )
        for row in found.get("rows", [])
    ]
    head = (
        "engine", "precision", "K", "step, us", "its products by bmm, us", "bmm / step", "copy / step", "TFLOP/s",
        "ten-epoch trials a second, training", "with evaluation each epoch",
    )  # fmt: skip
    left = [f"- left out for want of time: {row}" for row in found.get("left_out", [])]
    line = f"A copy moves {_number(copy, 3, 1e-12)} TB/s, bytes read and written together."
    return ["## Training alone", "", line, "", *_table(head, rows), *left]


def rivals(found: Found) -> list[str]:
    """Return the standings of the race."""
    rows = [
        (
            row["title"],
            row["precision"],
            _number(row["trials_per_second"], 1),
            _interval(row.get("times_ours")),
            "yes" if row["same_task"] else "no",
        )
        for row in found.get("standings", [])
    ]
    head = ("racer", "precision", "ten-epoch trials a second", "times this engine's seconds [95%]", "same task")
    notes = [f"- {row['racer']} in {row['precision']}: {row['why']}" for row in found.get("absent", [])]
    notes += [
        f"- {row['racer']} in {row['precision']} was lost: {row['message'][-300:]}" for row in found.get("lost", [])
    ]
    notes += [f"- left out for want of time: {row['precision']}" for row in found.get("left_out", [])]
    return ["## Beside JAX and torch.func.vmap", "", *_table(head, rows), *notes]


def study(found: Found) -> list[str]:
    """Return the trials a second of the study."""
    if "trials" not in found:
        return ["## A study end to end", "", "It did not end."]
    whole, inner = (_number(found[each], 1) for each in ("trials_per_second", "trials_per_second_training_and_writing"))
    return [
        "## A study end to end",
        "",
        f"{found['trials']:,} trials of {found['study']['data']['name']} in {_number(found['command_seconds'], 1)} s:"
        f" {whole} trials a second, start and self-test included; {inner} from the start of the first stack to the last"
        f" file written. Engines {', '.join(found['engines'])}; {found['statuses']}.",
    ]


SECTIONS: dict[str, Callable[[Found], list[str]]] = {
    each.__name__: each for each in (versions, kernels, bits, agreement, suite, training, rivals, study)
}


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _number(value: float | None, digits: int, scale: float = 1.0) -> str:
    return "" if value is None else f"{value * scale:,.{digits}f}"


def _interval(value: dict[str, float] | None) -> str:
    return "" if value is None else f"{value['estimate']:.2f} [{value['low']:.2f}, {value['high']:.2f}]"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(render(read(Path(sys.argv[1]))), encoding="utf-8")
