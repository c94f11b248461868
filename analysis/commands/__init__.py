"""The commands, one file each: NAME, HELP, arguments(parser), execute(given). To add one: its file, and a line here.

What a command needs is imported when it is executed: help is printed at once.
"""

from analysis.commands import (
    compare,
    factorial,
    findings,
    gate,
    import_,
    methods,
    power,
    report,
    selfcheck,
    sequential,
    throughput,
    variance,
    wording,
)

COMMANDS = (
    compare,
    gate,
    factorial,
    power,
    sequential,
    variance,
    selfcheck,
    throughput,
    import_,
    methods,
    wording,
    report,
    findings,
)
