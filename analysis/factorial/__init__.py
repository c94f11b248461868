"""Conditions that cross two or more factors: main effects and interactions, with seeds as blocks.

``analysis.factorial(table, metric)`` analyses them.
"""

import sys
from types import ModuleType

from analysis.factorial.analyse import factorial, of_study


class _Callable(ModuleType):
    """This package, which is a function of the Python interface as well."""

    __call__ = staticmethod(factorial)


sys.modules[__name__].__class__ = _Callable

__all__ = ["factorial", "of_study"]
