"""Conditions that cross two or more factors: main effects and interactions, with seeds as blocks.

``analysis.factorial(table, metric)`` analyses them.
"""

import sys
from functools import wraps
from importlib import import_module
from inspect import signature
from types import ModuleType
from typing import Any

from analysis.factorial.analyse import factorial, of_study


class _Callable(ModuleType):
    """This package, which is a function too: that of the Python interface, which lies above it."""

    @staticmethod
    @wraps(factorial)
    def __call__(*given: Any, **told: Any) -> Any:
        return import_module("analysis.api.questions").factorial(*given, **told)


sys.modules[__name__].__class__ = _Callable
__signature__ = signature(factorial)  # else a static method's, without the first parameter

__all__ = ["factorial", "of_study"]
