"""The commands of ``python -m bench``, in the order of its help. Each module is one: NAME, arguments, execute."""

from bench.commands import (
    certify,
    check_dropout,
    check_plugin,
    data,
    export,
    perf_check,
    plan,
    race,
    run,
    status,
    throughput,
)

COMMANDS = (plan, run, status, throughput, race, certify, check_dropout, check_plugin, perf_check, data, export)
