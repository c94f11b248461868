"""The commands of ``python -m bench``, in the order of its help. Each module is one: NAME, arguments, execute.

To add one: its file, and a line here. What a command needs is imported when it is executed: help is printed at once.
"""

from bench.commands import (
    ab,
    certify,
    check_dropout,
    check_plugin,
    check_training,
    data,
    export,
    perf_check,
    plan,
    race,
    run,
    seal,
    slurm,
    status,
    throughput,
)

COMMANDS = (plan, run, slurm, status, throughput, race, certify, check_dropout, check_training, check_plugin,
            perf_check, ab, data, export, seal)  # fmt: skip
RESUMED = (run, certify)
"""Those whose finished trials are kept when they are interrupted."""
