"""What is printed arrives, whatever the encoding of the terminal, and whatever a path or a label holds."""

from __future__ import annotations

import codecs
import errno
import io
import sys
from pathlib import PurePath

OF_THE_SYSTEM = frozenset(
    {errno.ENAMETOOLONG, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE,
     errno.EIO, errno.ELOOP, errno.ESTALE, errno.ENXIO}
)  # fmt: skip
"""Errors that are no fault of a program: a name too long, no room, a file system for reading alone, too few files."""

_HANDLER = "bench.as-it-can"


def make_ready() -> None:
    """Let standard output and error take every text: bytes of a path as they are, other letters escaped if need be."""
    codecs.register_error(_HANDLER, _as_it_can)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def called(package: str, script: str) -> str:
    """Return how a program is called: by its script where it was, as in a project whose folders hide the package."""
    return script if PurePath(sys.argv[0]).stem == script else f"python -m {package}"


def fault_of_the_system(error: Exception) -> str | None:
    """Return what of the system is in the way, None where an error is the program's own fault.

    Where no folder takes temporary files, torch and matplotlib fail in ways of their own.
    """
    if isinstance(error, OSError) and error.errno in OF_THE_SYSTEM:
        about = f"{error.filename}: " if error.filename else ""
        return f"{about}{error.strerror or error}"
    import tempfile  # noqa: PLC0415 - help is printed without it

    try:
        tempfile.gettempdir()
    except FileNotFoundError as none:
        return f"{none.strerror}: let the environment variable TMPDIR name one"
    return None


def printable(text: str) -> str:
    """Return a text without the bytes of a path that are no UTF-8, for files that are: they are replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _as_it_can(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    if all("\udc80" <= letter <= "\udcff" for letter in letters):
        return codecs.lookup_error("surrogateescape")(error)
    return codecs.lookup_error("backslashreplace")(error)
