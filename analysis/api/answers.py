"""Answers for the Python interface: the records of the commands, that print and tabulate themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from analysis.answer import goals, sample_size
from analysis.answer.asked import Checked, Followed
from analysis.answer.power_question import AnyPlan
from analysis.answer.variance import VarianceBySource
from analysis.base.records import Record, merged
from analysis.factorial import result
from analysis.wording import (
    factorial_terminal,
    power_terminal,
    selfcheck_terminal,
    sequences_terminal,
    variance_terminal,
)


class Answer:
    """A record that prints itself as its command does."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {str(self).partition(chr(10))[0]}>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each part of the answer, and one column for each number of it."""
        return pd.DataFrame(list(self._rows()))

    def _rows(self) -> Iterator[dict[str, Any]]:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, repr=False)
class SelfCheck(Answer, Checked):
    """Self-check of the tests and intervals, a row for each."""

    def __str__(self) -> str:
        return selfcheck_terminal.render(self)

    def _rows(self) -> Iterator[dict[str, Any]]:
        yield from (_plain(each) for each in self.checks)


@dataclass(frozen=True, kw_only=True, repr=False)
class Sequences(Answer, Followed):
    """Confidence sequences, a row for each condition and look."""

    def __str__(self) -> str:
        return sequences_terminal.render(self)

    def _rows(self) -> Iterator[dict[str, Any]]:
        for each in self.sequences:
            yield from ({"condition": each.condition} | _plain(look) for look in each.looks)


@dataclass(frozen=True, kw_only=True, repr=False)
class Variance(Answer, VarianceBySource):
    """Variance by source, a row for each condition and component; without components a row for each condition."""

    def __str__(self) -> str:
        return variance_terminal.render(self)

    def _rows(self) -> Iterator[dict[str, Any]]:
        for each in self.conditions:
            split = (
                {} if each.test_set is None else {f"seed_{key}": value for key, value in _plain(each.test_set).items()}
            )
            parts = [{"source": " x ".join(part.factors)} | _plain(part) for part in each.components]
            yield from (_plain(each) | split | part for part in parts or [{}])


@dataclass(frozen=True, kw_only=True, repr=False)
class Factorial(Answer, result.Factorial):
    """Main effects, interactions and simple effects, a row for each."""

    def __str__(self) -> str:
        return factorial_terminal.render(self)

    def _rows(self) -> Iterator[dict[str, Any]]:
        for each in (*self.effects, *self.simple_effects):
            contrast = {} if each.contrast is None else _plain(each.contrast)
            told = {} if each.contrast is None else _plain(each.contrast.headline)
            yield _plain(each) | contrast | {f"headline_{name}": value for name, value in told.items()}


class _PrintedPlan(Answer):
    def __str__(self) -> str:
        assert isinstance(self, AnyPlan)
        return power_terminal.render(self)


@dataclass(frozen=True, kw_only=True, repr=False)
class Plan(_PrintedPlan, sample_size.Plan):
    """Seeds for a difference, or the difference that seeds find: one row."""

    def _rows(self) -> Iterator[dict[str, Any]]:
        yield _plain(self)


@dataclass(frozen=True, kw_only=True, repr=False)
class PilotPlan(_PrintedPlan, sample_size.PilotPlan):
    """The same from a pilot, a row for each condition."""

    def _rows(self) -> Iterator[dict[str, Any]]:
        yield from (_plain(each) for each in self.conditions)


@dataclass(frozen=True, kw_only=True, repr=False)
class MarginPlan(_PrintedPlan, goals.MarginPlan):
    """Plans for a margin, a row for each goal."""

    def _rows(self) -> Iterator[dict[str, Any]]:
        yield from (_plain(each) for each in self.goals)


@dataclass(frozen=True, kw_only=True, repr=False)
class PilotMargin(_PrintedPlan, goals.PilotMargin):
    """Plans for a margin from a pilot, a row for each condition and goal."""

    def _rows(self) -> Iterator[dict[str, Any]]:
        for each in self.conditions:
            yield from ({"condition": each.condition} | _plain(goal) for goal in each.goals)


_KINDS: dict[type[Record], type[Record]] = {
    sample_size.Plan: Plan,
    sample_size.PilotPlan: PilotPlan,
    goals.MarginPlan: MarginPlan,
    goals.PilotMargin: PilotMargin,
}


def printed_plan(found: AnyPlan) -> Plan | PilotPlan | MarginPlan | PilotMargin:
    """Return a plan that prints itself."""
    made = merged(_KINDS[type(found)], found)
    assert isinstance(made, Plan | PilotPlan | MarginPlan | PilotMargin)
    return made


def _plain(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record.to_json().items() if not isinstance(value, dict | list)}
