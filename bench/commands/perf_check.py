"""``python -m bench perf-check --base REF``: is HEAD slower than its merge base with REF, and are its numbers the same?

Exit codes: 0 unchanged or improved, 4 regressed or numbers changed, 5 inconclusive or contaminated, 3 fault, 2 usage.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.base.files import write_atomically
from bench.commands import options as common

if TYPE_CHECKING:
    from bench.assurance.gate import gate
    from bench.assurance.gate.checkouts import Commits


NAME = "perf-check"
FEWEST_ROUNDS, ROUNDS = 8, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--base", metavar="REF", required=True, help="HEAD is compared with its merge base with REF")
    parser.add_argument("--rounds", metavar="N", type=rounds, default=ROUNDS, help="default: %(default)s")
    parser.add_argument("--out", metavar="DIR", type=common.folder, help="the records (default: results/perf/<...>)")
    parser.add_argument(
        "--allow-numbers", action="store_true", help="changed numbers are meant: say so, and let speed alone decide"
    )


def rounds(text: str) -> int:
    """Return a number of rounds."""
    number = common.count(text)
    if number < FEWEST_ROUNDS:
        raise argparse.ArgumentTypeError(f"{number} was given; at least {FEWEST_ROUNDS} rounds are needed to judge")
    return number


def execute(options: argparse.Namespace) -> int:
    """Compare the speed and the numbers of HEAD with those of the commit it branched from."""
    from bench.assurance.gate import checkouts, gate, history
    from bench.assurance.gate.errors import GateError, GateFault
    from bench.assurance.gate.slots import places

    if importlib.util.find_spec("pytest_benchmark") is None:
        raise GateError("pytest-benchmark is not installed; the gate measures with it: pip install -e '.[dev]'")
    commits = checkouts.find_commits(Path(), options.base)
    started = datetime.now(UTC)
    if changed := checkouts.uncommitted(commits.repository, "results"):
        print(f"note: uncommitted changes are NOT measured, HEAD is: {changed}", file=sys.stderr)
    name = f"{started:%Y%m%dT%H%M%S}-{commits.base[:8]}-{commits.head[:8]}"
    folder = (options.out or commits.repository / "results/perf" / name).resolve()
    if folder.is_dir() and any(folder.iterdir()):
        raise GateError(f"--out {folder}: there are files in it; records are not mixed")
    record = commits.repository / history.FILE
    runs = history.read(record) if commits.same else []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GateError(f"--out {folder}: cannot be written: {error.strerror or error}") from error
    kind = "one commit on both sides: an A/A run" if commits.same else f"HEAD {commits.head[:12]}"
    print(f"{kind}, base {commits.base[:12]}, {options.rounds} rounds on processors {', '.join(places())}")
    try:
        found = gate.run(commits, options.rounds, folder)
    except GateFault as fault:
        print(f"fault: {fault}\nno verdict; what was measured is in {folder}", file=sys.stderr)
        return common.FAULT
    code = found.exit_code(options.allow_numbers)
    tell(found, folder)
    summary = summarise(found, commits, started, options.rounds) | {"exit_code": code}
    write_atomically(folder / "summary.json", json.dumps(summary, indent=1).encode())
    if commits.same:
        history.append(record, summary)
        print(history.false_alarms([*runs, summary]))
    return code


def summarise(found: gate.Found, commits: Commits, started: datetime, number: int) -> dict[str, Any]:
    """Return the run in a line: that of any comparison, and whether numbers changed, which is an alarm too."""
    from bench.assurance.gate import history

    run = history.line(found, commits.head, commits.base, started, number)
    changed = found.numbers.changed
    return run | {"numbers_changed": changed, "alarm": run["alarm"] or changed}


def tell(found: gate.Found, folder: Path) -> None:
    """Print the verdicts."""
    from bench.assurance.gate import wording

    print(wording.numbers(found.numbers))
    print(wording.speed(found.verdicts, found.control, found.control_again))
    if found.others is not None:
        print(f"other programs took {found.others:.2f} cores on average; noise widens the intervals")
    print(f"records: {folder}")
