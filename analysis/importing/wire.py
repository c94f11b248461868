"""Protocol Buffers as bytes on the wire: fields by number, without the classes that a schema would generate."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass


class WireError(ValueError):
    """Bytes that are no message."""


@dataclass(frozen=True)
class Message:
    """A message.

    Parameters
    ----------
    fields : tuple of (int, int or bytes)
        Number and value of each field, in the order of the bytes: whole numbers as they are, all else as bytes.
    """

    fields: tuple[tuple[int, int | bytes], ...]

    @classmethod
    def of(cls, content: bytes) -> Message:
        """Return the message that these bytes are; raise WireError where they are none."""
        return cls(tuple(_fields(content)))

    def every(self, number: int) -> Iterator[bytes]:
        """Yield each value of a field of bytes."""
        return (value for each, value in self.fields if each == number and isinstance(value, bytes))

    def messages(self, *path: int) -> Iterator[Message]:
        """Yield each message at the end of a path of fields."""
        first, *rest = path
        for content in self.every(first):
            below = Message.of(content)
            yield from below.messages(*rest) if rest else (below,)

    def texts(self, number: int) -> list[str]:
        """Return each value of a field of text."""
        try:
            return [content.decode() for content in self.every(number)]
        except UnicodeDecodeError as error:
            raise WireError(f"field {number} is no text") from error

    def text(self, number: int) -> str:
        """Return the last value of a field of text, empty where there is none."""
        return next(iter(self.texts(number)[::-1]), "")

    def whole(self, number: int) -> int | None:
        """Return the last value of a field of whole numbers, with its sign; None where there is none."""
        found = [value for each, value in self.fields if each == number and isinstance(value, int)]
        return None if not found else found[-1] - (found[-1] >> 63 << 64)

    def real(self, number: int) -> float | None:
        """Return the last value of a float or double; None where there is none."""
        found = [content for content in self.every(number) if len(content) in (4, 8)]
        return real_of(found[-1]) if found else None


def real_of(content: bytes) -> float:
    """Return the number that 4 or 8 bytes are; of 4, the shortest decimal number that they stand for: 0.6 is 0.6."""
    if len(content) == 8:
        return struct.unpack("<d", content)[0]
    (value,) = struct.unpack("<f", content)
    texts = (f"{value:.{digits}g}" for digits in range(6, 10))
    return next((float(text) for text in texts if struct.pack("<f", float(text)) == content), value)


def _fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    place = 0
    while place < len(content):
        key, place = _varint(content, place)
        match key & 7:
            case 0:
                value, place = _varint(content, place)
                yield key >> 3, value
                continue
            case 1:
                size = 8
            case 2:
                size, place = _varint(content, place)
            case 5:
                size = 4
            case kind:
                raise WireError(f"there is no type {kind}")
        if place + size > len(content):
            raise WireError(f"field {key >> 3} ends early")
        yield key >> 3, content[place : place + size]
        place += size


def _varint(content: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(content):
            break
        byte = content[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, place
    raise WireError("a number ends early")
