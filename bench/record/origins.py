"""Where finished trials came from, where that is not here: other sources, other matrix kernels or libraries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from bench.base.libraries import matrix_libraries, versions
from bench.record.code_hash import sources_hash
from bench.record.trials import OWN
from bench.schema import Arithmetic, arithmetic

if TYPE_CHECKING:
    from bench.record.rows import Row

TELLS_ORIGIN = ("engine", "device", "code_hash", "environment_id")
"""Columns of a row that say where it came from."""


def present() -> Arithmetic:
    """Return what this process computes with on the CPU."""
    return arithmetic({"libraries": versions(), "cpu": {"matrix_libraries": matrix_libraries()}})


def notes(rows: Iterable[Row], made_with: Mapping[str, Arithmetic]) -> list[str]:
    """Return a sentence for each way in which finished trials were made elsewhere.

    Parameters
    ----------
    rows : iterable of Row
        Finished trials, with the columns `TELLS_ORIGIN`.
    made_with : mapping
        Id of an environment -> what it computed with.
    """
    finished = [row for row in rows if row.get("engine") != OWN]
    here = present()  # by numpy: what else multiplies is for a run to choose, which keeps to the choice of the folder
    others = sum(row["code_hash"] != sources_hash() for row in finished)
    found = [f"{_trials(others)} made by other sources of the same versions"] if others else []
    on_cpu = Counter(made_with.get(row["environment_id"]) for row in finished if row["device"] == "cpu")
    like_here = [made for made in on_cpu if made is not None and made.by_numpy == here]
    for made, number in on_cpu.items():
        if made is not None and made != here and (made not in like_here or len(like_here) > 1):
            found.append(f"{_trials(number)} made with {made}; with those here, {here}, a trial's last bits differ")
    if unknown := on_cpu[None]:
        found.append(f"{_trials(unknown)} made in an environment of which the folder says nothing")
    return found


def _trials(number: int) -> str:
    return f"{number:,} finished trial{' was' if number == 1 else 's were'}"
