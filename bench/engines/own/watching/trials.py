"""What is noted of a trial: which streams it uses, what is saved and restored, and what is permuted."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import numpy as np

from bench.engines.own.streams import StreamSeeds
from bench.engines.own.trial import Generator
from bench.engines.own.watching.watch import Put, Watch, digest


class WatchedSeeds(StreamSeeds):
    """Seeds of the streams that note which of them is read."""

    __slots__ = ("note",)
    note: Callable[[str], None]

    def __getattribute__(self, name: str) -> Any:
        if name in ("init", "order", "mask"):
            object.__getattribute__(self, "note")(name)
        return object.__getattribute__(self, name)


def watch_streams(watch: Watch, put: Put) -> None:
    """Note which streams are used, and what is permuted."""
    trial, seen = watch.trial, watch.seen

    def asked(stream: str, epoch: int) -> None:
        seen.requests.append((stream, epoch, watch.epoch))

    def noted(right: Callable[..., Any]) -> Callable[..., Any]:
        def call(stream: str, epoch: int = 0) -> Any:
            asked(stream, epoch)
            return right(stream, epoch)

        return call

    @contextmanager
    def in_stream(context: AbstractContextManager[None]) -> Iterator[None]:
        before = len(seen.losses)
        with context:
            yield
        if len(seen.losses) > before:
            watch.keep()

    for name in ("random", "generator", "numpy"):
        put(trial, name, noted)
    put(trial, "random", lambda right: lambda stream, epoch=0: in_stream(right(stream, epoch)))

    def shuffled(values: Any) -> None:
        with suppress(TypeError, ValueError):
            seen.shuffles.append((watch.epoch, digest(np.ascontiguousarray(values).tobytes())))

    def of_method(right: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: Any, first: Any, *given: Any, **named: Any) -> Any:
            made = right(self, first, *given, **named)
            shuffled(first if made is None else made)
            return made

        return call

    def of_function(right: Callable[..., Any]) -> Callable[..., Any]:
        def call(first: Any, *given: Any, **named: Any) -> Any:
            made = right(first, *given, **named)
            shuffled(first if made is None else made)
            return made

        return call

    for name in ("permutation", "shuffle", "choice", "integers"):
        put(Generator, name, of_method)
    for place, name in ((np.random, "permutation"), (np.random, "shuffle"), (random, "shuffle"), (random, "sample")):
        put(place, name, of_function)
    put(np.random, "default_rng", _watched_generators)
    seeds = WatchedSeeds(trial.seeds.init, trial.seeds.order, trial.seeds.mask)
    object.__setattr__(seeds, "note", lambda name: asked(name, -1))
    trial.seeds = seeds


def _watched_generators(right: Callable[..., np.random.Generator]) -> Callable[..., np.random.Generator]:
    """Let NumPy's generators be such as can be watched; they give the same numbers."""

    def call(seed: Any = None) -> np.random.Generator:
        return Generator(right(seed).bit_generator)

    return call


def watch_memory(watch: Watch, put: Put) -> None:
    """Note what is evaluated, saved and restored, and let the process die after it has saved."""
    trial, seen = watch.trial, watch.seen

    def correct(right: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            first = len(seen.forwards)
            found = right(*given, **named)
            seen.corrected.append((first, len(seen.forwards), np.packbits(found.numpy()).tobytes()))
            return found

        return call

    def save(right: Callable[[Any], None]) -> Callable[[Any], None]:
        def call(state: Any) -> None:
            right(state)
            seen.saved += 1
            watch.dying = watch.changes.die_after_save

        return call

    def restored(right: Callable[[], Any]) -> Callable[[], Any]:
        def call() -> Any:
            seen.asked_to_restore = True
            state = right()
            seen.restored |= state is not None
            return state

        return call

    def epoch(right: Callable[..., None]) -> Callable[..., None]:
        def call(**metrics: float) -> None:
            if watch.dying:
                os.kill(os.getpid(), signal.SIGKILL)
            right(**metrics)
            watch.reported()

        return call

    put(trial, "correct", correct)
    put(trial, "save", save)
    put(trial, "restored", restored)
    put(trial, "epoch", epoch)
