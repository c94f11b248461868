"""Which values of a metric are better, as every record of a comparison carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.base.records import Record
from bench.schema.known_metrics import LOWER, Direction


@dataclass(frozen=True, kw_only=True)
class Directed(Record):
    """The direction of benefit.

    Parameters
    ----------
    direction : {"higher", "lower"} or None
        Which values are better; None where that is not known.
    """

    direction: Direction | None

    @property
    def lower_is_better(self) -> bool | None:
        """Whether smaller values are better; None where that is not known."""
        return None if self.direction is None else self.direction == LOWER

    def to_json(self) -> dict[str, Any]:
        """Return the record, with the direction in a word and as a boolean after its metric."""
        found = super().to_json()
        told = {"direction": found.pop("direction"), "lower_is_better": self.lower_is_better}
        place = list(found).index("metric") + 1
        items = list(found.items())
        return dict([*items[:place], *told.items(), *items[place:]])
