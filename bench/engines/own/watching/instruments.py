"""The instruments put into the process of a trial, and taken out again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.engines.own.trial import Trial
from bench.engines.own.watching.trials import watch_memory, watch_streams
from bench.engines.own.watching.watch import Changes, Watch


@contextmanager
def watching(trial: Trial, changes: Changes | None = None) -> Iterator[Watch]:
    """Note what the training of a trial does, until the end of the context."""
    watch = Watch(trial, changes or Changes())
    undo: list[tuple[Any, str, Any]] = []

    def put(place: Any, name: str, make: Callable[[Any], Any]) -> None:
        if (before := getattr(place, name, None)) is not None:
            undo.append((place, name, before))
            setattr(place, name, make(before))

    watch_streams(watch, put)
    watch_memory(watch, put)
    if "torch" in sys.modules:
        from bench.engines.own.watching.networks import watch_torch  # noqa: PLC0415 - it imports torch

        watch_torch(watch, put)
    try:
        yield watch
    finally:
        for place, name, before in reversed(undo):
            setattr(place, name, before)
        watch.on_close()
        watch.seen.defaults = dict(trial.settings.defaults)
        watch.seen.settings_read = set(trial.settings.read)
        watch.seen.read_whole = trial.settings.iterated
