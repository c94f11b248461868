"""The file of golden numbers, and how what is computed now compares with it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.base.files import write_atomically
from tests.golden.golden import ROOT, Golden, Numbers, place

FILE = Path(__file__).with_name("numbers.json")
COMMAND = "python -m tests.golden"
SHOWN = 3
"""Numbers of a golden that a message has at most, those that moved most."""


@dataclass(frozen=True)
class Entry:
    """What the file has of a golden."""

    versions: dict[str, int]
    numbers: Numbers


def read(file: Path = FILE) -> dict[str, Entry]:
    """Return the entries of the file, by name; none where there is no file."""
    if not file.is_file():
        return {}
    document = json.loads(file.read_text(encoding="utf-8"))
    return {name: Entry(**each) for name, each in document.items()}


def write(entries: Mapping[str, Entry], file: Path = FILE) -> None:
    """Write the entries: those of a kind beside each other, a line for each thing measured."""
    blocks = []
    for name, entry in sorted(entries.items()):
        lines = [f"    {json.dumps(key)}: {json.dumps(values)}" for key, values in entry.numbers.items()]
        numbers = ",\n".join(lines)
        versions = json.dumps(entry.versions, sort_keys=True)
        blocks.append(f'{json.dumps(name)}: {{\n  "versions": {versions},\n  "numbers": {{\n{numbers}\n  }}\n}}')
    write_atomically(file, ("{\n" + ",\n".join(blocks) + "\n}\n").encode())


def moved(golden: Golden, entry: Entry, numbers: Numbers) -> list[str]:
    """Return which numbers are not what they were, each with both and by how much, those that moved most first."""
    found: list[tuple[float, str]] = []
    for key in dict.fromkeys([*entry.numbers, *numbers]):
        before, now = entry.numbers.get(key, []), numbers.get(key, [])
        if len(before) != len(now):
            found.append((math.inf, f"{key}: there were {len(before)} numbers, there are {len(now)}"))
            continue
        for index, (old, new) in enumerate(zip(before, now, strict=True)):
            off = distance(old, new)
            if off > (golden.tolerance if isinstance(old, float) and isinstance(new, float) else 0):
                by = f", off by {off:.2g} of it" if math.isfinite(off) else ""
                found.append((off, f"{key}, {index + 1} of {len(now)}: was {old!r}, is {new!r}{by}"))
    return [line for _, line in sorted(found, key=lambda each: -each[0])]


def distance(old: float | str, new: float | str) -> float:
    """Return the relative distance of two numbers, 0 where they are equal; infinite where one is none."""
    if old == new:
        return 0.0
    if isinstance(old, str) or isinstance(new, str) or not (math.isfinite(old) and math.isfinite(new)):
        return math.inf
    return abs(old - new) / max(abs(old), abs(new))


def raised(golden: Golden, entry: Entry) -> bool:
    """Tell whether some version was raised since the entry was written; raise ValueError where one went back."""
    before, now = entry.versions, golden.versions
    if before.keys() != now.keys():
        raise ValueError(f"{golden.name}: it has versions of {', '.join(now)}, its entry of {', '.join(before)}")
    if back := [thing for thing in now if now[thing] < before[thing]]:
        thing = back[0]
        raise ValueError(
            f"{golden.name}: {place(thing)} went back from {before[thing]} to {now[thing]}; versions are only raised,"
            " since trials of the higher one may exist"
        )
    return before != dict(now)


def advice(golden: Golden) -> str:
    """Return what to do where numbers moved and no version did."""
    places = " or ".join(place(thing) for thing in golden.versions)
    return (
        f"If they are meant to: raise the version of what changed ({places}), then run {COMMAND}. Trials of the old"
        " version then count as stale.\nIf not: mend the code, or finished trials are taken for what they are not."
        "\nWhere tests/golden itself computes something else now, that is another golden: give it another name."
    )


def shown(golden: Golden, lines: list[str]) -> str:
    """Return what moved, as a person reads it."""
    rest = f"\n  and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    listed = "".join(f"\n  {line}" for line in lines[:SHOWN])
    return f"{golden.name}: numbers moved, and no version did{listed}{rest}\n{advice(golden)}"


def named(path: Path) -> str:
    """Return a path as the project names it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
