"""The report of a study or a table: sections, figures, tables, one page. ``analysis.report`` writes it."""

import sys
from functools import wraps
from importlib import import_module
from inspect import signature
from types import ModuleType
from typing import Any

from analysis.report.of_table import write_report_of
from analysis.report.write import write_report


class _Callable(ModuleType):
    """This package, which is a function too: that of the Python interface, which lies above it."""

    @staticmethod
    @wraps(write_report_of)
    def __call__(*given: Any, **told: Any) -> Any:
        return import_module("analysis.api.reports").report(*given, **told)


sys.modules[__name__].__class__ = _Callable
__signature__ = signature(write_report_of)  # else a static method's, without the first parameter

__all__ = ["write_report", "write_report_of"]
