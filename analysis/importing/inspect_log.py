"""A log of Inspect as it lies on disk: JSON, or a zip of JSON with a header and a file for each sample.

A run that was killed has no header, but what it began with, in ``_journal/start.json``.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from analysis.base.errors import TableError
from analysis.importing.plain_files import bytes_of, ending, json_of

_HEADERS = ("header.json", "results.json")
_STARTS = ("_journal/start.json", "start.json")
"""The second of each is that of the first versions, whose results stand apart from what the run began with."""
_SAMPLES = "samples/"
_LARGEST = 2**30
_ZSTANDARD = 93
"""How a zip calls Zstandard, by which Inspect packs: `zipfile` knows it from Python 3.14 on."""
_LOCAL, _NAMES_AT = 30, 26
"""Length of what stands before each member of a zip, and where in it the lengths of name and extra field are."""


@dataclass(frozen=True)
class Log:
    """A log: what was asked (``eval``, ``plan``), how it ended, and every sample of every epoch."""

    path: Path
    header: Mapping[str, Any]
    samples: tuple[Mapping[str, Any], ...]

    @property
    def spec(self) -> Mapping[str, Any]:
        """The key ``eval``."""
        return _mapping(self.header.get("eval"))

    @property
    def plan(self) -> Mapping[str, Any]:
        """The key ``plan``."""
        return _mapping(self.header.get("plan"))


def log_of(path: Path) -> Log | None:
    """Return a log; None where a JSON file is of another kind.

    Raises
    ------
    TableError
        What cannot be read, or is packed in a way that this Python does not know.
    """
    if ending(path) == ".eval":
        return _packed(path)
    found = json_of(path)
    if not isinstance(found, Mapping) or "model" not in _mapping(found.get("eval")):
        return None
    samples = found.get("samples") or []
    return Log(path, found, _all_mappings(path, samples))


def _packed(path: Path) -> Log:
    try:
        content = bytes_of(path)
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            member = partial(_member, path, content, packed)
            header: dict[str, Any] = {}
            for name in (*_STARTS[::-1], *_HEADERS[::-1]):
                if name in names:
                    header |= _mapping(member(name))
            if "model" not in _mapping(header.get("eval")):
                raise TableError(path, [f"is no log of Inspect: it has neither {_HEADERS[0]} nor {_STARTS[0]}"])
            inside = sorted(name for name in names if name.startswith(_SAMPLES) and name.endswith(".json"))
            return Log(path, header, _all_mappings(path, [member(name) for name in inside]))
    except NotImplementedError as error:
        fault = (
            f"is packed in a way that this Python cannot read ({error}): inspect log convert --to json writes it plain"
        )
        raise TableError(path, [fault]) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise TableError(path, [f"cannot be read as a zip of Inspect: {error}"]) from error


def _member(path: Path, content: bytes, packed: zipfile.ZipFile, name: str) -> Any:
    about = packed.getinfo(name)
    if about.file_size > _LARGEST:
        raise TableError(path, [f"{name} in it is larger than {_LARGEST} bytes"])
    unpacked = _by_zstandard(content, about) if about.compress_type == _ZSTANDARD else packed.read(name)
    try:
        return json_of(path, unpacked.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise TableError(path, [f"{name} in it is no UTF-8 text"]) from error


def _by_zstandard(content: bytes, about: zipfile.ZipInfo) -> bytes:
    """Return a member that is one or more frames of Zstandard."""
    local = content[about.header_offset : about.header_offset + _LOCAL]
    if len(local) < _LOCAL:
        raise zipfile.BadZipFile(f"{about.filename} lies beyond its end")
    start = about.header_offset + _LOCAL + sum(struct.unpack_from("<HH", local, _NAMES_AT))
    packed = pa.BufferReader(content[start : start + about.compress_size])
    unpacked = pa.CompressedInputStream(packed, "zstd").read(about.file_size + 1)
    if len(unpacked) != about.file_size or zlib.crc32(unpacked) != about.CRC:
        raise zipfile.BadZipFile(f"{about.filename} is damaged")
    return unpacked


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _all_mappings(path: Path, samples: object) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(samples, list) or not all(isinstance(each, Mapping) and "id" in each for each in samples):
        raise TableError(path, ["has samples that are no mappings with an id"])
    return tuple(samples)
