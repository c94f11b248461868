"""Numbers are those of their versions: who changes some and raises no version is stopped here, by name."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.golden.everything import GOLDENS
from tests.golden.golden import Golden
from tests.golden.recorded import COMMAND, FILE, Entry, moved, named, raised, read, shown

ENTRIES = read()


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: golden.name)
def test_golden(golden: Golden) -> None:
    if fault := fault_of(golden, ENTRIES.get(golden.name)):
        pytest.fail(fault, pytrace=False)


def fault_of(golden: Golden, entry: Entry | None) -> str:
    """Return what is wrong with the entry of a golden, and what to do; empty where nothing is."""
    if entry and raised(golden, entry):
        return f"{golden.name}: its version was raised, and {named(FILE)} has the numbers before: run {COMMAND}"
    if lacking := golden.absent():
        pytest.skip(lacking)
    if not entry:
        return f"{golden.name}: {named(FILE)} has no numbers of it: run {COMMAND}"
    lines = moved(golden, entry, golden.compute())
    return shown(golden, lines) if lines else ""


def test_every_entry_is_of_a_golden() -> None:
    gone = sorted(ENTRIES.keys() - {golden.name for golden in GOLDENS})
    assert not gone, f"{named(FILE)} has numbers of what is no more: run {COMMAND}"


def test_every_golden_has_a_name_of_its_own() -> None:
    assert not [name for name, times in Counter(golden.name for golden in GOLDENS).items() if times > 1]
