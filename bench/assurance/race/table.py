"""The race as a Markdown table, from its record and nothing else. The terminal, race.md and the README show this."""

from __future__ import annotations

from typing import Any

from bench.assurance.race.standings import RAN

HEAD = (
    ("contestant", "---"),
    ("processes x threads x trials each", "---"),
    ("seconds an epoch and trial: median [interval]", "---:"),
    ("times the engine's [95%]", "---:"),
    ("GFLOP/s a core", "---:"),
    ("fraction of the bound", "---:"),
    ("running loss in epoch", "---:"),
    ("versions", "---"),
)


def render(record: dict[str, Any]) -> str:
    """Return the table with the sentence that says how its numbers came about."""
    rows = [tuple(name for name, _ in HEAD), tuple(rule for _, rule in HEAD)]
    rows += [_cells(row, _core_seconds(record)) for row in record["standings"]]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    return f"{table}\n\n{_caption(record)}\n"


def _core_seconds(record: dict[str, Any]) -> float:
    """Return the seconds an epoch and trial that one GFLOP/s a core would take."""
    return record["bound"]["epoch_flop"] / 1e9 / len(record["cores"])


def _cells(row: dict[str, Any], core_seconds: float) -> tuple[str, ...]:
    title = row["title"] if row["status"] == RAN else f"{row['title']}: **{row['status']}**"
    versions = ", ".join(f"{name} {version or 'absent'}" for name, version in row["versions"].items())
    if "seconds" not in row:
        why = (row["error"] or "").strip().splitlines()
        return title, "", "", "", "", "", (why[-1] if why else "").replace("|", "\\|"), versions
    form, seconds, ratio, last = row["form"], row["seconds"], row.get("ratio"), row["checks"][-1]
    loss = "diverged" if last["loss"] is None else f"{last['loss']:.3f}"
    ranked = row["status"] == RAN
    return (
        title,
        f"{form['processes']} x {form['threads']} x {form['trials']}",
        f"{seconds['estimate']:.3f} [{seconds['low']:.3f}, {seconds['high']:.3f}]",
        f"{ratio['estimate']:.2f} [{ratio['low']:.2f}, {ratio['high']:.2f}]" if ratio and ranked else "",
        f"{core_seconds / seconds['estimate']:.0f}",
        f"{row['bound_fraction']:.0%}",
        f"{last['epoch']}: {loss} (band {last['low']:.3f} to {last['high']:.3f})",
        versions,
    )


def _caption(record: dict[str, Any]) -> str:
    timed = [row for row in record["standings"] if "seconds" in row]
    levels = sorted({round(row["seconds"]["level"], 4) for row in timed})
    others = [slot["others"] for slot in record["slots"] if slot["others"] is not None]
    load = f"at most {max(others):.2f} cores' worth of time went elsewhere in a slot" if others else "not watched"
    bounds = sorted(slot["bound_seconds"] for slot in record["slots"])
    bound = f"{bounds[0]:.3f} to {bounds[-1]:.3f} s" if bounds else "not measured"
    if bounds:
        reached = sorted(_core_seconds(record) / seconds for seconds in bounds)
        bound += f" an epoch and trial, {reached[0]:.0f} to {reached[-1]:.0f} GFLOP/s a core"
    peak = record["bound"]["peak_flops"]
    least = f"{peak / 1e9:.0f} GFLOP/s a core" if peak else "not measured, for want of numba"
    cpu = record["environment"]["cpu"]
    kernels = ", ".join(sorted({str(each["kernels"]) for each in cpu["matrix_libraries"]}))
    warning = f" **{cpu['held_back']}**;" if cpu["held_back"] else ""
    return (
        f"{cpu['model']} ({', '.join(cpu['vector_instructions'])}), {len(record['cores'])} cores;"
        f" numpy multiplies with {kernels} kernels;"
        f"{warning} {record['blocks']} interleaved blocks"
        " in shuffled order, each slot one whole training epoch of all the contestant's trials (evaluation, start,"
        f" compilation and warm-up excluded). The median's interval is distribution-free, of level"
        f" {', '.join(f'{level:.1%}' for level in levels)}; ratios are paired by block, with t intervals of log ratios."
        " Bound: the step's matrix products alone, as many weights as eight networks have, each product by the library"
        f" that is fastest at it here ({', '.join(record['bound']['libraries'])}), measured before and after every slot"
        f" ({bound}). Peak, of multiply-adds in registers with both cores busy: {least}. Other load:"
        f" {load}. A loss outside its band means that it is not the same task."
    )
