"""Kinds of nodes, by what they compute with and the room they have; the trials of a seed stay on one kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.base.precision import Target
from bench.record.experiment import Experiment
from bench.record.trials import FUSED, Stack
from bench.schema import arithmetic
from bench.schema.documents import content_hash


@dataclass(frozen=True)
class Kind:
    """Nodes that compute alike: the same processor, kernels, libraries and GPU."""

    kind_id: str
    name: str


def kind_of(machine: Mapping[str, Any]) -> Kind:
    """Return the kind of a machine, of its provenance."""
    cpu, computes = machine["cpu"], arithmetic(machine)
    parts = [cpu["model"], cpu["instructions"], vars(computes)]
    return Kind(content_hash(parts), f"{cpu['model']} ({computes})")


Seed = tuple[Target, int | None]


@dataclass(frozen=True)
class Place:
    """Where a stack may be trained: on nodes of a kind, and on which of them; anywhere where that is empty."""

    kind: Kind | None = None
    nodes: tuple[str, ...] = ()


@dataclass
class Places:
    """The kind that each seed is pinned to: that of the node on which its first trial starts.

    Until that is known, the other stacks of the seed wait. While one kind alone is known nothing waits: a stack that
    comes to a node of another kind is given back, and the kind is known then.
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    """Node -> its kind, of nodes on which some stack has started."""
    pins: dict[Seed, Kind] = field(default_factory=dict)
    first: dict[Seed, Stack] = field(default_factory=dict)
    """Seed -> its stack that is on its way to a node, while the seed has no kind."""
    scouts: dict[str, Stack] = field(default_factory=dict)
    """Node of a kind that is not known -> the stack that is on its way there."""

    def place(self, stack: Stack, nodes: set[str]) -> Place | None:
        """Return where, of the nodes that have room for it, a stack goes; None where it waits.

        It waits for the first stack of its seed, or for a node of its kind.
        """
        seed, known = _seed(stack), {self.kinds[node] for node in nodes & self.kinds.keys()}
        if seed in self.first:
            return None
        if len(known) == 1 and self.pins.get(seed, *known) in known:
            self.pins[seed] = kind = known.pop()
            return Place(kind)
        if (kind := self.pins.get(seed)) is None:
            self.first[seed] = stack
            return Place()
        if unknown := sorted(nodes - self.kinds.keys() - self.scouts.keys()):
            self.scouts[unknown[0]] = stack
            return Place(kind, (unknown[0],))
        alike = tuple(sorted(node for node in nodes if self.kinds.get(node) == kind))
        return Place(kind, alike) if alike else None

    def began(self, stack: Stack, node: str, kind: Kind) -> None:
        """Take in that a stack has come to a node."""
        self.kinds[node] = kind
        self.pins.setdefault(_seed(stack), kind)
        self.ended(stack)

    def ended(self, stack: Stack) -> None:
        """Take in that a stack is no longer on its way."""
        self.first = {seed: each for seed, each in self.first.items() if each is not stack}
        self.scouts = {node: each for node, each in self.scouts.items() if each is not stack}

    def lost(self, stack: Stack, nodes: set[str]) -> Kind | None:
        """Return the kind that a stack must have if none of the nodes is of it."""
        kind = self.pins.get(_seed(stack))
        return None if kind in {self.kinds.get(node) for node in nodes} else kind

    def unpin(self, stack: Stack) -> None:
        """Let the rest of a stack's seed go to another kind."""
        self.pins.pop(_seed(stack), None)


def _seed(stack: Stack) -> Seed:
    """Return what is pinned: trials of one seed on one target. A stack of the fused engine has many seeds: all are."""
    trial = stack.trials[0]
    return trial.target, None if trial.engine == FUSED else trial.seed


def needs(stack: Stack) -> tuple[float, float]:
    """Return the CPUs and GPUs that a stack takes."""
    trial = stack.trials[0]
    if isinstance(trial.recipe, Experiment):
        return trial.recipe.cpus, trial.recipe.accelerators if trial.device == "cuda" else 0
    return 1, 1 if trial.device == "cuda" else 0


def room(resources: dict[str, float], cpus: float, gpus: float) -> int:
    """Return how many stacks a node with `resources` trains at once."""
    by_cpu = int(resources.get("CPU", 0) // cpus)
    if not gpus:
        return by_cpu
    number = resources.get("GPU", 0)
    return min(by_cpu, int(number * int(1 / gpus + 1e-9) if gpus <= 1 else number // gpus))
