"""First rounds, and fresh rounds of what those accuse: how any two sides are judged, whatever is measured."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.assurance.gate import verdict
from bench.assurance.gate.errors import GateFault
from bench.assurance.gate.slot_result import Block
from bench.assurance.gate.verdict import CONTAMINATED, GONE, INCONCLUSIVE, MARGIN, NEW, REGRESSED, Estimate, Verdict
from bench.assurance.load import Load

PASSED, STOPPED, UNDECIDED = 0, 4, 5
"""Exit codes: unchanged or improved; regressed or numbers changed; inconclusive or contaminated."""

FIRST, FRESH = "first", "fresh"

Measure = Callable[[str, Sequence[str]], Block]
"""(FIRST or FRESH, names of the benchmarks that are needed, all of them where there is none) -> a block of rounds"""


@dataclass(frozen=True)
class Judged:
    """What came of the rounds. `others` is how many cores' worth of time went to other programs, None where unknown."""

    verdicts: list[Verdict]
    control: Estimate
    others: float | None
    control_again: Estimate | None = None
    """In the fresh rounds."""


def judge_rounds(measure: Measure, control_name: str, margin: float = MARGIN) -> Judged:
    """Measure and judge both sides; `control_name` is the benchmark that takes as long on either side."""
    with Load() as load:
        (first, unpaired), control = estimates(measure(FIRST, []), control_name, margin)
        control_again = None
        verdicts = verdict.judge(first, control)
        if suspects := verdict.accused(verdicts):
            say(f"slower at first: {', '.join(suspects)}; fresh rounds")
            (again, _), control_again = estimates(measure(FRESH, [*suspects, control_name]), control_name, margin)
            verdicts = verdict.confirm(verdicts, again, control_again)
    return Judged([*verdict.with_visible(verdicts), *unpaired], control, load.others, control_again)


def estimates(
    block: Block, control_name: str, margin: float = MARGIN
) -> tuple[tuple[dict[str, Estimate], list[Verdict]], Estimate]:
    """Return the estimate of each benchmark that both sides have, those of one side only, and the control."""
    if control_name not in block.shared:
        raise GateFault(f"the control {control_name} did not run on both sides: {block.why_new(control_name)}")
    found = {name: verdict.estimate(block.head[name], block.base[name], margin) for name in block.shared}
    control = found.pop(control_name)
    new = [Verdict(name, NEW, why=block.why_new(name)) for name in block.head if name not in block.base]
    gone = [Verdict(name, GONE, why="HEAD did not run it") for name in block.base if name not in block.head]
    if not found:
        raise GateFault(f"no benchmark runs on both sides: {'; '.join(each.why for each in [*new, *gone])}")
    return (found, [*new, *gone]), control


def regressed(verdicts: Iterable[Verdict]) -> bool:
    """Return whether some benchmark regressed: the alarm."""
    return any(each.verdict == REGRESSED for each in verdicts)


def exit_code(verdicts: Sequence[Verdict], stopped: bool = False, undecided: bool = False) -> int:
    """Return the exit code: what stops a merge goes before what is undecided, here or for another reason."""
    if stopped or regressed(verdicts):
        return STOPPED
    undecided |= any(each.verdict in (INCONCLUSIVE, CONTAMINATED) for each in verdicts)
    return UNDECIDED if undecided else PASSED


def say(line: str) -> None:
    """Print a line of progress."""
    print(line, file=sys.stderr, flush=True)
