"""One ``run-*.wandb``: a log of records in LevelDB's framing, each a message of wandb's ``wandb_internal.proto``.

The wandb package has no function that reads it: what follows is the format, checksums included.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.base.errors import TableError
from analysis.importing.plain_files import bytes_of
from analysis.importing.wire import Message, WireError

_MAGIC = b":W&B"
_BLOCK, _HEADER = 32768, 7
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_HISTORY, _SUMMARY, _CONFIG, _RUN, _EXIT = 2, 3, 5, 17, 18
"""Fields of `Record`."""
_PROJECT, _SWEEP = 3, 12
"""Fields of a run."""
_UPDATE, _REMOVE, _KEY, _NESTED_KEY, _VALUE = 1, 2, 1, 2, 16


@dataclass
class Logged:
    """What one log says of its run; filled record by record."""

    path: Path
    run_id: str = ""
    name: str = ""
    group: str = ""
    job_type: str = ""
    project: str = ""
    sweep: str = ""
    started: float = 0.0
    """Seconds since 1970."""
    exit_code: int | None = None
    """None where the log ends without one: the process was killed, or is still running."""
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)


def logged(path: Path) -> Logged:
    """Read one log.

    A log that ends within a record is that of a killed process, and read up to there.

    Raises
    ------
    TableError
        No log of wandb, or a broken one.
    """
    found = Logged(path)
    content = bytes_of(path)
    try:
        for each in _records(content):
            _take(found, Message.of(each))
    except (WireError, ValueError, RecursionError) as error:
        raise TableError(path, [f"cannot be read as a log of wandb: {error}"]) from error
    return found


def _records(content: bytes) -> Iterator[bytes]:
    if content[:4] != _MAGIC or len(content) < _HEADER:
        raise WireError("it does not begin with :W&B")
    place, parts = _HEADER, b""
    while place + _HEADER <= len(content):
        if _BLOCK - place % _BLOCK < _HEADER:  # no header fits into what is left of the block
            place += _BLOCK - place % _BLOCK
            continue
        checksum, size, kind = struct.unpack_from("<IHB", content, place)
        data = content[place + _HEADER : place + _HEADER + size]
        if len(data) < size or (kind == 0 and size == 0):
            return
        if zlib.crc32(data, zlib.crc32(bytes([kind]))) != checksum:
            raise WireError(f"the checksum of the record at byte {place} is wrong")
        place += _HEADER + size
        parts = data if kind in (_FULL, _FIRST) else parts + data
        if kind in (_FULL, _LAST):
            yield parts


def _take(found: Logged, record: Message) -> None:
    for run in record.messages(_RUN):
        found.run_id, found.name = run.text(1), run.text(8)
        found.group, found.job_type = run.text(6), run.text(7)
        found.project, found.sweep = run.text(_PROJECT), run.text(_SWEEP)
        for stamp in run.messages(17):
            found.started = (stamp.whole(1) or 0) + (stamp.whole(2) or 0) / 1e9
        for config in run.messages(4):
            _change(found.config, config)
        for summary in run.messages(5):
            _change(found.summary, summary)
    for config in record.messages(_CONFIG):
        _change(found.config, config)
    for summary in record.messages(_SUMMARY):
        _change(found.summary, summary)
    for history in record.messages(_HISTORY):
        row: dict[str, Any] = {}
        for item in history.messages(1):
            _put(row, _keys(item), json.loads(item.text(_VALUE) or "null"))
        found.history.append(row)
    for ending in record.messages(_EXIT):
        found.exit_code = ending.whole(1) or 0


def _change(values: dict[str, Any], record: Message) -> None:
    for item in record.messages(_UPDATE):
        _put(values, _keys(item), json.loads(item.text(_VALUE) or "null"))
    for item in record.messages(_REMOVE):
        _remove(values, _keys(item))


def _keys(item: Message) -> list[str]:
    return item.texts(_NESTED_KEY) or [item.text(_KEY)]


def _put(values: dict[str, Any], keys: list[str], value: Any) -> None:
    *above, last = keys
    for key in above:
        if not isinstance(values.get(key), dict):
            values[key] = {}
        values = values[key]
    values[last] = value


def _remove(values: dict[str, Any], keys: list[str]) -> None:
    *above, last = keys
    for key in above:
        values = values.get(key, {})
    values.pop(last, None)
