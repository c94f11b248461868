"""PyTorch Lightning: masks from a trial's stream, an order that is refused unless it has one; an epoch is a heartbeat.

Import this before lightning where torch is a CPU build and torchvision is not: it makes torchvision importable.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import Any, cast

from torch.utils.data import DataLoader, Dataset

from bench.adapters import library
from bench.adapters.order import Order
from bench.data.torchvision_import import torchvision_module
from bench.engines.own.trial import Trial

torchvision_module("transforms")
lightning = library("lightning", extra="lightning")
environments = library("lightning.pytorch.plugins.environments", extra="lightning")
apply_func = library("lightning_utilities.core.apply_func", extra="lightning")


def loader(trial: Trial, data: Dataset[Any], **options: Any) -> DataLoader[Any]:
    """Return a loader of training data whose order, and whose workers' seeds, come from the stream of the order."""
    return DataLoader(data, sampler=Order(trial, cast(Sized, data)), generator=trial.generator("order"), **options)


class PairedTrainer(lightning.Trainer):
    """Lightning's Trainer on the trial's device, without sanity steps, checkpoints and loggers unless asked for."""

    def __init__(self, trial: Trial, *, callbacks: Any = (), **options: Any) -> None:
        self.trial = trial
        off = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False)
        place = {"accelerator": "cpu" if trial.device == "cpu" else "gpu", "devices": len(trial.devices)}
        others = {"num_sanity_val_steps": 0, "default_root_dir": trial.folder, "deterministic": "warn"}
        alone = {"plugins": environments.LightningEnvironment()}  # a trial in a job array is no rank of it
        given = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
        super().__init__(callbacks=[*given, Heartbeat(trial)], **off | place | others | alone | options)

    def fit(self, *arguments: Any, **options: Any) -> None:
        """Train, with dropout's masks drawn from their stream."""
        with self.trial.random("mask"):
            super().fit(*arguments, **options)


class Heartbeat(lightning.Callback):
    """Tell of each epoch with what was logged, and refuse a loader whose order would move with the masks."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Look at every loader of training data, those of a data module too."""
        apply_func.apply_to_collection(trainer.train_dataloader, DataLoader, _check)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Add the epoch to the curves."""
        self.trial.epoch(**trainer.callback_metrics)


def _check(loader: DataLoader[Any]) -> None:
    if getattr(loader.sampler, "generator", loader) is None:
        raise ValueError(
            "the training DataLoader draws its order from the global generator, which dropout draws from too: make it "
            "by bench.adapters.lightning.loader(trial, data, batch_size=...), or give its sampler a generator"
        )
