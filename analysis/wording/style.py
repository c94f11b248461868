"""How a text is written: plainly on a terminal, or as on a page, with names in words and true minus signs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.base.notes import Metric, Number, parts_of
from analysis.wording.units import MINUS, unit_of


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Style:
    """A way of writing.

    Parameters
    ----------
    metric : function of str
        Returns the name of a metric.
    opened : function of str
        Returns a text that begins with the name of a metric as the beginning of a sentence.
    minus : str
        The sign of a negative number.
    """

    metric: Callable[[str], str]
    opened: Callable[[str], str]
    minus: str

    def number(self, told: str) -> str:
        """Return a number, printed with a hyphen where it is negative, with its sign."""
        return self.minus + told[1:] if told.startswith("-") else told

    def note(self, text: str) -> str:
        """Return a warning, its names of metrics and its numbers written as everywhere."""
        parts = parts_of(text)
        said = "".join(map(self._part, parts))
        return self.opened(said) if isinstance(parts[0], Metric) else said

    def _part(self, part: str) -> str:
        if isinstance(part, Metric):
            return self.metric(part)
        return self.number(part) if isinstance(part, Number) else part


TERMINAL = Style(str, str, "-")
PAGE = Style(lambda metric: unit_of(metric).name, _capital, MINUS)
