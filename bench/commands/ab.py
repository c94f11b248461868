"""``python -m bench ab BASE HEAD -- COMMAND...``: is a command slower at HEAD than at BASE, in any git repository?

Exit codes as those of perf-check: 0 unchanged or improved, 4 slower, 5 inconclusive or contaminated, 3 fault, 2 wrong
usage or a command that fails: then nothing is judged.
"""

from __future__ import annotations

import argparse
import json
import math
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.commands import options as common
from bench.commands.perf_check import ROUNDS, rounds

if TYPE_CHECKING:
    from bench.assurance.ab.comparison import Work
    from bench.assurance.gate.checkouts import Commits
    from bench.assurance.gate.rounds import Judged

NAME = "ab"
LIMIT, TIMEOUT = 5.0, 900.0
QUANTITY = ("command", "limit", "cpu_time", "json_key", "benchmark")
"""Options that say what is judged."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = (
        "exit codes: 0 unchanged or improved; 4 slower by more than the limit, also in fresh rounds; 5 inconclusive, or"
        " contaminated by what else ran; 2 wrong usage, or a command that fails (nothing is judged); 3 fault"
    )
    parser.add_argument("base", metavar="BASE", help="branch, tag or commit that is compared with")
    parser.add_argument("head", metavar="HEAD", help="branch, tag or commit that may be slower")
    parser.add_argument("command", metavar="COMMAND", nargs="+", help="after --: what is run at both, without a shell")
    parser.add_argument("--merge-base", action="store_true", help="compare with the commit where HEAD left BASE")
    timed = parser.add_mutually_exclusive_group()
    timed.add_argument("--cpu-time", action="store_true", help="judge processor time in place of wall time: less noise")
    timed.add_argument("--json-key", metavar="KEY", help="judge this number of the JSON that COMMAND prints last")
    timed.add_argument("--benchmark", metavar="FILE", type=within, help="judge each benchmark in pytest's FILE")
    parser.add_argument("--rounds", metavar="N", type=rounds, default=ROUNDS, help="default: %(default)s")
    parser.add_argument(
        "--limit", metavar="PERCENT", type=positive, default=LIMIT, help="slower by more fails (default: %(default)g)"
    )
    parser.add_argument(
        "--setup", metavar="COMMAND", type=shlex.split, default=[], help="run once in each worktree before, no shell"
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=positive, default=TIMEOUT, help="of one call (default: %(default)g)"
    )
    parser.add_argument("--json", metavar="FILE", help="every number; - is standard output")


def positive(text: str) -> float:
    """Return a number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} was given; a number above 0 is expected")
    return number


def within(text: str) -> str:
    """Return a path that stays in the folder that it is taken from."""
    path = Path(text)
    if path.is_absolute() or ".." in path.parts or not path.name:
        raise argparse.ArgumentTypeError(
            f"{text!r} was given; a file within the folder that COMMAND runs in is expected"
        )
    return text


def execute(options: argparse.Namespace) -> int:
    """Compare the time of a command at two commits of the git repository that it is started in."""
    from bench.assurance.ab.comparison import compare
    from bench.assurance.gate import history
    from bench.assurance.gate.checkouts import uncommitted
    from bench.assurance.gate.errors import GateFault
    from bench.assurance.gate.rounds import exit_code
    from bench.assurance.gate.slots import places
    from bench.base.files import check_writable, write_atomically

    commits, work = what(options)
    record = _record(commits)
    runs = history.read(record) if commits.same else []
    if options.json not in (None, "-"):
        check_writable(Path(options.json))
    if changed := uncommitted(commits.repository):
        print(f"note: changes that are in no commit are NOT measured: {changed}", file=sys.stderr)
    started = datetime.now(UTC)
    words = sys.stderr if options.json == "-" else sys.stdout
    kind = "one commit on both sides: an A/A run" if commits.same else f"HEAD {commits.head[:12]}"
    print(f"{kind}, base {commits.base[:12]}, {options.rounds} rounds on processors {', '.join(places())}", file=words)
    try:
        judged = compare(commits, work, options.rounds, math.log1p(options.limit / 100))
    except GateFault as fault:
        print(f"fault: {fault}\nno verdict", file=sys.stderr)
        return common.FAULT
    except KeyboardInterrupt:
        print("interrupted: nothing is judged, and no worktree is left", file=sys.stderr)
        return common.INTERRUPTED
    code = exit_code(judged.verdicts)
    measured = {key: getattr(options, key) for key in QUANTITY}
    run = history.line(judged, commits.head, commits.base, started, options.rounds) | measured | {"exit_code": code}
    print(told(judged, options.json_key), file=words)
    if commits.same:
        history.append(record, run)
        alike = [each for each in runs if _alike(each, run)]
        print(f"{history.false_alarms([*alike, run])}, this command and limit alone", file=words)
    if options.json == "-":
        print(json.dumps(run, indent=1))
    elif options.json:
        write_atomically(Path(options.json), json.dumps(run, indent=1).encode())
    return code


def what(options: argparse.Namespace) -> tuple[Commits, Work]:
    """Return the commits and the work that the options name; raise UsageError for what cannot be compared."""
    from bench.assurance.ab import readings
    from bench.assurance.ab.comparison import Work
    from bench.assurance.gate.checkouts import Commits
    from bench.assurance.gate.refs import git, merge_base, resolve, top

    repository = top(Path())
    base, head = resolve(repository, options.base, "BASE"), resolve(repository, options.head, "HEAD")
    if options.merge_base:
        base = merge_base(repository, head, base, f"BASE {options.base}")
    reading = readings.processor_time if options.cpu_time else readings.wall_time
    if options.json_key is not None:
        reading = readings.printed(options.json_key)
    elif options.benchmark is not None:
        reading = readings.benchmarks(options.benchmark)
    inside = Path(git(Path(), "rev-parse", "--show-prefix"))
    counts = options.json_key is not None
    work = Work(tuple(options.command), reading, tuple(options.setup), counts, inside, options.timeout)
    return Commits(repository, head, base), work


def told(judged: Judged, counted: str | None = None) -> str:
    """Return the verdicts on time, or on what is `counted`, and how much else ran, in lines."""
    from bench.assurance.ab.comparison import CONTROL
    from bench.assurance.gate import wording
    from bench.assurance.gate.rounds import UNDECIDED, exit_code

    lines = [wording.speed(judged.verdicts, judged.control, judged.control_again, CONTROL, counted or wording.TIME)]
    if judged.others is not None:
        lines.append(f"other programs took {judged.others:.2f} cores on average; noise widens the intervals")
    if exit_code(judged.verdicts) == UNDECIDED:
        lines.append("undecided: more --rounds, a higher --limit, --cpu-time or a quieter machine would decide more")
    return "\n".join(lines)


def _record(commits: Commits) -> Path:
    """Return the file of A/A runs: in git's own folder, where it is in no commit and in nobody's way."""
    from bench.assurance.gate.refs import git

    return commits.repository / git(commits.repository, "rev-parse", "--git-common-dir") / "bench-ab.jsonl"


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two A/A runs judged the same quantity of the same command by the same limit."""
    return all(
        one.get(key) == other[key] for key in ("command", "limit", "cpu_time", "json_key", "benchmark", "rounds")
    )
