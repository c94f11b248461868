"""What a training function is given: one trial, with its settings, its streams of random numbers and its memory."""

from __future__ import annotations

import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.base.errors import nearest
from bench.engines.own import checkpoint
from bench.engines.own.streams import StreamSeeds, seed_of, seeded

if TYPE_CHECKING:
    import torch

Point = dict[str, Any]
"""One epoch of the curves."""


class Generator(np.random.Generator):
    """A generator of NumPy that can be watched: whether anybody still has it."""

    __slots__ = ("__weakref__",)


class Settings(Mapping[str, Any]):
    """The settings of a trial, to be read by name; it remembers which were.

    Parameters
    ----------
    values : mapping
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values, self.read, self.iterated = dict(values), set[str](), False
        self.defaults: dict[str, Any] = {}
        """What was asked for and is not there, with the value taken instead."""

    def __getitem__(self, name: str) -> Any:
        if name not in self._values:
            raise KeyError(f"no setting {name}{nearest(name, self._values)} (there is: {', '.join(self._values)})")
        self.read.add(name)
        return self._values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a setting, or a value in its place where it is not there."""
        if name in self._values:
            return self[name]
        self.defaults[name] = default
        return default

    def __iter__(self) -> Iterator[str]:
        self.iterated = True
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Settings({self._values})"


class Trial:
    """One trial of own training code.

    Parameters
    ----------
    settings : mapping
        Read-only.
    seed : int
        The block: trials of one seed are paired.
    seeds : StreamSeeds
        ``init``, ``order``, ``mask``: three different whole numbers below 2^32.
    devices : tuple of str
        ``cpu``, or the GPUs that this trial may use, the first one as ``device``.
    cpus : int
        Cores of this trial.
    folder : Path
        A folder of its own, kept until the trial is committed.
    on_epoch : function
        Called after each epoch, with its metrics.
    """

    def __init__(  # noqa: PLR0913 - what a trial is
        self,
        settings: Mapping[str, Any],
        seed: int,
        seeds: StreamSeeds,
        *,
        devices: tuple[str, ...],
        cpus: int,
        folder: Path,
        on_epoch: Callable[[], None] = lambda: None,
    ) -> None:
        self.settings, self.seed, self.seeds = Settings(settings), seed, seeds
        self.devices, self.device, self.cpus, self.folder = devices, devices[0], cpus, folder
        self.curve: list[Point] = []
        self.started = time.perf_counter()
        self.seconds_before = 0.0
        self._on_epoch = on_epoch
        self.handed_out: list[tuple[checkpoint.Name, weakref.ref[Any]]] = []
        self._turns: Counter[tuple[str, str, int]] = Counter()
        self._waiting: dict[checkpoint.Name, Any] = {}

    def random(self, stream: str, epoch: int = 0) -> AbstractContextManager[None]:
        """Return a context in which Python's, NumPy's and torch's global generators draw from a stream.

        The stream is ``init``, ``order``, ``mask`` or any other name. The generators are put back at the end.
        """
        return seeded(seed_of(self.seeds, self.seed, stream, epoch))

    def generator(self, stream: str, epoch: int = 0) -> torch.Generator:
        """Return a generator of torch for a stream, on the CPU."""
        import torch  # noqa: PLC0415 - it is heavy, and not every training function has it

        made = torch.Generator()
        made.manual_seed(seed_of(self.seeds, self.seed, stream, epoch))
        return self._remembered("torch", stream, epoch, made)

    def numpy(self, stream: str, epoch: int = 0) -> np.random.Generator:
        """Return a generator of NumPy for a stream."""
        made = Generator(np.random.PCG64(seed_of(self.seeds, self.seed, stream, epoch)))
        return self._remembered("numpy", stream, epoch, made)

    def epoch(self, **metrics: float) -> None:
        """Add a row to the curves, and tell that the trial is alive."""
        named = {name: _number(name, value) for name, value in metrics.items()}
        self.curve.append({"epoch": len(self.curve) + 1, **named})
        self._waiting.clear()
        self._on_epoch()

    def correct(self, model: Any, inputs: Any, labels: Any, batch_size: int = 1024) -> torch.Tensor:
        """Return which examples a torch model gets right, bool on the CPU.

        Evaluated in evaluation mode and without gradient; the mode of every module is put back.
        """
        import torch  # noqa: PLC0415 - as above

        modes = [(module, module.training) for module in model.modules()]
        model.eval()
        try:
            with torch.no_grad():
                parts = [
                    (model(batch.to(self.device)).argmax(dim=-1).cpu() == target.cpu())
                    for batch, target in zip(inputs.split(batch_size), labels.split(batch_size), strict=True)
                ]
        finally:
            for module, training in modes:
                module.training = training
        return torch.cat(parts)

    def save(self, state: Any) -> None:
        """Keep the state of a long training, with the curves so far and every generator's state, over a kill."""
        alive = {name: made() for name, made in self.handed_out if made() is not None}
        seconds = self.seconds_before + time.perf_counter() - self.started
        checkpoint.write(self.folder, state, self.curve, alive, seconds)

    def restored(self) -> Any:
        """Return what was saved last, None at first; generators and curves are then as they were."""
        saved = checkpoint.read(self.folder)
        if saved is None:
            return None
        self.curve[:] = saved.curve
        self.seconds_before, self.started = saved.seconds, time.perf_counter()
        self._waiting = dict(saved.generators)
        for name, reference in self.handed_out:
            if (made := reference()) is not None and name in self._waiting:
                checkpoint.set_state(made, self._waiting.pop(name))
        checkpoint.set_global(saved)
        return saved.state

    def _remembered(self, kind: str, stream: str, epoch: int, made: Any) -> Any:
        """Keep track of a generator, so that it goes on after a kill where it was."""
        name = (kind, stream, epoch, self._turns[kind, stream, epoch])
        self._turns[kind, stream, epoch] += 1
        if name in self._waiting:
            checkpoint.set_state(made, self._waiting.pop(name))
        self.handed_out = [each for each in self.handed_out if each[1]() is not None]
        self.handed_out.append((name, weakref.ref(made)))
        return made


def _number(name: str, value: Any) -> float:
    """Return a metric of an epoch as a float; raise TypeError where it is no number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"trial.epoch({name}=...): a number is expected, not {type(value).__name__}") from None
