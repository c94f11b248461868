"""What the catalogue says of one method: plain text alone, so that reading the catalogue computes nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Keys:
    """Keys of one object of the answers, where it is found: ``compare.comparisons[]``."""

    where: str
    names: tuple[str, ...]


def keys(where: str, names: str) -> Keys:
    """Return the keys `names`, separated by blanks, of the object at `where`."""
    return Keys(where, tuple(names.split()))


@dataclass(frozen=True)
class Method:
    """One entry.

    Parameters
    ----------
    title : str
        Distinct: the entry's address on the page is made from it.
    answers : str
        What its numbers say, in a sentence or two.
    fills : tuple of Keys
        Each key of the answers is in exactly one entry; empty for what the report alone tells.
    assumes : str
        What must hold for its promise.
    formula : str
        Plain text, as it is computed; the symbols are explained at the head of the page.
    source : tuple of str
        Author, year, where.
    computed_by : tuple of str
        ``module:function``.
    checked_by : tuple of str
        ``path::test``: against an oracle, by a law, or by calibration.
    example : str
        As typed and printed in Python's shell, after `PREAMBLE`.
    """

    title: str
    answers: str
    fills: tuple[Keys, ...]
    assumes: str
    formula: str
    source: tuple[str, ...]
    computed_by: tuple[str, ...]
    checked_by: tuple[str, ...]
    example: str


@dataclass(frozen=True)
class Group:
    """The methods that answer one question of a reader."""

    question: str
    methods: tuple[Method, ...]


PREAMBLE = """\
>>> import numpy as np
>>> from analysis.catalogue.example import pairs, show, sleep, table
"""
"""What every example starts with."""

COMPARISON = "compare.comparisons[]"
"""Where the keys of one condition against the control are."""

BY_R = "tests/oracles/test_comparison.py::test_agrees_with_r"
"""The test of every number of a comparison against base R."""

CALIBRATION = "tests/statistical/calibration"
"""Where error rates are counted by simulation and enumeration; ``docs/calibration.md`` has what was found."""
