"""Each regulariser is its reference implementation, in float64 to 1e-12, over ten steps of real images."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from scipy.special import ndtri
from torch import Tensor, nn

from bench import draws
from bench.data.split import Split
from bench.draws import Position
from bench.regularisers import REGULARISERS
from tests.conftest import condition
from tests.oracles.plain import Plain, assert_same, double, train_plain, trained


@pytest.fixture(scope="module")
def split(small_split: Split) -> Split:
    return double(small_split)


def uniforms(stream: str, at: Position, like: Tensor) -> Tensor:
    return torch.from_numpy(draws.uniforms(0, stream, at, like.numel()).reshape(like.shape))


def normals(stream: str, at: Position, like: Tensor) -> Tensor:
    return torch.from_numpy(ndtri(uniforms(stream, at, like).numpy()))


def kept(stream: str, rate: float, at: Position, like: Tensor) -> Tensor:
    """Return the inverted-dropout multiplier: 16-bit numbers, and the realised keep rate."""
    numbers = torch.from_numpy(draws.signed16(0, stream, at, tuple(like.shape)).astype("int64")) + 32768
    cells = round(rate * 65536)
    return (numbers >= cells).double() * 65536 / (65536 - cells)


def two_groups(net: nn.Sequential, weight_decay: float) -> list[dict[str, object]]:
    """Return the weights as one group of torch.optim, with a decay, and the biases as another, without."""
    weights = [parameter for name, parameter in net.named_parameters() if name.endswith("weight")]
    biases = [parameter for name, parameter in net.named_parameters() if name.endswith("bias")]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": biases}]


def renormalise(net: nn.Sequential) -> None:
    for linear in net:
        assert isinstance(linear, nn.Linear)
        linear.weight.data = torch.renorm(linear.weight.data, 2, 0, 0.5)


def clip(net: nn.Sequential) -> None:
    nn.utils.clip_grad_norm_(net.parameters(), 0.1)


def shrink(net: nn.Sequential) -> None:
    """AdamW's line: ``param.mul_(1 - lr * weight_decay)``."""
    for linear in net:
        assert isinstance(linear, nn.Linear)
        linear.weight.data.mul_(1 - 0.5 * 0.02)


REFERENCES = {
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
    "label_smoothing": ((0.1,), Plain(loss=nn.CrossEntropyLoss(label_smoothing=0.1))),
    "gradient_clipping": ((0.1,), Plain(before_step=clip)),
    "weight_decay": (
        (0.01,),
        Plain(optimiser=lambda net, lr: torch.optim.SGD(two_groups(net, 0.01), lr=lr)),
    ),
    "decoupled_decay": ((0.02,), Plain(before_step=shrink)),
    "max_norm": ((0.5,), Plain(after_step=renormalise)),
}


@pytest.mark.parametrize("name", REGULARISERS)
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
