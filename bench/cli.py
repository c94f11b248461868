"""The command line of the runner.

Exit codes: 0 done, 1 some trials failed, 2 usage or validation, 3 internal fault, 130 interrupted.
"""

from __future__ import annotations

import argparse
import signal
import sys
import traceback

from bench.base.errors import UsageError
from bench.commands import COMMANDS, RESUMED, plan, status
from bench.commands.options import DONE, FAULT, INTERRUPTED, USAGE
from bench.schema.streams import called, fault_of_the_system, make_ready


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    make_ready()
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # not under nohup
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        return options.execute(options)
    except BrokenPipeError:
        return DONE if options.execute in (plan.execute, status.execute) else FAULT
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        goes_on = "; finished trials are kept, and the same command goes on from there" if options.resumes else ""
        print(f"interrupted{goes_on}", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: an internal fault has its own exit code
        return _fault(error, options.resumes)


def _fault(error: Exception, resumes: bool) -> int:
    if (said := fault_of_the_system(error)) is not None:
        print(f"error: {said}", file=sys.stderr)
        return USAGE
    traceback.print_exc()
    kept = "finished trials are kept; " if resumes else ""
    print(f"internal fault: {kept}please report the lines above", file=sys.stderr)
    return FAULT


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=called("bench", "regbench"), description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        about = command.execute.__doc__ or ""
        sub = commands.add_parser(command.NAME, help=about.partition("\n")[0], description=about)
        command.arguments(sub)
        sub.set_defaults(execute=command.execute, resumes=command in RESUMED)
    return parser
