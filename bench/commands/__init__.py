"""The commands of ``python -m bench``, in the order of its help. Each module is one: NAME, arguments, execute."""

from bench.commands import data, export, plan, run, status, throughput

COMMANDS = (plan, run, status, throughput, data, export)
