"""What is noted of a training, and what it is changed by, to see what depends on it."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from bench.engines.own.streams import global_state, set_global_state
from bench.engines.own.trial import Trial
from bench.engines.own.watching.seen import AFTER_EPOCHS, AFTER_SECONDS, Seen


@dataclass(frozen=True)
class Changes:
    """What a training is changed by, as it runs.

    Parameters
    ----------
    twice : bool
        The first batches of each evaluation are evaluated a second time.
    undo : bool
        After each batch of an evaluation, the random generators are put back to where training left them.
    workers : int or None
        Number of workers of every loader.
    without_dropout : bool
        torch's dropout does nothing, and draws nothing.
    die_after_save : bool
        The process is ended soon after it has saved.
    epochs : int or None
        It is stopped once it has reported so many epochs.
    seconds : float or None
        It is stopped at the first backward pass, or report of an epoch, after so long.
    """

    twice: bool = False
    undo: bool = False
    workers: int | None = None
    without_dropout: bool = False
    die_after_save: bool = False
    epochs: int | None = None
    seconds: float | None = None


class Stopped(BaseException):
    """A training is stopped on purpose, what was noted of it is kept."""


def digest(content: bytes) -> int:
    """Return a hash of 64 bits, the same in every process."""
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big")


def hash_of_states() -> int:
    """Return a hash of the states of the global generators."""
    _, keys, *place = np.random.get_state()
    parts = [np.asarray(keys).tobytes(), repr(place).encode()]
    if (torch := sys.modules.get("torch")) is not None:
        parts.append(torch.get_rng_state().numpy().tobytes())
    return digest(b"".join([*parts, str(hash(random.getstate())).encode()]))


class Watch:
    """What is noted, and what is changed, of one trial."""

    def __init__(self, trial: Trial, changes: Changes) -> None:
        self.trial, self.changes, self.seen = trial, changes, Seen()
        self.generators: dict[str, Any] = {}
        """Generators beside the global ones, by what they are of."""
        self.after_training: dict[str, Any] | None = None
        """States of all generators after the last backward pass."""
        self.dying = False
        self.deadline = None if changes.seconds is None else time.monotonic() + changes.seconds
        self.on_close: Callable[[], None] = lambda: None

    @property
    def epoch(self) -> int:
        """Number of epochs that were reported."""
        return len(self.trial.curve)

    def states(self) -> dict[str, Any]:
        """Return the states of all generators that are known."""
        handed = {f"the generator of {each[0][1]!r} ({each[0][0]})": each[1]() for each in self.trial.handed_out}
        known = {name: made for name, made in (self.generators | handed).items() if made is not None}
        return {"global": global_state()} | {name: (made, _state(made)) for name, made in known.items()}

    def put_back(self) -> None:
        """Put all generators to where training left them, and note which had moved."""
        if self.after_training is None:
            return
        now = self.states()
        for name, kept in self.after_training.items():
            if name == "global":
                if not _same_global(kept, now[name]):
                    self._moved("a global generator")
                    set_global_state(kept)
            else:
                made, state = kept
                if not _same(state, _state(made)):
                    self._moved(name)
                    _set(made, state)

    def _moved(self, name: str) -> None:
        if name not in self.seen.evaluation_moved:
            self.seen.evaluation_moved.append(name)

    def backward_done(self) -> None:
        """Note that a training step has computed its gradients."""
        if self.dying:
            os.kill(os.getpid(), signal.SIGKILL)
        self.keep()
        self._stop_when_late()

    def reported(self) -> None:
        """Note that an epoch was reported; stop the training where that was the last one wanted."""
        self._stop_when_late()
        if self.changes.epochs is not None and self.epoch >= self.changes.epochs:
            self.seen.stopped = AFTER_EPOCHS
            raise Stopped

    def _stop_when_late(self) -> None:
        if self.deadline is not None and time.monotonic() > self.deadline:
            self.seen.stopped = AFTER_SECONDS
            raise Stopped

    def keep(self) -> None:
        """Keep the states of all generators, as those that training leaves."""
        if self.changes.undo:
            self.after_training = self.states()


def _state(made: Any) -> Any:
    return made.bit_generator.state if isinstance(made, np.random.Generator) else made.get_state()


def _set(made: Any, state: Any) -> None:
    if isinstance(made, np.random.Generator):
        made.bit_generator.state = state
    else:
        made.set_state(state)


def _same(one: Any, other: Any) -> bool:
    return one == other if isinstance(one, dict) else bool((one == other).all())


def _same_global(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one.keys() != other.keys() or one["python"] != other["python"]:
        return False
    (kind, keys, *place), (other_kind, other_keys, *other_place) = one["numpy"], other["numpy"]
    if (kind, place) != (other_kind, other_place) or bool((keys != other_keys).any()):
        return False
    states = [(one["torch"], other["torch"])] if "torch" in one else []
    states += zip(one.get("cuda", []), other.get("cuda", []), strict=True)
    return all(bool((here == there).all()) for here, there in states)


Put = Callable[[Any, str, Callable[[Any], Any]], None]
"""(place, name, what makes another of what is there): puts an instrument into its place until the end."""
