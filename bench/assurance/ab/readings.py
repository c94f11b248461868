"""What is read off a finished call: its wall or processor time, a number it printed, or pytest-benchmark's JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from bench.assurance.ab.calls import Call, Took
from bench.assurance.gate.errors import GateError
from bench.assurance.gate.slot_result import log_seconds

Reading = Callable[[Call, Took], dict[str, float]]
"""(finished call, what it took) -> the logarithm of each quantity by its name; more is slower"""


def wall_time(call: Call, took: Took) -> dict[str, float]:
    """Return the log seconds from the call's start to its end."""
    del call
    return {"wall time": math.log(took.wall)}


def processor_time(call: Call, took: Took) -> dict[str, float]:
    """Return the log seconds of all processors that the call used, its children's among them."""
    if not took.processor:
        raise GateError(f"{call.what}: no processor time by the system's clock; nothing is judged")
    return {"processor time": math.log(took.processor)}


def printed(key: str) -> Reading:
    """Return a reading of the number under `key` in the JSON object that a call prints last."""

    def read(call: Call, took: Took) -> dict[str, float]:
        del took
        content = last_object(call.output.read_text(encoding="utf-8", errors="replace"))
        if content is None or key not in content:
            lacks = "no JSON object stands last" if content is None else f"the last JSON object has no {key}"
            raise GateError(f"{call.what}: {lacks} on its standard output; nothing is judged")
        number = content[key]
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < math.inf:
            raise GateError(f"{call.what}: {key} is {number!r}; a number above 0 is expected; nothing is judged")
        return {key: math.log(number)}

    return read


def last_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object, on one line or on several, that ends `text`; None where none does."""
    lines = text.strip().splitlines()
    for first in range(len(lines) - 1, -1, -1):
        if lines[first].startswith("{"):
            try:
                return json.loads("\n".join(lines[first:]))
            except ValueError:
                continue
    return None


def benchmarks(file: str) -> Reading:
    """Return a reading of pytest-benchmark's JSON, which each call writes to `file` in its own folder."""

    def read(call: Call, took: Took) -> dict[str, float]:
        del took
        written = call.folder / file
        try:
            found = log_seconds(json.loads(written.read_text(encoding="utf-8")))
            written.unlink()
        except OSError as error:
            why = "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
            raise GateError(
                f"{call.what}: {file} {why}; the command is to write it in its folder; nothing is judged"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise GateError(
                f"{call.what}: {file} is not pytest-benchmark's JSON: {error!r}; nothing is judged"
            ) from error
        if not found:
            raise GateError(f"{call.what}: there is no benchmark in {file}; nothing is judged")
        return found

    return read
