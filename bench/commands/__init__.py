"""The commands of ``python -m bench``, in the order of its help. Each module is one: NAME, arguments, execute."""

from bench.commands import data, export, perf_check, plan, run, status, throughput

COMMANDS = (plan, run, status, throughput, perf_check, data, export)
