"""Claims on trials whose results lie on an object store: puts that succeed for one runner alone.

A claim is an object under the trial's name, put only where there is none, whose content names the lease. Whoever wants
the trial of a stale claim puts its own in its place, on condition that it is still that one.
"""

from __future__ import annotations

import contextlib
import math
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from bench.record.claims import HEARTBEAT_SECONDS, Claims, is_stale
from bench.record.claims_in_folder import LinksInFolder
from bench.schema.local_copy import copy_of
from bench.schema.object_store import ObjectStore, ObjectStoreError
from bench.schema.paths import CLAIMS_FOLDER


def claims_on(folder: Path) -> Claims:
    """Return the claims of a runner on a results folder, which may be the local copy of a URL; raise StorageError."""
    copy = copy_of(folder)
    return Claims(LinksInFolder(folder) if copy is None else PutsOnStore(copy.objects))


class PutsOnStore:
    """Claims on an object store (`bench.record.claims.Storage`)."""

    def __init__(self, objects: ObjectStore) -> None:
        self.place = objects.url
        self._objects = objects
        self._token = secrets.token_hex(8)
        self._seen: dict[str, float] = {}

    def begin(self) -> str | None:
        """Put a lease, and remove what runners that are gone have left; return why puts do not exclude here."""
        self._now()
        if (fault := self._self_test()) is None:
            self._sweep()
        return fault

    def take(self, name: str) -> bool:
        """Put a claim, in place of a stale one; return False where another runner is at it."""
        return self._objects.create(_claim(name), self._content) or self._break(name)

    def give_back(self, names: Iterable[str]) -> list[str]:
        """Remove own claims; return those that were broken."""
        names = list(names)
        broken = [name for name in names if self._holder(name)[0] != self._token]
        self._objects.remove(_claim(name) for name in names if name not in broken)
        return broken

    def touch(self) -> None:
        """Put the lease again."""
        self._objects.write(_lease(self._token), self._content)

    def end(self) -> None:
        """Remove the lease."""
        self._objects.remove([_lease(self._token)])

    @property
    def _content(self) -> bytes:
        return self._token.encode()

    def _self_test(self) -> str | None:
        """Return why runners cannot exclude each other here, None where they can."""
        probe = f"{CLAIMS_FOLDER}/{self._token}.probe"
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
        now, prefix = self._now(), f"{CLAIMS_FOLDER}/"
        old = [
            name.removeprefix(prefix)
            for name, found in self._objects.listing().items()
            if name.startswith(prefix) and is_stale(found.put_at.timestamp(), now)
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
        return not self._is_alive(holder) and self._put_over(name, tag)

    def _put_over(self, name: str, tag: str) -> bool:
        """Put an own claim in place of that with this tag; return False where it is no longer there.

        Where the store has no put on that condition, two runners that break one claim at once may both have it.
        """
        try:
            return self._objects.replace(_claim(name), self._content, tag)
        except ObjectStoreError:
            self._objects.write(_claim(name), self._content)
            return True

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
        if is_stale(put_at, self._now()):
            return False
        self._seen[holder] = time.monotonic()
        return True

    def _now(self) -> float:
        """Return the time by the server, in seconds: that of a put of the lease."""
        self.touch()
        return self._objects.find(_lease(self._token)).put_at.timestamp()


def _claim(name: str) -> str:
    return f"{CLAIMS_FOLDER}/{name}"


def _lease(token: str) -> str:
    return f"{CLAIMS_FOLDER}/{token}.lease"
