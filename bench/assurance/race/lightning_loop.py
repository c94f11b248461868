"""PyTorch Lightning: a module and its Trainer over a TensorDataset in memory, everything optional switched off."""

from __future__ import annotations

import logging

import torch
from torch import Tensor, nn

from bench.assurance.race.task import Share, Task, Train
from bench.data.torchvision_import import torchvision_module
from bench.engines.reference import BookMLP

torchvision_module("transforms")
import lightning  # noqa: E402 - it imports torchvision, made importable above


class Module(lightning.LightningModule):
    """The network, its loss and its optimiser."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.task, self.net = task, BookMLP(task.sizes, [nn.Dropout(rate) for rate in task.dropout])
        self.total = torch.zeros(())

    def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
        """Return the mean loss of a batch."""
        images, labels = batch
        loss = nn.functional.cross_entropy(self.net(images), labels)
        self.total += len(labels) * loss.detach()
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return plain SGD."""
        return torch.optim.SGD(self.parameters(), lr=self.task.learning_rate)


def start(task: Task, share: Share) -> Train:
    """Return the training of one network; an epoch is one more of ``fit``.

    The sampler hands out whole batches of indices, which the data set gathers at once: the loader's usual way, image by
    image and collated, takes 1.2 times as long.
    """
    torch.set_num_threads(share.threads)
    torch.manual_seed(share.seed)
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    images, labels = torch.from_numpy(share.images()), torch.from_numpy(share.labels())
    data = torch.utils.data.TensorDataset(images, labels)
    batches = torch.utils.data.BatchSampler(torch.utils.data.RandomSampler(data), task.batch_size, drop_last=False)
    loader = torch.utils.data.DataLoader(data, sampler=batches, batch_size=None)
    module = Module(task)
    trainer = lightning.Trainer(
        accelerator="cpu",
        devices=1,
        max_epochs=0,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
    )

    def train() -> list[float]:
        module.total = torch.zeros(())
        trainer.fit_loop.max_epochs = (trainer.fit_loop.max_epochs or 0) + 1
        trainer.fit(module, loader)
        return [module.total.item() / task.train_size]

    return train
