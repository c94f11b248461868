"""What the trials of one study must agree in, whatever trains them: their test examples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.record.rows import Row

ALIKE = {"test_total": "test examples", "test_groups": "groups of test examples"}
"""Column -> what it is."""


class Agreement:
    """The test examples of the trials so far.

    Parameters
    ----------
    finished : iterable of Row
        Trials that ended before.
    """

    def __init__(self, finished: Iterable[Row]) -> None:
        self._known: dict[str, object] = {}
        for row in finished:
            self._note(row)

    def held(self, row: Row) -> Row:
        """Return a new row as it is, or as failed where its test examples are not those of the others."""
        for column, what in ALIKE.items():
            value, known = row.get(column), self._known.get(column)
            if value is not None and known is not None and value != known:
                told = (
                    f"{value} {what}, and the trials before it {known}" if column == "test_total" else f"other {what}"
                )
                kept = ("stack_size", "exclusive", "started_at", "ended_at")
                return {key: row[key] for key in kept} | {"error": f"the trial has {told}: no pairs can be made"}
        self._note(row)
        return row

    def _note(self, row: Row) -> None:
        for column in ALIKE:
            if row.get(column) is not None:
                self._known.setdefault(column, row[column])
