"""The commands of ``python -m bench``, in the order of its help. Each module is one: NAME, arguments, execute."""

from bench.commands import certify, data, export, plan, run, status

COMMANDS = (plan, run, status, data, export, certify)
