"""The contestants of the race: this engine, the book's code, and other ways to train the same networks.

A contestant is one file (closely related ones share it) with a function ``start(task, share)`` that returns how one
process trains one more epoch of its trials; and one record here. Its libraries are imported in its own processes only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """A way to use the cores: one pinned single-threaded process per core, or one process with a thread per core."""

    per_core: bool
    trials: int
    """Networks trained at a time in each process."""


@dataclass(frozen=True)
class Contestant:
    """Who takes part. `forms` are tried in a heat on the machine at hand; the fastest one races."""

    name: str
    title: str
    start: str
    """module:function; a module that begins with a dot is of this package."""
    libraries: tuple[str, ...]
    """Distributions that it needs; all versions are recorded."""
    forms: tuple[Form, ...]
    dropout: bool = True
    """Whether it has dropout; if not, its loss is compared with the reference's at rate 0."""


SINGLE = (Form(per_core=True, trials=1), Form(per_core=False, trials=1))
STACKED = (Form(per_core=True, trials=8), Form(per_core=True, trials=4), Form(per_core=False, trials=8))
ENGINE, BOOK = "engine", "book"

CONTESTANTS = {
    contestant.name: contestant
    for contestant in (
        Contestant(ENGINE, "this engine", ".engine:start", ("torch", "numpy"), (Form(per_core=True, trials=8),)),
        Contestant(BOOK, "the book's code", ".book:start", ("torch", "torchvision"), (Form(per_core=False, trials=1),)),
        Contestant("plain", "PyTorch loop, data in memory", ".plain:start", ("torch",), SINGLE),
        Contestant("compile", "torch.compile of its step", ".plain:start_compiled", ("torch",), SINGLE),
        Contestant("vmap", "torch.func.vmap over models", ".stacked:start_vmap", ("torch",), STACKED),
        Contestant("bmm", "stacked bmm with autograd", ".stacked:start_bmm", ("torch",), STACKED),
        Contestant("lightning", "PyTorch Lightning", ".lightning_loop:start", ("lightning", "torch"), SINGLE),
        Contestant("jax", "JAX jit + scan", ".jax_scan:start", ("jax", "jaxlib"), SINGLE),
        Contestant(
            "jax-vmap", "JAX jit + scan, vmapped over trials", ".jax_scan:start_stack", ("jax", "jaxlib"), STACKED
        ),
        Contestant(
            "sklearn",
            "scikit-learn MLPClassifier, p = 0",
            ".sklearn_mlp:start",
            ("scikit-learn", "numpy"),
            SINGLE,
            False,
        ),
    )
}
