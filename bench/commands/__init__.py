"""The commands of ``python -m bench``, in the order of its help. Each module is one: NAME, arguments, execute."""

from bench.commands import data, export, plan, race, run, status

COMMANDS = (plan, run, status, data, export, race)
