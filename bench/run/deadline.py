"""When a run stops taking work, so that what it has taken is done in time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.record.trials import Stack

LONGER = 1.2
"""How much longer a stack may take than the longest so far, from being taken to its end."""


class Deadline:
    """The end of a run's time, `seconds` from now; None: there is none."""

    def __init__(self, seconds: float | None = None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self._taken: dict[Stack, float] = {}
        self._longest: dict[object, float] = {}
        """By recipe, in seconds."""
        self.is_over = False
        """Whether some stack was left to do for want of time."""

    def allows(self, stack: Stack) -> bool:
        """Tell whether a stack would be done in time, by those of its recipe so far, else by any."""
        if self._end is None:
            return True
        longest = self._longest.get(stack.trials[0].recipe, max(self._longest.values(), default=0.0))
        self.is_over = self.is_over or time.monotonic() + LONGER * longest >= self._end
        return not self.is_over

    def taken(self, stack: Stack) -> None:
        """Note when a stack was taken."""
        self._taken[stack] = time.monotonic()

    def done(self, stack: Stack) -> None:
        """Note when a stack was done."""
        if stack in self._taken:
            recipe, seconds = stack.trials[0].recipe, time.monotonic() - self._taken.pop(stack)
            self._longest[recipe] = max(seconds, self._longest.get(recipe, 0.0))
