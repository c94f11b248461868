"""The command line.

Exit codes: 0 done, 2 usage or validation, 3 internal fault, 130 interrupted; of ``gate`` also 4 the opposite of what
is required is shown, 5 neither is.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence

from analysis.base.errors import TableError
from analysis.commands import COMMANDS
from bench.schema.streams import called, fault_of_the_system, make_ready

DONE, USAGE, FAULT, INTERRUPTED = 0, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; messages for people go to standard error."""
    make_ready()
    parser = _parser()
    try:
        given = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse has said why
        return DONE if stop.code in (0, None) else USAGE
    try:
        return given.execute(given) or DONE
    except TableError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:  # the reader of our output went away
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the outermost edge: a fault of ours, told as such
        return _fault(error)


def _fault(error: Exception) -> int:
    if (said := fault_of_the_system(error)) is not None:
        print(f"error: {said}", file=sys.stderr)
        return USAGE
    traceback.print_exc()
    print("error: internal fault, please report it with the lines above", file=sys.stderr)
    return FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=called("analysis", "regbench-analysis"), description="Statistics of paired, seeded trials."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        added = commands.add_parser(
            command.NAME, help=command.HELP, description=f"{command.HELP[0].upper()}{command.HELP[1:]}."
        )
        command.arguments(added)
        added.set_defaults(execute=command.execute)
    return parser
