"""What a regulariser is: a frozen record of pure hooks that act in training only.

Shapes: K networks of one seed, B rows of the batch, I inputs and O outputs of a layer, H units, C classes. A hook
changes things in place, and each network by itself: no sum, norm or random number may depend on which others are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bench.base.draws import Position
from bench.base.torch_on_use import torch


@dataclass(frozen=True)
class Draw:
    """Where the random numbers of one step at one layer come from: shared by every trial of the seed."""

    seed: int
    at: Position
    progress: float = 0.0
    """Share of the epochs that are done: (epoch, from 0) / epochs."""
    image: tuple[int, int] = (0, 0)
    """Rows and columns of an image, where the data are images."""


@dataclass(frozen=True)
class Weights:
    """One layer of K networks, as views."""

    parameters: torch.Tensor
    """`[K, I + 1, O]`: weights, then the biases as one more row. Of a normalisation: `[K, 2, O]`, gains and shifts."""
    gradient: torch.Tensor
    """Gradient of the loss with respect to the parameters, in their format."""
    inputs: int
    """I: how many rows are weights; 0 where the rows are gains and shifts."""

    @property
    def weight(self) -> torch.Tensor:
        """View `[K, I, O]`."""
        return self.parameters[:, : self.inputs]

    @property
    def weight_gradient(self) -> torch.Tensor:
        """View `[K, I, O]`."""
        return self.gradient[:, : self.inputs]

    def of(self, networks: slice) -> Weights:
        """Return the views of some of the networks."""
        return Weights(self.parameters[networks], self.gradient[networks], self.inputs)


Noise = Callable[[Draw, "torch.Tensor", "torch.Tensor"], None]
"""(draw; strength `[K]`, float64; out `[K, rows, columns]`, at least float32) -> writes to `out` a multiplier, from
what the draw gives for `[rows, columns]`, on the device of the strength. Exactly 1 at the null strength."""
Change = Callable[[Draw, "torch.Tensor", "torch.Tensor"], None]
"""(draw, strength `[K]`, what to change `[K, B, I]` or `[K, B, C]`)."""
GradientChange = Callable[[Draw, "torch.Tensor", list[Weights]], None]
"""(draw, strength `[K]`, layers) -> changes their gradients. The draw's layer is 0."""
Update = Callable[["torch.Tensor", float, list[Weights]], None]
"""(strength `[K]`, learning rate, layers) -> changes their parameters."""

HOOKS = ("hidden", "inputs", "targets", "weights", "climb", "gradient", "before_step", "after_step", "keeper")


class Keeper:
    """Other weights than the last to evaluate K networks by. Each network is kept by itself."""

    buffers = False
    """Whether the statistics of normalisations are kept too."""

    def __init__(self, strength: torch.Tensor, epochs: int) -> None:
        self.strength, self.epochs = strength, epochs
        self.kept: list[torch.Tensor] = []
        """What is evaluated, in the order of the weights; empty: the weights themselves."""
        self.averaged = [False] * len(strength)
        """Whether what is evaluated is a mean, for each network: its batch statistics are then taken again."""

    def after_step(self, weights: list[torch.Tensor]) -> None:
        """Look at the weights, each `[K, rows, O]`, after a step."""

    def after_epoch(self, weights: list[torch.Tensor], epoch: int, validation: torch.Tensor) -> None:
        """Look at the weights after an epoch, from 0, and at the validation losses `[K]` that they have."""


@dataclass(frozen=True)
class Regulariser:
    """One regulariser, named as in study files.

    A study gives it a strength between `low` and `high`. At strength `null` it does nothing at all, so that unlike
    conditions can share a stack, and a condition that names a null strength is the same as one that does not name it.
    """

    name: str
    definition: str
    source: str
    null: float
    low: float
    high: float
    """May be infinite: then every finite number from `low` on is allowed, and `null`."""
    typical: float
    """An ordinary strength, which shows in a short training: what the laws are tested at."""
    each: Literal["layer", "network"] = "layer"
    """What has a strength of its own. ``layer``: each hidden layer; the columns of the results are ``<name>_1``,
    ``<name>_2``, ... ``network``: one strength in all, in the column ``<name>``."""
    reference: str = "closed form"
    """The implementation that it is tested against."""
    hidden: Noise | None = None
    """Multiplies the activations `[B, H]` of a hidden layer."""
    inputs: Change | None = None
    """Changes the batch `[K, B, I]`."""
    targets: Change | None = None
    """Changes the target probabilities `[K, B, C]`, at first 1 for the label: the gradient is that of the cross-entropy
    with them. Reported losses stay those of the labels."""
    weights: Noise | None = None
    """Multiplies the weights `[I, O]` that lead into a hidden layer, and the gradient by them."""
    climb: GradientChange | None = None
    """Turns the gradient into a step; the gradient that trains is taken again, of the same batch, at its end."""
    gradient: GradientChange | None = None
    before_step: Update | None = None
    """Acts on the parameters just before the optimiser's step."""
    after_step: Update | None = None
    keeper: type[Keeper] | None = None
    """Chooses the weights that are evaluated. A condition may have one such regulariser."""
    once: bool = False
    """Its noise is drawn once, for the training: where the noise is on in evaluation, it is the same."""
    passes: bool = False
    """The strength is how often evaluation is repeated with the noise of hidden units on; 0: once, without."""
    whole: bool = False
    """Strengths are whole numbers."""
    of_images: bool = False
    """Inputs must be images, of known height and width."""
    validates: bool = False
    """There must be validation images."""
    version: int = 1
    """Raised when it computes other numbers: trials that use it are named by it."""
    plugin: str = ""
    """Hash of the code of the user's own file that it comes from: its trials are named by it instead."""

    def hooks(self) -> dict[str, Callable[..., object]]:
        """Return the hooks that it has, by name."""
        return {name: hook for name in HOOKS if (hook := getattr(self, name)) is not None}

    def columns(self, layers: int) -> tuple[str, ...]:
        """Return the columns of its strengths, for a network with `layers` hidden layers."""
        return (self.name,) if self.each == "network" else tuple(f"{self.name}_{layer + 1}" for layer in range(layers))

    def multiplier(self, draw: Draw, strength: torch.Tensor, shape: tuple[int, int]) -> torch.Tensor:
        """Return what `hidden` or `weights` writes for numbers of `shape` (rows, columns), float32 `[K, *shape]`."""
        noise = self.hidden or self.weights
        assert noise is not None
        out = torch.empty((len(strength), *shape), device=strength.device)
        noise(draw, strength, out)
        return out


def per_network(strength: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Return `strength` `[K]` as `[K, 1, 1]`, in the format of `like`, at least float32."""
    return strength.to(torch.promote_types(like.dtype, torch.float32))[:, None, None]
