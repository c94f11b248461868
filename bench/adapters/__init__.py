"""Libraries that training code is written with: each module lets one of them draw from a trial's streams."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def library(module: str, *, extra: str) -> Any:
    """Import a module of a library; raise ModuleNotFoundError that names the extra which installs it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"bench.adapters.{extra} needs {error.name}, which is not installed; in the checkout of "
            f"regularisation-bench: python -m pip install -c constraints.txt '.[{extra}]'",
            name=error.name,
        ) from error
