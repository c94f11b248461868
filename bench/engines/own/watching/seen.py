"""What the instruments noted of one training."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

AFTER_EPOCHS, AFTER_SECONDS = "epochs", "seconds"
"""What a training was stopped by."""


@dataclass
class Forward:
    """One call of a network.

    Parameters
    ----------
    network : int
        Which one: an index of ``Seen.networks``.
    epoch : int
        Number of epochs that were reported before.
    rows : tuple of int
        A hash of each example of the first input; empty where that came out of another network.
    target : int or None
        A hash of the labels that the loss was computed from.
    gradient : bool
        Whether gradients were recorded.
    trained : bool
        Whether a gradient came back through its output.
    training : bool
        Mode of the network as a whole.
    dropout_on, norm_on : bool
        Whether a layer of dropout, or of batch normalisation, in it was in training mode.
    dropout_off : bool
        Whether a layer of dropout in it was in evaluation mode.
    drops : int
        Calls of torch's dropout that dropped something.
    before, after : int
        Hashes of the global generators' states.
    statistics_moved : bool
        Whether its buffers changed.
    refit : bool
        Whether its running statistics are being estimated anew, on purpose.
    same_again : bool or None
        Whether a second call gave the same bits; None where none was made.
    """

    network: int
    epoch: int
    rows: tuple[int, ...]
    gradient: bool
    training: bool
    dropout_on: bool = False
    dropout_off: bool = False
    norm_on: bool = False
    before: int = 0
    after: int = 0
    drops: int = 0
    target: int | None = None
    trained: bool = False
    statistics_moved: bool = False
    refit: bool = False
    same_again: bool | None = None

    @property
    def drew(self) -> bool:
        """Whether it drew from a global generator."""
        return self.before != self.after


@dataclass
class Network:
    """A module that was called from outside of every other one.

    Parameters
    ----------
    kind : str
        Name of its class.
    initial : tuple of (shape, hash)
        Parameters at the first call with gradient; empty where there was none.
    drawn : bool
        Whether a weight matrix then had different values in it.
    unmoved : tuple of str
        Parameters that had a gradient and never changed.
    """

    kind: str
    initial: tuple[tuple[tuple[int, ...], int], ...] = ()
    drawn: bool = False
    unmoved: tuple[str, ...] = ()


@dataclass
class Seen:
    """All that was noted."""

    networks: list[Network] = field(default_factory=list)
    forwards: list[Forward] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    """At each backward pass."""
    leaves: tuple[tuple[tuple[int, ...], int], ...] = ()
    """Shapes and hashes of what the first backward pass reached: the parameters where there is no module."""
    targets: list[tuple[int, int]] = field(default_factory=list)
    """(epochs reported before, hash) of the labels of each loss that was computed while gradients were recorded."""
    mixed: bool = False
    """Whether labels were shares of classes: those of several examples may be mixed in them."""
    shuffles: list[tuple[int, int]] = field(default_factory=list)
    """(epochs reported before, hash) of each permutation that was drawn."""
    steps: int = 0
    """An optimiser."""
    drops: int = 0
    """Calls of torch's dropout that dropped something while gradients were recorded."""
    uncleared: int = 0
    """Backward passes that began with gradients of the one before."""
    requests: list[tuple[str, int, int]] = field(default_factory=list)
    """(stream, epoch asked for, epochs reported before) of each use of the trial's streams."""
    built_anew: list[str] = field(default_factory=list)
    """Classes of layers that were called and are no part of the network that called them."""
    workers: list[int] = field(default_factory=list)
    """Each pass through a loader."""
    reseeded: list[str] = field(default_factory=list)
    """Global generators that were seeded by the training code, with parameters drawn before."""
    settings_read: set[str] = field(default_factory=set)
    read_whole: bool = False
    """Whether the settings were read all at once."""
    defaults: dict[str, Any] = field(default_factory=dict)
    """Settings that were asked for and are not there, with what was taken instead."""
    corrected: list[tuple[int, int, bytes]] = field(default_factory=list)
    """Each call of trial.correct: its first call of a network, the one after its last, and its packed booleans."""
    saved: int = 0
    restored: bool = False
    asked_to_restore: bool = False
    evaluation_moved: list[str] = field(default_factory=list)
    """Generators whose state changed between a training step and the evaluation after it."""
    stopped: str = ""
    """What stopped the training before its end; empty where it ended by itself."""

    @property
    def trained(self) -> list[Forward]:
        """Calls that were trained on."""
        return [each for each in self.forwards if each.trained]

    @property
    def evaluated(self) -> list[Forward]:
        """Calls that no gradient came back through, of what was trained or looks like it."""
        return [each for each in self.forwards if not each.trained and not each.gradient]
