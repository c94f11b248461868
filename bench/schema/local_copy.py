"""Results under a URL: every program reads and writes a local copy of them, a folder like any other.

The copy lies in the user's cache, and is brought up to date before it is read. What a runner writes or removes there
goes to the object store at once; where that fails it stays in the copy, and the next run uploads it. The copy decides
nothing: each file of trials bears a digest that every reader verifies.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from bench.schema.object_store import SCHEME, ObjectStore, ObjectStoreError
from bench.schema.paths import (
    CODE_FOLDER,
    CURVES_FOLDER,
    ENVIRONMENT_FOLDER,
    PLAN_FILE,
    PLANS_LOG,
    PLUGINS_FOLDER,
    REHEARSAL_FILE,
    SEGMENT,
    STUDY_FILE,
    TASKS_FILE,
    THROUGHPUT_FOLDER,
    TRIALS_FOLDER,
)

SHARED = frozenset(
    {TRIALS_FOLDER, CURVES_FOLDER, ENVIRONMENT_FOLDER, THROUGHPUT_FOLDER, PLUGINS_FOLDER, CODE_FOLDER}
    | {PLAN_FILE, STUDY_FILE, PLANS_LOG, REHEARSAL_FILE, TASKS_FILE}
)
"""What of a results folder lies on the object store. Logs and unfinished trials stay where they were made."""
_TRIES = 10
_DOWNLOADS = 16
_Version = tuple[int, int]
_COPIES: dict[Path, LocalCopy] = {}


def located(name: Path | str) -> Path:
    """Return the path that a name stands for: of a URL, the folder of its local copy, up to date; raise OSError."""
    text = str(name)
    if "://" not in text:
        return Path(name)
    copy = LocalCopy(text.rstrip("/"))
    copy.refresh()
    return _COPIES.setdefault(copy.folder, copy).folder


def shown(folder: Path) -> str:
    """Return how a user names a folder: by its URL where it is a local copy."""
    copy = _COPIES.get(folder)
    return str(folder) if copy is None else copy.objects.url


def copy_of(path: Path) -> LocalCopy | None:
    """Return the local copy that a path lies in, None where it lies in none."""
    return next((copy for folder, copy in _COPIES.items() if path.is_relative_to(folder)), None)


class LocalCopy:
    """The local copy of what lies under `url`. Programs may share one: one at a time brings it up to date."""

    def __init__(self, url: str) -> None:
        self.objects = ObjectStore(url)
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        named = f"{os.environ.get('AWS_ENDPOINT_URL', '')} {url}"
        self._base = cache / "regularisation-bench" / hashlib.sha256(named.encode()).hexdigest()[:16]
        self.folder = self._base / url.removeprefix(SCHEME)
        self._log = self._base / "known.jsonl"

    def refresh(self) -> None:
        """Take over what has changed on the object store; raise OSError."""
        with self._alone():
            for _ in range(_TRIES):
                try:
                    self._update(self._listing())
                except FileNotFoundError:  # compacted since it was listed
                    continue
                return
        raise ObjectStoreError(f"{self.objects.url}: objects that it lists are not there")

    def upload(self, path: Path, content: bytes) -> None:
        """Upload what was written to a file of the copy; raise OSError."""
        name = self._name(path)
        if _is_shared(name):
            with self._alone():
                self._upload(name, content)

    def upload_waiting(self) -> None:
        """Upload what an earlier run could not; raise OSError."""
        with self._alone():
            known = self._known()
            for name, version in self._here().items():
                if name not in known or known[name][1] != version:
                    self._upload(name, (self.folder / name).read_bytes())

    def check_uploaded(self, path: Path) -> None:
        """Raise OSError unless the object store has every byte of a file."""
        if self.objects.read(self._name(path))[0] != path.read_bytes():
            raise ObjectStoreError(f"{self.objects.url}/{self._name(path)}: does not hold what was written to it")

    def remove(self, paths: Collection[Path]) -> None:
        """Remove files from the object store; raise OSError."""
        self.objects.remove(name for name in map(self._name, paths) if _is_shared(name))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self._base / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _listing(self) -> dict[str, str]:
        """Return the tag of each shared object: of every trial that was there at the start.

        A listing takes several requests, and may have neither a new segment nor the files in it (`files_in` of folder).
        """
        before, found = None, self._listed()
        while (segments := {name for name in found if PurePosixPath(name).name.startswith(SEGMENT)}) != before:
            before, found = segments, self._listed()
        return found

    def _listed(self) -> dict[str, str]:
        return {name: each.tag for name, each in self.objects.listing().items() if _is_shared(name)}

    def _update(self, there: Mapping[str, str]) -> None:
        """Make the copy what is `there`; what was never uploaded, or was changed since, stays."""
        known, here = self._known(), self._here()
        wanted = [name for name, tag in there.items() if name not in here or name not in known or known[name][0] != tag]
        with ThreadPoolExecutor(_DOWNLOADS) as pool:
            got = dict(zip(wanted, pool.map(self._download, wanted), strict=True))
        gone = {name for name in here.keys() - there.keys() if name in known and known[name][1] == here[name]}
        for name in gone:
            (self.folder / name).unlink(missing_ok=True)
        now = {name: entry for name, entry in known.items() if name in there} | got
        if now != known:
            text = "".join(_line(name, *entry) for name, entry in now.items())
            _write(self._log, text.encode())

    def _download(self, name: str) -> tuple[str, _Version]:
        content, tag = self.objects.read(name)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
        return tag, _version(path)

    def _upload(self, name: str, content: bytes) -> None:
        version = _version(self.folder / name)
        tag = self.objects.write(name, content)
        with self._log.open("a", encoding="utf-8") as log:
            log.write(_line(name, tag, version))

    def _here(self) -> dict[str, _Version]:
        paths = self.folder.rglob("*")
        return {name: _version(path) for path in paths if _is_shared(name := self._name(path)) and path.is_file()}

    def _known(self) -> dict[str, tuple[str, _Version]]:
        """Return the tag of each object that this copy is up to date with, and the version of its file."""
        try:
            lines = map(json.loads, self._log.read_text(encoding="utf-8").splitlines())
            return {name: (tag, (time, size)) for name, tag, time, size in lines}
        except (FileNotFoundError, ValueError, TypeError):  # not there yet, or cut short by a kill: all is downloaded
            return {}


def _is_shared(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and parts[0] in SHARED and ".." not in parts and not parts[-1].startswith(".")


def _line(name: str, tag: str, version: _Version) -> str:
    return json.dumps([name, tag, *version]) + "\n"


def _version(path: Path) -> _Version:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
