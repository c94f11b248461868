"""What stands beside a row of the forest plot: the condition's name, and every setting that varies, in short lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.figures.evidence import Evidence, Setting
from analysis.figures.theme import inches, shortened
from analysis.wording.phrases import listed, settings
from analysis.wording.verdicts import pairs_of

_NAME, _BELOW = 24, 30
"""Characters of a line of the name, which is bold, and of a line below it."""
_NAME_LINES = 2
BOLD = 1.2
"""Width of bold letters by that of others."""


@dataclass(frozen=True)
class RowWords:
    """The lines of a condition's name, and those below it."""

    name: tuple[str, ...]
    below: tuple[str, ...]

    @property
    def inches(self) -> float:
        """A generous estimate of the width."""
        return max([BOLD * inches(each) for each in self.name] + [inches(each) for each in self.below])

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return len(self.name) + len(self.below)


def row_words(evidence: Evidence) -> list[RowWords]:
    """Return the words of each condition compared on the primary metric, in order."""
    rows, one_n = evidence.compared(evidence.primary.metric), common_n(evidence)
    varied = {each.label: each.varied for each in evidence.settings}
    return [
        RowWords(
            _name(row.condition),
            _wrapped([*settings(varied.get(row.condition, ())), *([] if one_n else [f"n = {pairs_of(row)}"])]),
        )
        for row in rows
    ]


def common_n(evidence: Evidence) -> int | None:
    """Return the number of pairs where it is that of every condition."""
    sizes = {pairs_of(row) for row in evidence.compared(evidence.primary.metric)}
    return sizes.pop() if len(sizes) == 1 else None


def alike(evidence: Evidence) -> bool:
    """Return whether labels cut to fit a figure would read alike."""
    labels = [each.label for each in evidence.settings]
    return len({shortened(each) for each in labels}) < len(labels) and all(each.varied for each in evidence.settings)


def short_name(setting: Setting, evidence: Evidence) -> tuple[str, str]:
    """Return what names a condition in a small place, in bold and below: its label, else its settings' values."""
    if not alike(evidence):
        return shortened(setting.label), f"dropout {setting.detail}" if setting.rates else ""
    values = [value for _, value in setting.varied]
    return ", ".join(values[:2]), ", ".join(values[2:])


def order_of_values(evidence: Evidence) -> str:
    """Return in a sentence which settings the values of a name are, where it has them in place of the label."""
    return f" Named by {listed([name for name, _ in evidence.settings[0].varied])}." if alike(evidence) else ""


def _name(label: str) -> tuple[str, ...]:
    """Return a label in lines that end at a separator; what is too long for them is cut."""
    lines = [""]
    for part in re.findall(r"[^_\-/ ]*[_\-/ ]?", label):
        if lines[-1] and len(lines) < _NAME_LINES and len(lines[-1] + part) > _NAME:
            lines.append("")
        lines[-1] += part
    return tuple(shortened(line, _NAME) for line in lines)


def _wrapped(parts: Sequence[str]) -> tuple[str, ...]:
    """Return parts as lines: a part is split only where it fills a line by itself."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}, {part}" if lines else part
        if lines and len(joined) <= _BELOW:
            lines[-1] = joined
        else:
            lines += textwrap.wrap(part, _BELOW)
    return tuple(lines)
