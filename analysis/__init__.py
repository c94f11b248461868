"""Statistics of paired, seeded trials, for notebooks and scripts.

``analysis.compare(table, "test_accuracy", "none")`` compares every condition of a table with a control. Nothing heavy
is imported before a function is used; docs/python.md shows all of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.api.comparison import Comparison, compare
    from analysis.api.questions import power, selfcheck, sequential, variance
    from analysis.api.tables import load
    from analysis.api.tasks import ComparisonOverTasks
    from analysis.base.errors import TableError
    from analysis.tables.table import Table
    from analysis.tables.tasks import Tasks

_PLACES = {
    "Comparison": "analysis.api.comparison",
    "ComparisonOverTasks": "analysis.api.tasks",
    "Table": "analysis.tables.table",
    "TableError": "analysis.base.errors",
    "Tasks": "analysis.tables.tasks",
    "compare": "analysis.api.comparison",
    "load": "analysis.api.tables",
    "power": "analysis.api.questions",
    "selfcheck": "analysis.api.questions",
    "sequential": "analysis.api.questions",
    "variance": "analysis.api.questions",
}
_CALLABLE = ("factorial", "report")
"""Packages that are functions as well."""

__all__ = [
    "Comparison",
    "ComparisonOverTasks",
    "Table",
    "TableError",
    "Tasks",
    "compare",
    "factorial",
    "load",
    "power",
    "report",
    "selfcheck",
    "sequential",
    "variance",
]


def __getattr__(name: str) -> Any:
    if name in _CALLABLE:
        return import_module(f"analysis.{name}")
    if name not in _PLACES:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(_PLACES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
