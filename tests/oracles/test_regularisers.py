"""Each regulariser is its reference implementation, in float64 to 1e-12, over ten steps of real images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from scipy import stats
from scipy.special import ndtri
from torch import Tensor, nn
from torch.nn import functional

from bench.base import draws
from bench.base.draws import Position
from bench.data.split import Split
from bench.data.torchvision_import import torchvision_module
from bench.regularisers import REGULARISERS
from tests.conftest import condition
from tests.oracles.plain import Plain, assert_same, double, train_plain, trained

v2 = torchvision_module("transforms.v2")
vision = torchvision_module("transforms.v2.functional")
THIRDS = torch.tensor([1 / 3, 2 / 3], dtype=torch.float64)


@pytest.fixture(scope="module")
def split(small_split: Split) -> Split:
    return double(small_split)


def uniforms(stream: str, at: Position, like: Tensor, seed: int = 0) -> Tensor:
    return torch.from_numpy(draws.uniforms(seed, stream, at, like.numel()).reshape(like.shape))


def normals(stream: str, at: Position, like: Tensor, seed: int = 0) -> Tensor:
    return torch.from_numpy(ndtri(uniforms(stream, at, like, seed).numpy()))


def kept(stream: str, rate: float, at: Position, like: Tensor, seed: int = 0) -> Tensor:
    """Return the inverted-dropout multiplier: 16-bit numbers, and the realised keep rate."""
    numbers = torch.from_numpy(draws.signed16(seed, stream, at, tuple(like.shape)).astype("int64")) + 32768
    cells = round(rate * 65536)
    return (numbers >= cells).double() * 65536 / max(65536 - cells, 1)


def two_groups(net: nn.Sequential, weight_decay: float) -> list[dict[str, object]]:
    """Return the weights as one group of torch.optim, with a decay, and the biases as another, without."""
    weights = [parameter for name, parameter in net.named_parameters() if name.endswith("weight")]
    biases = [parameter for name, parameter in net.named_parameters() if name.endswith("bias")]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": biases}]


def renormalise(net: nn.Sequential, *place: object) -> None:
    del place
    for linear in net:
        assert isinstance(linear, nn.Linear)
        linear.weight.data = torch.renorm(linear.weight.data, 2, 0, 0.5)


def clip(net: nn.Sequential, *place: object) -> None:
    del place
    nn.utils.clip_grad_norm_(net.parameters(), 0.1)


def shrink(net: nn.Sequential, *place: object) -> None:
    """AdamW's line: ``param.mul_(1 - lr * weight_decay)``."""
    del place
    for linear in net:
        assert isinstance(linear, nn.Linear)
        linear.weight.data.mul_(1 - 0.5 * 0.02)


def penalise(net: nn.Sequential, *place: object) -> None:
    del place
    torch.stack(
        [0.001 * parameter.abs().sum() for name, parameter in net.named_parameters() if "weight" in name]
    ).sum().backward()


def shake(net: nn.Sequential, at: Position, again: Callable[[], None]) -> None:
    del again
    deviation = (0.01 / (1 + at.epoch) ** 0.55) ** 0.5
    for index, linear in enumerate(net):
        assert isinstance(linear, nn.Linear)
        both = torch.cat([linear.weight.T, linear.bias[None]])
        numbers = deviation * normals("gradient_noise", replace(at, layer=index), both)
        linear.weight.grad += numbers[:-1].T
        linear.bias.grad += numbers[-1]


def climb(net: nn.Sequential, at: Position, again: Callable[[], None]) -> None:
    """Take the gradient at w + rho * g / (|g| + 1e-12), as in the authors' code."""
    del at
    parameters = list(net.parameters())
    norm = torch.stack([each.grad.norm() for each in parameters]).norm()
    steps = [0.05 * each.grad / (norm + 1e-12) for each in parameters]
    with torch.no_grad():
        for each, step in zip(parameters, steps, strict=True):
            each.add_(step)
    again()
    with torch.no_grad():
        for each, step in zip(parameters, steps, strict=True):
            each.sub_(step)


def three_points(like: Tensor, at: Position) -> Tensor:
    which = torch.bucketize(uniforms("three_point_noise", at, like), THIRDS).double()
    return 1 + (which - 1) * 1.5**0.5 * (0.5, 1)[at.layer]


def pictures(images: Tensor, change: Callable[[int, Tensor], Tensor]) -> Tensor:
    """Return images `[B, I]`, each changed as a picture `[1, 28, 28]`."""
    return torch.stack([change(i, each.reshape(1, 28, 28)).flatten() for i, each in enumerate(images)])


def shifted(images: Tensor, at: Position) -> Tensor:
    down, across = (uniforms("shift", at, images[:, :2].reshape(2, -1)) * 5).floor().long()

    def change(i: int, image: Tensor) -> Tensor:
        return vision.crop(vision.pad(image, [2, 2, 2, 2]), int(down[i]), int(across[i]), 28, 28)

    return pictures(images, change)


def flipped(images: Tensor, at: Position) -> Tensor:
    numbers = uniforms("flip", at, images[:, 0])
    return pictures(images, lambda i, image: vision.horizontal_flip(image) if numbers[i] < 0.5 else image)


def cut(images: Tensor, at: Position) -> Tensor:
    down, across = (uniforms("cutout", at, images[:, :2].reshape(2, -1)) * 28).floor().long()

    def change(i: int, image: Tensor) -> Tensor:
        top, left = int(down[i]) - 4, int(across[i]) - 4
        bottom, right = top + 8, left + 8
        top, left = max(top, 0), max(left, 0)
        return vision.erase(image, top, left, min(bottom, 28) - top, min(right, 28) - left, torch.zeros(1))

    return pictures(images, change)


def mixed(images: Tensor, labels: Tensor, at: Position) -> tuple[Tensor, Tensor]:
    transform = v2.MixUp(alpha=0.4, num_classes=10)
    share = stats.beta(0.4, 0.4).ppf(draws.uniforms(0, "mixup", at, 1)[0])
    transform._dist = SimpleNamespace(sample=lambda shape: torch.tensor(share, dtype=torch.float64))
    found, targets = transform(images.reshape(-1, 1, 28, 28), functional.one_hot(labels, 10).double())
    return found.flatten(1), targets


def mixed_loss(logits: Tensor, labels: Tensor, at: Position) -> Tensor:
    return functional.cross_entropy(logits, mixed(torch.zeros(len(labels), 784), labels, at)[1])


REFERENCES = {
    "uniform_noise": (
        (0.2, 0.5),
        Plain(hidden=lambda h, at: h * (1 + 3**0.5 * (0.5, 1)[at.layer] * (2 * uniforms("uniform_noise", at, h) - 1))),
    ),
    "three_point_noise": (
        (0.2, 0.5),
        Plain(hidden=lambda h, at: h * three_points(h, at)),
    ),
    "fixed_mask": (
        (0.2, 0.5),
        Plain(hidden=lambda h, at: h * kept("fixed_mask", (0.2, 0.5)[at.layer], Position(layer=at.layer), h[:1])),
    ),
    "early_dropout": (
        (0.2, 0.5),
        Plain(hidden=lambda h, at: h * kept("early_dropout", (0.2, 0.5)[at.layer] if at.epoch == 0 else 0, at, h)),
    ),
    "late_dropout": (
        (0.2, 0.5),
        Plain(hidden=lambda h, at: h * kept("late_dropout", (0.2, 0.5)[at.layer] if at.epoch == 1 else 0, at, h)),
    ),
    "linear_dropout": (
        (0.2, 0.5),
        Plain(hidden=lambda h, at: h * kept("linear_dropout", (0.2, 0.5)[at.layer] * at.epoch / 2, at, h)),
    ),
    "shift": ((2.0,), Plain(inputs=shifted)),
    "flip": ((0.5,), Plain(inputs=flipped)),
    "cutout": ((8.0,), Plain(inputs=cut)),
    "mixup": (
        (0.4,),
        Plain(inputs=lambda x, at: mixed(x, torch.zeros(len(x), dtype=torch.int64), at)[0], loss=mixed_loss),
    ),
    "sam": ((0.05,), Plain(before_step=climb)),
    "gradient_noise": ((0.01,), Plain(before_step=shake)),
    "l1": ((0.001,), Plain(before_step=penalise)),
    "dropout": ((0.2, 0.5), Plain(hidden=lambda h, at: h * kept("dropout", (0.2, 0.5)[at.layer], at, h))),
    "gaussian_dropout": (
        (0.2, 0.5),
        Plain(hidden=lambda h, at: h * (1 + (0.5, 1.0)[at.layer] * normals("gaussian_dropout", at, h))),
    ),
    "dropconnect": (
        (0.2, 0.5),
        Plain(weight=lambda w, at: w * kept("dropconnect", (0.2, 0.5)[at.layer], at, w.T).T),
    ),
    "input_dropout": ((0.2,), Plain(inputs=lambda x, at: x * kept("input_dropout", 0.2, at, x))),
    "input_noise": ((0.1,), Plain(inputs=lambda x, at: x + 0.1 * normals("input_noise", at, x))),
    "label_smoothing": (
        (0.1,),
        Plain(loss=lambda logits, labels, at: functional.cross_entropy(logits, labels, label_smoothing=0.1)),
    ),
    "gradient_clipping": ((0.1,), Plain(before_step=clip)),
    "weight_decay": (
        (0.01,),
        Plain(optimiser=lambda net, lr: torch.optim.SGD(two_groups(net, 0.01), lr=lr)),
    ),
    "decoupled_decay": ((0.02,), Plain(before_step=shrink)),
    "max_norm": ((0.5,), Plain(after_step=renormalise)),
}


EVALUATING = [name for name, record in REGULARISERS.items() if record.keeper or record.passes]
"""Those that do not change training: tests/oracles/test_evaluation.py has their references."""


@pytest.mark.parametrize("name", [name for name in REGULARISERS if name not in EVALUATING])
def test_it_is_its_reference(name: str, split: Split) -> None:
    strengths, plain = REFERENCES[name]
    found = trained(condition("x", **{name: strengths}), split)
    assert_same(train_plain(plain, split)[0], found)
    assert not torch.equal(*found.network[0].parameters)


def test_clipping_comes_before_the_decay_of_the_gradient(split: Split) -> None:
    """As where torch.optim's weight_decay follows clip_grad_norm_."""
    plain = replace(REFERENCES["weight_decay"][1], before_step=clip)
    assert_same(
        train_plain(plain, split)[0], trained(condition("x", gradient_clipping=(0.1,), weight_decay=(0.01,)), split)
    )
