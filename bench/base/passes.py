"""Whether the passes over the numbers of a training step are compiled: by numba, where it is installed.

A process loads them once it has many steps to train, since that takes half a second. Nothing else depends on it: each
pass gives the same bits as what it stands for, so no result says which one ran.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType

WORTH_STEPS = 2000
"""A step of a stack saves about a millisecond."""

_expected = 0
_loaded: ModuleType | None = None
_is_usable = True


def expect(steps: int) -> None:
    """Load the compiled passes if so many steps more make it worth while for this process."""
    global _expected  # noqa: PLW0603
    _expected += steps
    if _expected >= WORTH_STEPS:
        load()


def load() -> bool:
    """Let this process use the compiled passes from now on; return whether it can.

    A numba that is here and does not work, such as one for another numpy, or with a damaged cache, is done without.
    """
    global _loaded, _is_usable  # noqa: PLW0603 - a process imports numba once
    if _loaded is None and _is_usable and find_spec("numba") is not None:
        try:
            from bench.base import compiled_passes  # noqa: PLC0415 - slow to import, and may be absent

            compiled_passes.warm_up()
        except Exception as error:  # noqa: BLE001 - no fault of numba's may fail a trial that can do without
            _is_usable = False
            cause = str(error).strip().partition("\n")[0] or type(error).__name__
            print(f"warning: training is slower, with the same rows: numba cannot be used: {cause}", file=sys.stderr)
        else:
            _loaded = compiled_passes
    return _loaded is not None


def compiled() -> ModuleType | None:
    """Return the compiled passes where they are loaded."""
    return _loaded


def unload() -> None:
    """Let this process do without."""
    global _loaded  # noqa: PLW0603
    _loaded = None
