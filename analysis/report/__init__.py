"""The report of a study or a table: sections, figures, tables, one page. ``analysis.report`` writes it."""

import sys
from inspect import signature
from types import ModuleType

from analysis.report.of_table import write_report_of
from analysis.report.write import write_report


class _Callable(ModuleType):
    """This package, which is a function of the Python interface as well."""

    __call__ = staticmethod(write_report_of)


sys.modules[__name__].__class__ = _Callable
__signature__ = signature(write_report_of)  # else a static method's, without the first parameter

__all__ = ["write_report", "write_report_of"]
