"""Where the numbers come from: settings, data, plan of analysis, machines, and the command that makes them again."""

from __future__ import annotations

import hashlib
import shlex
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from analysis.report.document import Code, Column, Grid, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.number_format import NOTHING
from analysis.wording.phrases import count, listed, ranges
from analysis.wording.units import plain
from bench.schema import arithmetic
from bench.schema.local_copy import copy_of, shown
from bench.schema.paths import STUDY_FILE


def section(material: Material) -> Section:
    """Return everything that is needed to make the report again, and to know what it was made with."""
    blocks = [
        *how_again(material, material.source, material.command),
        *_settings(material),
        *(_no_plan(material) if material.plan is None else _plan(material, material.plan)),
        *_hashes(material),
        *_arithmetic(material),
        *_throughput(material),
        *_environments(material),
    ]
    return Section("Provenance", tuple(blocks))


def how_again(material: Material, source: Path, command: str) -> list[Paragraph | Code]:
    """Return what makes the report again: of a results folder what trains what is missing, then the report.

    Parameters
    ----------
    material : Material
    source : Path
        The results folder.
    command : str
        What makes the report of a table; empty for a results folder.
    """
    if material.plan is None:
        return [Paragraph("This command makes this report again:"), Code(command)]
    place = relative(source)
    run = into(str(material.plan.get("command") or "python -m bench run STUDY"), place, source / STUDY_FILE)
    return [
        Paragraph("These commands train what is missing and make this report again:"),
        Code(f"{run}\n{shlex.join(['python', '-m', 'analysis', 'report', place])}"),
    ]


def into(run: str, place: str, kept: Path) -> str:
    """Return a command that trains, with its results where they are now: they may have been moved since.

    A study file that is not to be found from here gives way to the `kept` one of the results; but where it names
    training code, whose files lie beside it.
    """
    try:
        words = shlex.split(run)
    except ValueError:  # a plan that was written by hand
        return run
    if "--out" in words:
        at = words.index("--out")
        del words[at : at + 2]
    gone = [i for i, word in enumerate(words) if word.endswith(".toml") and not Path(word).is_file()]
    if gone and kept.is_file() and "experiment" not in tomllib.loads(kept.read_text(encoding="utf-8")):
        words[gone[0]] = f"{place}/{kept.name}"
    return shlex.join([*words, "--out", place])


def relative(folder: Path) -> str:
    """Return the folder as seen from here; its name alone where it lies elsewhere, and its URL where it has one."""
    if copy_of(folder) is not None:
        return shown(folder)
    whole = folder.resolve()
    here = Path.cwd()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else whole.name


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every leaf of nested data under its path; lists of plain values are one leaf."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(each, Mapping | list) for each in value):
        for index, inner in enumerate(value, start=1):
            yield from leaves(inner, f"{path} {index}")
    else:
        yield path, _told(value)


def _told(value: Any) -> str:
    if value is None or value in ([], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, list):
        return str(value)
    ascending = all(type(each) is int for each in value) and value == sorted(set(value))
    return ranges(value, most=None) if ascending else ", ".join(map(str, value))


def _settings(material: Material) -> list[Grid]:
    if not material.settings:
        return []
    told = {key: value for key, value in material.settings.items() if key not in ("analysis", "conditions")}
    rows = (*leaves(told), *(_condition(each) for each in material.settings.get("conditions", [])))
    return [
        Grid(
            "settings",
            "Settings of the study, resolved.",
            (Column("setting", numeric=False), Column("value", numeric=False)),
            rows,
            tuple({"setting": key, "value": value} for key, value in rows),
        )
    ]


def _condition(settings: Mapping[str, Any]) -> tuple[str, str]:
    """Return a condition of the study and what it sets, as one row."""
    told = (f"{key} {value}" for key, value in leaves({key: settings[key] for key in settings if key != "label"}))
    return f"condition {settings.get('label', 'without a label')}", "; ".join(told)


def _no_plan(material: Material) -> list[Paragraph]:
    """Return what a table without a plan leaves open, and the digest of its file."""
    told = (
        "The table has no plan of analysis: metric, control and margin are those of the command, and whether they were "
        f"fixed before the data is not known here. Version {material.analysis.protocol} of the statistical protocol."
    )
    if not material.source.is_file():
        return [Paragraph(told)]
    digest = hashlib.sha256(material.source.read_bytes()).hexdigest()
    return [Paragraph(f"{told} SHA-256 of the file {material.source.name}: {digest}.")]


def _plan(material: Material, plan: Mapping[str, Any]) -> list[Paragraph | Grid]:
    """Return the plan of analysis and whether it was changed after the first trial."""
    late = [each for each in material.plan_changes[1:] if each.get("trials_done")]
    said = (
        f"The analysis was fixed before the data; hash of the plan: {plan.get('analysis_hash', 'unknown')}."
        if material.plan_changes and not late and not material.plan_changes[0].get("trials_done")
        else f"Hash of the plan of analysis: {plan.get('analysis_hash', 'unknown')}."
    )
    said += f" It follows version {material.analysis.protocol} of the statistical protocol."
    if late:
        said += (
            f" The plan was changed {count(len(late), 'time')} after trials were done: what it finds is not fixed "
            "before the data."
        )
    rows = tuple(
        (
            str(each.get("time", "unknown")),
            str(each.get("analysis_hash", "unknown")),
            str(each.get("trials_done", "unknown")),
            _changed(each, before),
        )
        for each, before in zip(material.plan_changes, [{}, *material.plan_changes], strict=False)
    )
    if not rows:
        return [Paragraph(said + " The folder has no record of when the plan was made or changed.")]
    columns = (Column("time", "UTC", numeric=False), Column("hash", numeric=False), Column("trials done by then"))
    return [
        Paragraph(said),
        Grid(
            "plan-changes",
            "The plan of analysis, and what each later plan changed.",
            (*columns, Column("plan", numeric=False)),
            rows,
        ),
    ]


def _changed(change: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """Return the keys of a plan that are not as in the plan before it."""
    old, now = (
        dict(leaf for key, value in (each.get("analysis") or {}).items() if value for leaf in leaves(value, key))
        for each in (before, change)
    )
    told = [f"{key} {value}" for key, value in now.items() if old.get(key) != value]
    return "; ".join([*told, *(f"{key} left out" for key in old if key not in now)]) or "nothing"


def _hashes(material: Material) -> list[Grid]:
    names = ("data_hash", "code_hash", "engine", "device", "precision", "environment_id")
    rows = []
    for pool in material.pools:
        for name in names:
            values = [str(value) for value in pool.distinct(name)]
            if values:
                rows.append((*([pool.name] if pool.name else []), name.replace("_", " "), listed(values)))
    if not rows:
        return []
    start = (Column("pool", numeric=False),) if len(material.pools) > 1 else ()
    of = "" if material.plan is None else f" Hash of the study: {material.plan.get('study_hash', 'unknown')}."
    return [
        Grid(
            "identity",
            f"What the trials are made of.{of}",
            (*start, Column("what", numeric=False), Column("value", numeric=False)),
            tuple(rows),
        )
    ]


def _arithmetic(material: Material) -> list[Paragraph]:
    """Return what the trials were computed with, and by how many kinds of sources."""
    made_with = {name: arithmetic(content) for name, content in material.environments.items()}
    counted: Counter[str] = Counter()
    sources: set[str] = set()
    for pool in material.pools:
        frame = pool.table.frame
        if "environment_id" in frame.columns:
            counted.update(str(made_with.get(each, "an unknown environment")) for each in frame["environment_id"])
        sources.update(pool.distinct("code_hash"))
    told = [f"{count(number, 'trial')} with {name}" for name, number in counted.items()]
    said = [f"Computed: {'; '.join(told)}."] if told else []
    if len(told) > 1:
        said.append("Rounding differs between these, so the same trial ends elsewhere.")
    if len(sources) > 1:
        said.append(f"The trials were made by {len(sources)} different sources of the same versions.")
    return [Paragraph(" ".join(said))] if said else []


def _throughput(material: Material) -> list[Grid]:
    if not any(len(pool.numbers(name)) for pool in material.pools for name in ("train_seconds", "throughput")):
        return []
    example = material.pools[0].table.example
    columns = (
        Column("pool", numeric=False), Column("trials"), Column("time per trial, median", "s"),
        Column("throughput, median", f"{example}s/s"), Column("workers", numeric=False), Column("stack", numeric=False),
        Column("machine otherwise idle", numeric=False),
    )  # fmt: skip
    time = (
        "what its code took, evaluation included"
        if material.pools[0].table.of_own_code
        else "its share of the stack that it was trained in, evaluation left out"
    )
    return [
        Grid(
            "throughput",
            f"Training time. A trial's time is {time}; several workers run side by side. Where the machine was not "
            "idle these are no measure of speed.",
            columns,
            tuple(_speed(pool) for pool in material.pools),
        )
    ]


def _speed(pool: Pool) -> tuple[str, ...]:
    idle = pool.numbers("exclusive")
    seconds, throughput = (_median(pool.numbers(name)) for name in ("train_seconds", "throughput"))
    workers, stacks = ([str(int(value)) for value in pool.distinct(name)] for name in ("workers", "stack_size"))
    return (
        pool.name or pool.table.pool.get("device", "all"),
        str(len(pool.table.frame)),
        plain(seconds, 2),
        "–" if throughput is None else f"{throughput:,.0f}",
        ", ".join(workers) or "unknown",
        ", ".join(stacks) or "unknown",
        f"{int(np.nansum(idle))} of {len(idle)}" if len(idle) else "unknown",
    )


def _median(values: np.ndarray) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else None


def _environments(material: Material) -> list[Grid]:
    """Return what the environments share, and where they differ."""
    told = {name: dict(leaves(content)) for name, content in material.environments.items()}
    keys = list(dict.fromkeys(key for each in told.values() for key in each))
    rows = {key: [each.get(key, NOTHING) for each in told.values()] for key in keys}
    shared = tuple((key, row[0]) for key, row in rows.items() if len(set(row)) == 1)
    apart = tuple((key, *row) for key, row in rows.items() if len(set(row)) > 1)
    what = Column("what", numeric=False)
    called = f"Environment {next(iter(told), '')}." if len(told) == 1 else "What all environments share."
    grids = [Grid("environment", called, (what, Column("value", numeric=False)), shared)] if shared else []
    if apart:
        names = (Column(name, numeric=False) for name in told)
        grids.append(Grid("environments", "Where the environments differ.", (what, *names), apart))
    return grids
