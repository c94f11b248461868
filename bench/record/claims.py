"""Claims on trials, so that several runners on one folder, on one host or on many, share the work.

A runner keeps one file or object, its lease, and touches it every 30 s. A claim lies under the claimed name and shows
whose lease it is: its storage makes it for one runner alone, and one touch keeps all claims of a runner. A claim whose
lease was not touched for 120 s is stale, and whoever wants the trial breaks it. Both times are the storage's: no host's
clock takes part. A touch in the future is stale as well: that clock was set back, and a runner that is there touches
its lease again. Claims save time and decide nothing: two runners that train one trial write the same row.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from typing import Protocol

from bench.base.errors import StorageError

HEARTBEAT_SECONDS = 30.0
STALE_SECONDS = 120.0


def is_stale(touched: float, now: float) -> bool:
    """Return whether a lease has lost its runner, by the time of its last touch: both in seconds of the storage."""
    return abs(now - touched) > STALE_SECONDS


class Storage(Protocol):
    """Where the claims of one runner lie, and its lease. Every method raises OSError."""

    place: str
    """What messages call it."""

    def begin(self) -> str | None:
        """Make a lease, and remove what gone runners left; return why claims exclude nobody, None where they do."""

    def take(self, name: str) -> bool:
        """Make a claim, breaking a stale one; return False where another runner has it."""
        ...

    def give_back(self, names: Iterable[str]) -> list[str]:
        """Remove claims of this runner; return those that are no longer its own."""
        ...

    def touch(self) -> None:
        """Touch the lease."""

    def end(self) -> None:
        """Remove the lease."""


class Claims:
    """Which trials this runner is at, so that others on the same results leave them alone.

    Raises StorageError where nothing can be written. Where runners cannot exclude each other, `fault` says why, and
    every claim is granted.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._held: set[str] = set()
        try:
            self.fault = storage.begin()
        except OSError as error:
            raise self._refused("claims cannot be written", error) from error
        self._closed = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._heart.start()

    def take(self, name: str) -> bool:
        """Claim a trial; return False where another runner is at it. Raise StorageError where that cannot be done."""
        try:
            taken = self.fault is not None or self._storage.take(name)
        except OSError as error:
            raise self._refused(f"{name} cannot be claimed", error) from error
        if taken:
            self._held.add(name)
        return taken

    def release(self, names: Iterable[str]) -> list[str]:
        """Give claims back; return those that another runner has broken, as stale."""
        mine = [name for name in names if name in self._held]
        self._held.difference_update(mine)
        try:
            return [] if self.fault is not None else self._storage.give_back(mine)
        except OSError as error:
            raise self._refused("claims cannot be given back", error) from error

    def close(self) -> None:
        """Give all claims back."""
        self._closed.set()
        self._heart.join()
        self.release(sorted(self._held))
        with contextlib.suppress(OSError):
            self._storage.end()

    def _beat(self) -> None:
        """Touch the lease until the end. A server that does not answer is asked again."""
        while not self._closed.wait(HEARTBEAT_SECONDS):
            with contextlib.suppress(OSError):
                self._storage.touch()

    def _refused(self, what: str, error: OSError) -> StorageError:
        place = f"{self._storage.place}: "
        return StorageError(f"{place}{what}: {(error.strerror or str(error)).removeprefix(place)}")
