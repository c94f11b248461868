"""Every statistical method: the keys that it fills, assumption, formula, source, function, tests and an example.

``docs/methods.md`` is made from it. To add a method: its record in the file of its group, and a line there.
"""

from analysis.catalogue import (
    checking,
    decisions,
    estimands,
    factors,
    failures,
    families,
    means,
    planning,
    questions,
    ranks,
    rates,
    speed,
    tasks,
    two_way,
    variance,
)
from analysis.catalogue.entry import Group, Keys, Method

__all__ = ["GROUPS", "METHODS", "Group", "Keys", "Method"]

_FILES = (
    questions, estimands, means, ranks, families, two_way, decisions, failures, rates, factors, planning, variance,
    checking, tasks, speed,
)  # fmt: skip

GROUPS = tuple(each.GROUP for each in _FILES)
"""In the order of the page."""

METHODS = tuple(method for group in GROUPS for method in group.methods)
