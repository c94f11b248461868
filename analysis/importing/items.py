"""Test examples one by one: which were right, by each score that is 0 or 1, and in which clusters they lie."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.importing.runs import Examples

CLUSTERS = (
    "cluster", "cluster_id", "group", "group_id", "passage", "passage_id", "paragraph", "paragraph_id", "article",
    "article_id", "context", "context_id", "story", "story_id", "document", "document_id", "subject",
)  # fmt: skip
"""Fields of an example that say what it has in common with others: a text that is read, a subject of an examination."""


@dataclass(frozen=True)
class Item:
    """A test example as a run has it.

    Parameters
    ----------
    content : str
        What the example is: the same in every run that had the same one.
    scores : mapping of str to float
        By metric; None where there is none.
    fields : mapping of str to object
        What else is known of it.
    """

    content: str
    scores: Mapping[str, float | None]
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Documents:
    """The test examples of each task, which are those of the first run that has any; filled run by run."""

    first: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unlike: dict[str, list[str]] = field(default_factory=dict)
    """Runs with other examples, by task."""

    def examples(self, task: str, run: str, items: Sequence[Item]) -> dict[str, Examples]:
        """Return which examples a run got right, by metric, in the order of the first run; none where it has others."""
        content = tuple(item.content for item in items)
        first = self.first.setdefault(task, content)
        if content != first and len(set(content)) == len(content) and set(content) == set(first):  # another order
            by_content = dict(zip(content, items, strict=True))
            items, content = [by_content[each] for each in first], first
        if not items or first != content:
            self.unlike.setdefault(task, []).append(run)
            return {}
        clusters = _clusters([item.fields for item in items])
        found = {}
        for name in dict.fromkeys(name for item in items for name in item.scores):
            values = [item.scores.get(name) for item in items]
            if all(value in (0, 1) for value in values):
                right = np.array(values, bool)
                found[name] = Examples(np.packbits(right).tobytes(), len(right), int(right.sum()), clusters)
        return found

    @property
    def notes(self) -> list[str]:
        """What to say of runs with other examples."""
        return [
            f"task {task!r}: not all runs have the same documents, so that test_bits are left out of some: "
            f"{', '.join(runs[:4])}{f' and {len(runs) - 4} more' if len(runs) > 4 else ''}"
            for task, runs in self.unlike.items()
        ]


def content_of(*values: object) -> str:
    """Return a digest of what an example is."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def _clusters(fields: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """Return the cluster of each example, by each field with a usual name whose values come more than once."""
    found = {}
    for name in CLUSTERS:
        values = [str(each[name]) for each in fields if isinstance(each.get(name), str | int | float)]
        if len(values) == len(fields) and 1 < len(set(values)) < len(values):
            number = {value: place for place, value in enumerate(dict.fromkeys(values))}
            found[name] = np.array([number[value] for value in values], "<i8").tobytes()
    return found
