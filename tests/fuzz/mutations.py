"""Mutations of a valid input: of its bytes, and of the document that it is."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from random import Random
from typing import Any

import tomli_w

TOKENS = (
    b"\0", b"nan", b"-inf", b"1e999", b"-1", b"0", b"9" * 20, b"9" * 5_000, b"0x" + b"f" * 5_000, b'"', b"'", b"\n",
    b",", b";", b"\t", b"[", b"]]]", b"{", b"[[" * 600, b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"=", b"true",
    b"null", b"\\u0000", b"..", b"/", b"\xf0\x9f\x98\x80", b"%", b"seeds", b"1979-05-27T07:32:00Z", b"1_000", b"\r\n",
    b"#", b"\x1b[31m", b"1,5", b'"""',
)  # fmt: skip
"""What a program may stumble over."""

VALUES: tuple[Any, ...] = (
    "", -1, 0, 1, 2**31, 2**63 - 1, 10**30, 1e308, float("nan"), float("inf"), -0.0, True, [], [[]], [1, [2]], {},
    {"a": 1}, "none", "../x", "a\0b", "x" * 3_000, ["a", "a"], [0.5] * 100, "cuda", "é", "a b", [True], [10**20],
    1e-320, {"init": 2, "order": 2, "mask": 2}, {"init": 0}, [-1], [1, 1], "\u202e",
)  # fmt: skip
KEYS = (
    "zzz", "seeds", "dropout", "label", "dropout_1", "weight_decay", "optimiser", "until", "margins", "classes",
    "files", "path", "plugins", "precisions", "mixup", "hidden", "train_size", "validation_size", "label_noise",
)  # fmt: skip


def of_bytes(random: Random, content: bytes) -> bytes:
    """Return the content with one to six places changed: bits, tokens, bytes left out, repeated or cut off."""
    changed = bytearray(content)
    for _ in range(random.choice([1, 1, 1, 2, 3, 6])):
        place = random.randrange(len(changed) + 1)
        match random.randrange(8):
            case 0 if changed:
                changed[place % len(changed)] ^= 1 << random.randrange(8)
            case 1:
                changed[place:place] = random.choice(TOKENS)
            case 2:
                del changed[place : place + random.choice([1, 2, 8, 40])]
            case 3:
                changed[place : place + random.choice([1, 2, 8, 40])] = random.choice(TOKENS)
            case 4:
                del changed[place:]
            case 5:
                changed[place:place] = changed[place : place + random.choice([4, 30, 200])]
            case 6:
                width = random.choice([1, 4])
                changed[place : place + width] = random.randbytes(width)
            case _:
                lines = bytes(changed).split(b"\n")
                lines.insert(random.randrange(len(lines) + 1), random.choice(lines))
                changed = bytearray(b"\n".join(lines))
    return bytes(changed)


def of_document(random: Random, content: bytes) -> bytes:
    """Return a TOML document with one to three of its values gone, or replaced by an odd one, or odd keys added."""
    document = tomllib.loads(content.decode())
    for _ in range(random.choice([1, 1, 2, 3])):
        path = random.choice(list(_paths(document)))
        inside: Any = document
        for key in path[:-1]:
            inside = inside[key]
        kind, value = random.randrange(4), copy.deepcopy(random.choice(VALUES))
        if kind == 0 and isinstance(inside, dict):
            del inside[path[-1]]
        elif kind == 1 and isinstance(inside, dict):
            inside[random.choice(KEYS)] = value
        else:
            inside[path[-1]] = value
        if not document:
            break
    return tomli_w.dumps(document).encode()


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*before, key)
        yield from _paths(inner, (*before, key))
