"""The commands of ``python -m bench``, in the order of its help. Each module is one: NAME, arguments, execute."""

from bench.commands import certify, data, export, perf_check, plan, race, run, status, throughput

COMMANDS = (plan, run, status, throughput, race, certify, perf_check, data, export)
