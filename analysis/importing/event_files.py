"""TensorBoard's event files: records of TensorFlow, each a message `Event`; scalars and hyperparameters are taken."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analysis.base.errors import TableError
from analysis.importing.plain_files import bytes_of
from analysis.importing.runs import Setting
from analysis.importing.wire import Message, WireError, real_of

_HEADER, _FOOTER = 12, 4
_STEP, _SUMMARY, _VALUE, _SESSION_LOG, _START = 2, 5, 1, 7, 1
_TAG, _SIMPLE, _TENSOR, _METADATA = 1, 2, 8, 9
_FLOAT, _DOUBLE = 1, 2
_SESSION = "_hparams_/"
_FAILURE = 2


@dataclass
class Events:
    """What the event files of one run say; filled file by file."""

    scalars: dict[str, dict[float, float]] = field(default_factory=dict)
    """Value by step, of each tag."""
    settings: dict[str, Setting] = field(default_factory=dict)
    """Hyperparameters, where these were logged."""
    failed: bool = False
    """Whether the session of the hyperparameters says that it failed."""
    restarted: bool = False
    """Whether a later file has steps that an earlier one has too: what the earlier one has from there on is gone."""


def take(path: Path, events: Events, prefix: str = "", *, again: bool = False) -> None:
    """Add a file to `events`, its tags behind `prefix`; `again` where an earlier file of its folder was added.

    A file that ends within a record is that of a killed process, and read up to there.

    Raises
    ------
    TableError
        No event file, or a broken one.
    """
    content = bytes_of(path)
    mine = Events()
    try:
        for record in _records(content):
            event = Message.of(record)
            step = event.whole(_STEP) or 0
            if any(session.whole(1) == _START for session in event.messages(_SESSION_LOG)):
                for course in (*events.scalars.values(), *mine.scalars.values()) if again else ():
                    events.restarted |= _cut(course, step)
            for value in event.messages(_SUMMARY, _VALUE):
                _take(mine, value, step, prefix)
    except WireError as error:
        raise TableError(path, [f"cannot be read as an event file of TensorBoard: {error}"]) from error
    for tag, course in mine.scalars.items():
        known = events.scalars.setdefault(tag, {})
        if again:
            events.restarted |= _cut(known, min(course))
        known |= course
    events.settings |= mine.settings
    events.failed |= mine.failed


def _cut(course: dict[float, float], step: float) -> bool:
    """Take out the values from a step on, and return whether there were any."""
    late = [each for each in course if each >= step]
    for each in late:
        del course[each]
    return bool(late)


def _records(content: bytes) -> Iterator[bytes]:
    place = 0
    while place + _HEADER + _FOOTER <= len(content):
        size, checksum = struct.unpack_from("<QI", content, place)
        if _masked(content[place : place + 8]) != checksum:
            raise WireError(f"the checksum of the record at byte {place} is wrong")
        end = place + _HEADER + size
        if end + _FOOTER > len(content):
            return
        data = content[place + _HEADER : end]
        if struct.unpack_from("<I", content, end)[0] != _masked(data):
            raise WireError(f"the checksum of the record at byte {place} is wrong")
        yield data
        place = end + _FOOTER


def _take(events: Events, value: Message, step: int, prefix: str) -> None:
    tag = value.text(_TAG)
    if tag.startswith(_SESSION):
        for content in (each for data in value.messages(_METADATA, 1) for each in data.every(2)):
            _hyperparameters(events, Message.of(content))
        return
    number = value.real(_SIMPLE)
    for tensor in value.messages(_TENSOR):
        number = _scalar(tensor)
    if number is not None:
        events.scalars.setdefault(prefix + tag, {})[float(step)] = number


def _scalar(tensor: Message) -> float | None:
    """Return the number that a tensor of one number is, None of others."""
    size = {_FLOAT: 4, _DOUBLE: 8}.get(tensor.whole(1) or 0)
    contents = [content for number in (4, 5, 6) for content in tensor.every(number) if len(content) == size]
    return real_of(contents[0]) if len(contents) == 1 else None


def _hyperparameters(events: Events, plugin: Message) -> None:
    for entry in plugin.messages(3, 1):
        for value in entry.messages(2):
            texts, number, flag = value.texts(3), value.real(2), value.whole(4)
            events.settings[entry.text(1)] = texts[0] if texts else number if number is not None else bool(flag)
    for end in plugin.messages(4):
        events.failed = end.whole(1) == _FAILURE


def _table() -> tuple[int, ...]:
    values = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        values.append(value)
    return tuple(values)


_CRC32C = _table()


def _masked(content: bytes) -> int:
    """Return TensorFlow's masked CRC-32C."""
    value = 0xFFFFFFFF
    for byte in content:
        value = _CRC32C[(value ^ byte) & 0xFF] ^ value >> 8
    value ^= 0xFFFFFFFF
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF
