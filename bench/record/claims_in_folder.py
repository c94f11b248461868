"""Claims on trials in a folder: hard links, which the file server makes for one runner alone.

A claim is a hard link to the lease, under the claimed name, so that one touch of the lease touches every claim.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import platform
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.base.files import create_beside, remove_leftovers
from bench.record.claims import is_stale
from bench.schema.paths import CLAIMS_FOLDER

BREAKING = "breaking"
"""Claim of the one runner that breaks stale claims."""


class LinksInFolder:
    """Claims in a results folder (`bench.record.claims.Storage`)."""

    def __init__(self, folder: Path) -> None:
        self.place = str(folder)
        self._folder = folder / CLAIMS_FOLDER

    def begin(self) -> str | None:
        """Make a lease, and remove what runners that are gone have left; return why links do not exclude here."""
        self._new_lease()
        if (fault := self._self_test()) is None:
            self._sweep()
        return fault

    def take(self, name: str) -> bool:
        """Link the lease to a name, breaking a stale claim; return False where another runner is at it."""
        path = self._folder / name
        for _ in range(3):
            try:
                self.touch()  # should this runner have stood still, the new claim is not stale
                os.link(self._lease, path)
            except FileExistsError:
                if self._is_mine(path):  # the answer to an earlier request was lost on its way
                    return True
                if not self._break(path):
                    return False
            except FileNotFoundError:  # this runner stood still so long that another one removed its lease
                os.close(self._file)
                self._new_lease()
            else:
                return True
        return False

    def give_back(self, names: Iterable[str]) -> list[str]:
        """Remove own claims; return those that were broken."""
        return [name for name in names if not self._unlink(self._folder / name)]

    def touch(self) -> None:
        """Touch the lease."""
        os.utime(self._file)

    def end(self) -> None:
        """Remove the lease, and the folder of claims where no other runner is."""
        try:
            self._lease.unlink(missing_ok=True)
            self._folder.rmdir()
        finally:
            os.close(self._file)

    def _new_lease(self) -> None:
        """Make a lease. It is locked before it has its name: a lease that says so and is not has lost its runner."""
        self._lease = self._folder / f"{secrets.token_hex(8)}.lease"
        made = None
        while made is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # the last runner here has just removed the folder
                made = create_beside(self._lease, durable=False)
        self._file = os.open(made, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            locked = True
        except OSError:
            locked = False
        held = os.fstat(self._file)
        owner = {"host": platform.node(), "pid": os.getpid(), "locked": locked, "kernel": _kernel(held.st_dev)}
        os.write(self._file, json.dumps(owner).encode())
        made.rename(self._lease)
        self._inode = held.st_ino

    def _self_test(self) -> str | None:
        """Return why runners cannot exclude each other here, None where they can."""
        probe = self._lease.with_suffix(".probe")
        try:
            self._now()
            os.link(self._lease, probe)
            os.link(self._lease, probe)
        except FileExistsError:
            return None
        except OSError as error:
            return f"its file system makes no hard links, or sets no times ({error.strerror or error})"
        finally:
            probe.unlink(missing_ok=True)
        return "its file system makes a link where a file is"

    def _sweep(self) -> None:
        """Remove what runners that are gone have left."""
        with contextlib.suppress(OSError):
            remove_leftovers(self._folder)
            for path in self._folder.iterdir():
                if not path.name.startswith("."):
                    self._break(path)

    def _unlink(self, path: Path) -> bool:
        """Remove an own claim; return False where it was broken."""
        if mine := self._is_mine(path):
            path.unlink(missing_ok=True)
        return mine

    def _break(self, path: Path) -> bool:
        """Remove a claim that is stale; return whether it is gone. One runner at a time breaks claims."""
        stale, guard = self._stale(path), self._folder / BREAKING
        if stale is None:
            return not path.exists()
        if path == guard:
            _remove(path, stale)
            return True
        try:
            os.link(self._lease, guard)
        except FileExistsError:
            self._break(guard)
            return False
        try:
            if self._stale(path) == stale:  # still: another runner may have broken it before the guard was had
                _remove(path, stale)
        finally:
            self._unlink(guard)
        return not path.exists()

    def _stale(self, path: Path) -> int | None:
        """Return the inode of a claim whose runner is gone, None where the runner is there or there is no claim."""
        with _opened(path) as file:
            if file is None or (held := os.fstat(file)).st_ino == self._inode:
                return None
            return held.st_ino if _has_lost_its_runner(file) or is_stale(held.st_mtime, self._now()) else None

    def _is_mine(self, path: Path) -> bool:
        with _opened(path) as file:
            return file is not None and os.fstat(file).st_ino == self._inode

    def _now(self) -> float:
        """Return the time by the file server, in seconds: that of a touch of the lease."""
        self.touch()
        return os.fstat(self._file).st_mtime


def _remove(path: Path, inode: int) -> None:
    """Remove the claim of `inode`. One that was taken in between is put back."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    with contextlib.suppress(FileNotFoundError):
        path.rename(aside)
        if aside.stat().st_ino != inode:
            with contextlib.suppress(FileExistsError):
                os.link(aside, path)
        aside.unlink()


@contextmanager
def _opened(path: Path) -> Iterator[int | None]:
    """Open a claim, None where there is none.

    Opening makes an NFS client ask the server; what it knows without asking may be a minute old.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, f"a symbolic link lies at {path}, and none is followed: remove it") from error
        if error.errno not in (errno.ENOENT, errno.ESTALE):
            raise
        yield None
        return
    try:
        yield file
    finally:
        os.close(file)


def _kernel(device: int) -> list[str | int] | None:
    """Return what names a file system as this kernel has it mounted until it stops, None where nothing does."""
    try:
        return [Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip(), device]
    except OSError:
        return None


def _has_lost_its_runner(file: int) -> bool:
    """Return whether the runner of a lease is known to have ended.

    That is known on the kernel that it ran on, in whatever container: its lock ended with it.
    """
    try:
        owner = json.loads(os.pread(file, 4096, 0))
        kernel = _kernel(os.fstat(file).st_dev)
        if not (isinstance(owner, dict) and owner.get("locked") is True and kernel and owner.get("kernel") == kernel):
            return False
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (OSError, ValueError):
        return False
    return True
