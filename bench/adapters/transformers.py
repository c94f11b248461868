"""Hugging Face's Trainer: its sampler draws from the order's stream, not from a data seed; an epoch is a heartbeat.

Import this before transformers where torch is a CPU build and torchvision is not: it makes torchvision importable.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.utils.data import DataLoader, RandomSampler

from bench.adapters import library
from bench.adapters.order import Order
from bench.data.torchvision_import import torchvision_module
from bench.engines.own.trial import Trial

torchvision_module("transforms")
library("accelerate", extra="transformers")  # without it a Trainer fails when it is made
transformers = library("transformers", extra="transformers")


def arguments(trial: Trial, **options: Any) -> Any:
    """Return TrainingArguments on the trial's device, in its folder; nothing is reported or saved unless asked for."""
    defaults = {"use_cpu": trial.device == "cpu", "report_to": "none", "save_strategy": "no", "disable_tqdm": True}
    defaults |= {"logging_strategy": "epoch", "seed": trial.seeds.mask, "data_seed": trial.seeds.order}
    return transformers.TrainingArguments(str(trial.folder), **defaults | options)


class PairedTrainer(transformers.Trainer):
    """The Trainer of one trial. It seeds the global generators when it is made: they are put back."""

    def __init__(self, trial: Trial, *, args: Any, **options: Any) -> None:
        self.paired = trial
        with trial.random("mask"):
            super().__init__(args=args, **options)
        self.add_callback(Heartbeat(trial))

    def train(self, *arguments: Any, **options: Any) -> Any:
        """Train, with masks drawn from their stream, by deterministic algorithms where there are any."""
        before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
        torch.use_deterministic_algorithms(True, warn_only=True)
        try:
            with self.paired.random("mask"):
                return super().train(*arguments, **options)
        finally:
            torch.use_deterministic_algorithms(before[0], warn_only=before[1])

    def call_model_init(self, trial: Any = None) -> Any:
        """Return a model of ``model_init``, its weights drawn from their stream."""
        with self.paired.random("init"):
            return super().call_model_init(trial)

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Return the loader of training data; its workers' seeds come from the stream of the order."""
        loader = super().get_train_dataloader()
        loader.generator = self.paired.generator("order")
        return loader

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        sampler = super()._get_train_sampler(train_dataset)
        if isinstance(sampler, RandomSampler):
            return Order(self.paired, sampler.data_source)
        if hasattr(sampler, "generator"):
            sampler.generator = self.paired.generator("order")
        return sampler


class Heartbeat(transformers.TrainerCallback):
    """Tell of each epoch with what was logged in it: evaluation follows an epoch's end, so the next event tells."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.metrics, self.began = trial, dict[str, float](), False

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
        """Keep metrics, and no times: two runs of a trial have equal curves."""
        if "train_runtime" not in logs:
            kept = {name: value for name, value in logs.items() if not name.endswith(("_runtime", "_per_second"))}
            self.metrics |= {name: value for name, value in kept.items() if name != "epoch"}

    def on_epoch_begin(self, *_: Any, **__: Any) -> None:
        """Tell of the epoch before, if there was one."""
        if self.began:
            self.trial.epoch(**self.metrics)
        self.metrics, self.began = {}, True

    def on_train_end(self, *_: Any, **__: Any) -> None:
        """Tell of the last epoch."""
        self.trial.epoch(**self.metrics)
