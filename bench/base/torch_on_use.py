"""torch, imported when something of it is first used: what only plans or prints does not wait for it.

For modules whose records are read in order to plan, such as a regulariser with its hooks.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any


class _OnUse(ModuleType):
    """A module that becomes as `name` is, once an attribute of it is read."""

    def __getattr__(self, name: str) -> Any:
        module = importlib.import_module(self.__name__)
        for each, value in vars(module).items():
            vars(self).setdefault(each, value)
        return getattr(module, name)


if TYPE_CHECKING:
    import torch
else:
    torch = _OnUse("torch")
