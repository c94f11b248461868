"""The plain PyTorch loop: images in memory, ``nn.Dropout``, autograd; and ``torch.compile`` of its step."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from bench.assurance.race.task import Share, Task, Train
from bench.engines.reference import BookMLP


def start(task: Task, share: Share) -> Train:
    """Return the plain training of one network, batches gathered by ``index_select``."""
    net, mean_loss = _network(task, share), nn.CrossEntropyLoss()
    optimiser = torch.optim.SGD(net.parameters(), lr=task.learning_rate)

    def step(batch: Tensor, target: Tensor) -> Tensor:
        loss = mean_loss(net(batch), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss.detach()

    return _epochs(task, share, step)


def start_compiled(task: Task, share: Share) -> Train:
    """Return the same with forward, loss, gradient and update compiled into one graph for each size of batch.

    Inductor draws the masks itself, fused with what is about them.
    """
    net = _network(task, share)
    parameters = {name: value.detach() for name, value in net.named_parameters()}

    def loss(weights: dict[str, Tensor], batch: Tensor, target: Tensor) -> Tensor:
        return nn.functional.cross_entropy(torch.func.functional_call(net, weights, (batch,)), target)

    @torch.compile(dynamic=False)
    def step(batch: Tensor, target: Tensor) -> Tensor:
        gradients, value = torch.func.grad_and_value(loss)(parameters, batch, target)
        for name, gradient in gradients.items():
            parameters[name].sub_(gradient, alpha=task.learning_rate)
        return value

    return _epochs(task, share, step)


def _network(task: Task, share: Share) -> BookMLP:
    torch.set_num_threads(share.threads)
    torch.manual_seed(share.seed)
    return BookMLP(task.sizes, [nn.Dropout(rate) for rate in task.dropout])


def _epochs(task: Task, share: Share, step: Callable[[Tensor, Tensor], Tensor]) -> Train:
    images, labels = torch.from_numpy(share.images()), torch.from_numpy(share.labels())

    def train() -> list[float]:
        total = torch.zeros(())
        for rows in torch.randperm(len(images)).split(task.batch_size):
            total += len(rows) * step(images.index_select(0, rows), labels.index_select(0, rows))
        return [total.item() / len(images)]

    return train
