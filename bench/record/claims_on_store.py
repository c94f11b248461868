"""Claims on trials whose results lie on an object store: puts that succeed for one runner alone.

A runner has one object, its lease, and puts it again every 30 s. A claim is an object under the trial's name, put only
where there is none, whose content names the lease. A claim whose lease was not put for 120 s is stale, and whoever
wants the trial puts its own in its place, on condition that it is still that one. Both times are the server's.
"""

from __future__ import annotations

import contextlib
import math
import secrets
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from bench.base.errors import StorageError
from bench.record.claims import FOLDER, HEARTBEAT_SECONDS, STALE_SECONDS, Claims
from bench.schema.local_copy import copy_of
from bench.schema.object_store import ObjectStore


def claims_on(folder: Path) -> Claims | ClaimsOnStore:
    """Return the claims of a runner on a results folder, which may be the local copy of a URL; raise StorageError."""
    copy = copy_of(folder)
    return Claims(folder) if copy is None else ClaimsOnStore(copy.objects)


class ClaimsOnStore:
    """As `bench.record.claims.Claims`, on an object store."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._held: set[str] = set()
        self._token = secrets.token_hex(8)
        self._seen: dict[str, float] = {}
        try:
            self._now()
            self.fault = self._self_test()
            if self.fault is None:
                self._sweep()
        except OSError as error:
            raise StorageError(f"{error}. Claims cannot be put there") from error
        self._closed = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._heart.start()

    def take(self, name: str) -> bool:
        """Claim a trial; return False where another runner is at it. Raise StorageError where that cannot be done."""
        try:
            taken = self.fault is not None or self._objects.create(_claim(name), self._content) or self._break(name)
        except OSError as error:
            raise StorageError(f"{error}. {name} cannot be claimed") from error
        if taken:
            self._held.add(name)
        return taken

    def release(self, names: Iterable[str]) -> list[str]:
        """Give claims back; return those that another runner has broken, since this one stood still for minutes."""
        mine = [name for name in names if name in self._held]
        self._held.difference_update(mine)
        if self.fault is not None:
            return []
        try:
            broken = [name for name in mine if self._holder(name)[0] != self._token]
            self._objects.remove(_claim(name) for name in mine if name not in broken)
        except OSError as error:
            raise StorageError(f"{error}. Claims cannot be given back") from error
        return broken

    def close(self) -> None:
        """Give all claims back."""
        self._closed.set()
        self._heart.join()
        self.release(sorted(self._held))
        with contextlib.suppress(OSError):
            self._objects.remove([_lease(self._token)])

    @property
    def _content(self) -> bytes:
        return self._token.encode()

    def _self_test(self) -> str | None:
        """Return why runners cannot exclude each other here, None where they can."""
        probe = f"{FOLDER}/{self._token}.probe"
        try:
            made = [self._objects.create(probe, self._content) for _ in range(2)]
        except OSError as error:
            return f"its object store has no conditional put ({error})"
        finally:
            with contextlib.suppress(OSError):
                self._objects.remove([probe])
        return None if made == [True, False] else "its object store puts an object where one is"

    def _sweep(self) -> None:
        """Remove what runners that are gone have left."""
        now, prefix = self._now(), f"{FOLDER}/"
        old = [
            name.removeprefix(prefix)
            for name, found in self._objects.listing().items()
            if name.startswith(prefix) and now - found.put_at.timestamp() > STALE_SECONDS
        ]
        left = [name for name in old if name.endswith((".lease", ".probe"))]
        broken = [name for name in old if name not in left and self._break(name)]
        self._objects.remove(map(_claim, [*left, *broken]))

    def _break(self, name: str) -> bool:
        """Take a claim over that is stale; return whether it is this runner's now."""
        holder, tag = self._holder(name)
        if holder == self._token:  # the answer to an earlier request was lost on its way
            return True
        if holder is None:
            return self._objects.create(_claim(name), self._content)
        return not self._is_alive(holder) and self._objects.replace(_claim(name), self._content, tag)

    def _holder(self, name: str) -> tuple[str | None, str]:
        """Return whose a claim is, and its tag; None where there is no claim."""
        try:
            content, tag = self._objects.read(_claim(name))
        except FileNotFoundError:
            return None, ""
        return content.decode(errors="replace"), tag

    def _is_alive(self, holder: str) -> bool:
        """Return whether a runner has put its lease of late; one that was seen within a heartbeat is not looked up."""
        if time.monotonic() - self._seen.get(holder, -math.inf) < HEARTBEAT_SECONDS:
            return True
        try:
            put_at = self._objects.find(_lease(holder)).put_at.timestamp()
        except FileNotFoundError:
            return False
        alive = self._now() - put_at <= STALE_SECONDS
        if alive:
            self._seen[holder] = time.monotonic()
        return alive

    def _now(self) -> float:
        """Return the time by the server, in seconds: that of a put of the lease."""
        self._objects.write(_lease(self._token), self._content)
        return self._objects.find(_lease(self._token)).put_at.timestamp()

    def _beat(self) -> None:
        """Put the lease until the end. A server that does not answer is asked again."""
        while not self._closed.wait(HEARTBEAT_SECONDS):
            with contextlib.suppress(OSError):
                self._objects.write(_lease(self._token), self._content)


def _claim(name: str) -> str:
    return f"{FOLDER}/{name}"


def _lease(token: str) -> str:
    return f"{FOLDER}/{token}.lease"
