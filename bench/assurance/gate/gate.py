"""One run of the gate: numbers, first rounds, and fresh rounds of what those accuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.assurance.gate import numbers, rounds, slot_result, slots
from bench.assurance.gate.checkouts import BASE, Commits, Trees, benchmark_names, checked_out
from bench.assurance.gate.numbers import Numbers
from bench.assurance.gate.rounds import say
from bench.assurance.gate.slot_result import Block
from bench.assurance.gate.verdict import GONE, Estimate, Verdict

CONTROL = "tests/perf/test_bound.py::test_products[numpy]"


@dataclass(frozen=True)
class Found:
    """What came of a run. `others` is how many cores' worth of time went to other programs, None where unknown."""

    verdicts: list[Verdict]
    control: Estimate
    numbers: Numbers
    others: float | None
    control_again: Estimate | None = None
    """In the fresh rounds."""

    def exit_code(self, numbers_may_change: bool) -> int:
        """Return the exit code: what stops a merge goes before what is undecided."""
        changed = self.numbers.changed and not numbers_may_change
        return rounds.exit_code(self.verdicts, stopped=changed, undecided=bool(self.numbers.refused))


def run(commits: Commits, number: int, folder: Path) -> Found:
    """Compare HEAD with its base in `number` rounds; every slot's record is kept in `folder`."""
    with checked_out(commits) as trees:
        say("numbers: the same trials on both sides")
        compared = numbers.compare_numbers(trees, folder / "numbers")
        judged = rounds.judge_rounds(lambda block, only: measure(trees, number, folder / block, only), CONTROL)
    verdicts = [*judged.verdicts, *gone(commits)]
    return Found(verdicts, judged.control, compared, judged.others, judged.control_again)


def measure(trees: Trees, number: int, folder: Path, only: Sequence[str] = ()) -> Block:
    """Measure a block of `number` rounds."""
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for each in range(number):
        say(f"{folder.name} rounds: {each + 1} of {number}")
        records.append([slot_result.read(slot, trees) for slot in slots.run_round(trees, each, folder, only)])
    return slot_result.timed(slot_result.block(records))


def gone(commits: Commits) -> list[Verdict]:
    """Return the benchmarks that only the base's own files have."""
    names = benchmark_names(commits, BASE) - benchmark_names(commits, "head")
    return [Verdict(name, GONE, why="HEAD has no such benchmark") for name in sorted(names)]
