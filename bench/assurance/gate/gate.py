"""One run of the gate: numbers, first rounds, and fresh rounds of what those accuse."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.assurance.gate import numbers, slot_result, slots, verdict
from bench.assurance.gate.checkouts import BASE, Commits, Trees, benchmark_names, checked_out
from bench.assurance.gate.errors import GateFault
from bench.assurance.gate.numbers import Numbers
from bench.assurance.gate.slot_result import Block
from bench.assurance.gate.verdict import CONTAMINATED, GONE, INCONCLUSIVE, NEW, REGRESSED, Estimate, Verdict
from bench.assurance.load import Load

CONTROL = "tests/perf/test_bound.py::test_products[numpy]"

PASSED, STOPPED, UNDECIDED = 0, 4, 5
"""Exit codes: unchanged or improved; regressed or numbers changed; inconclusive or contaminated."""


@dataclass(frozen=True)
class Found:
    """What came of a run. `others` is how many cores' worth of time went to other programs, None where unknown."""

    verdicts: list[Verdict]
    control: Estimate
    numbers: Numbers
    others: float | None
    control_again: Estimate | None = None
    """In the fresh rounds."""

    @property
    def regressed(self) -> bool:
        """Whether some benchmark regressed: the alarm of the gate's speed part."""
        return any(each.verdict == REGRESSED for each in self.verdicts)

    def exit_code(self, numbers_may_change: bool) -> int:
        """Return the exit code: what stops a merge goes before what is undecided."""
        if self.regressed or (self.numbers.changed and not numbers_may_change):
            return STOPPED
        undecided = any(each.verdict in (INCONCLUSIVE, CONTAMINATED) for each in self.verdicts)
        return UNDECIDED if undecided or self.numbers.refused else PASSED


def run(commits: Commits, rounds: int, folder: Path) -> Found:
    """Compare HEAD with its base; every slot's record is kept in `folder`."""
    with checked_out(commits) as trees:
        _say("numbers: the same trials on both sides")
        compared = numbers.compare_numbers(trees, folder / "numbers")
        with Load() as load:
            first, control = estimates(measure(trees, rounds, folder / "first"))
            control_again = None
            verdicts = verdict.judge(first[0], control)
            if suspects := verdict.accused(verdicts):
                _say(f"slower at first: {', '.join(suspects)}; fresh rounds")
                again, control_again = estimates(measure(trees, rounds, folder / "fresh", [*suspects, CONTROL]))
                verdicts = verdict.confirm(verdicts, again[0], control_again)
    judged = [*verdict.with_visible(verdicts), *first[1], *gone(commits)]
    return Found(judged, control, compared, load.others, control_again)


def measure(trees: Trees, rounds: int, folder: Path, only: Sequence[str] = ()) -> Block:
    """Measure a block of rounds."""
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for number in range(rounds):
        _say(f"{folder.name} rounds: {number + 1} of {rounds}")
        records.append([slot_result.read(slot, trees) for slot in slots.run_round(trees, number, folder, only)])
    return slot_result.block(records)


def estimates(block: Block) -> tuple[tuple[dict[str, Estimate], list[Verdict]], Estimate]:
    """Return the estimate of each benchmark that both sides have, the verdicts of new ones, and the control."""
    if CONTROL not in block.shared:
        raise GateFault(f"the control {CONTROL} did not run on both sides: {block.why_new(CONTROL)}")
    found = {name: verdict.estimate(block.head[name], block.base[name]) for name in block.shared}
    control = found.pop(CONTROL)
    new = [Verdict(name, NEW, why=block.why_new(name)) for name in block.head if name not in block.base]
    if not found:
        raise GateFault(f"no benchmark runs on both sides: {'; '.join(each.why for each in new)}")
    return (found, new), control


def gone(commits: Commits) -> list[Verdict]:
    """Return the benchmarks that only the base's own files have."""
    names = benchmark_names(commits, BASE) - benchmark_names(commits, "head")
    return [Verdict(name, GONE, why="HEAD has no such benchmark") for name in sorted(names)]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
