"""Whether the passes over the numbers of a training step are compiled: by numba, where it is installed.

A process loads them once it has many steps to train, since that takes half a second. Nothing else depends on it: each
pass gives the same bits as what it stands for, so no result says which one ran.
"""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType

WORTH_STEPS = 2000
"""A step of a stack saves about a millisecond."""

_expected = 0
_loaded: ModuleType | None = None


def expect(steps: int) -> None:
    """Load the compiled passes if so many steps more make it worth while for this process."""
    global _expected  # noqa: PLW0603
    _expected += steps
    if _expected >= WORTH_STEPS:
        load()


def load() -> bool:
    """Let this process use the compiled passes from now on; return whether it can."""
    global _loaded  # noqa: PLW0603 - a process imports numba once
    if _loaded is None and find_spec("numba") is not None:
        from bench.base import compiled_passes  # noqa: PLC0415 - slow to import, and may be absent

        compiled_passes.warm_up()
        _loaded = compiled_passes
    return _loaded is not None


def compiled() -> ModuleType | None:
    """Return the compiled passes where they are loaded."""
    return _loaded


def unload() -> None:
    """Let this process do without."""
    global _loaded  # noqa: PLW0603
    _loaded = None
