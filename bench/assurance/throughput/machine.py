"""The real machine: pinned workers that train as the runner does, and the calibration at the study's own shapes."""

from __future__ import annotations

import math
import shutil
import statistics
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bench.assurance.load import Load
from bench.assurance.pinned_workers import Lanes
from bench.assurance.throughput.measure import Workbench
from bench.base.matrix_products import calibrate
from bench.base.precision import operand_format, products
from bench.base.torch_on_use import torch
from bench.data import DATA_SETS
from bench.data.split import Split
from bench.record.trials import Seeds, Stack, Trial
from bench.run.worker import check_sources, load_split, train

WARM_UP_STEPS = 3
PROBE_STEPS = 8
BOUND_SECONDS = 0.2
FEWEST_PRODUCTS, MOST_PRODUCTS = 5, 2000


@dataclass(frozen=True)
class Dose:
    """How much a slot trains: the same for every condition of a measurement."""

    stack_size: int
    epochs: int
    steps_per_epoch: int
    products: int = FEWEST_PRODUCTS
    """Repeats of the matrix products in one calibration."""
    seeds: int = 1
    """Number of seeds that the networks of a stack have."""

    @property
    def steps(self) -> int:
        """Steps of a slot."""
        return self.epochs * self.steps_per_epoch


def train_slot(trial: Trial, dose: Dose) -> float:
    """Train a stack of `trial`, at several seeds, on the study's own images; return its seconds, warm-up excluded.

    It is the training of every run, and its own clock: evaluation and set-up are not in it, and on a GPU the work is
    done before the clock is read.
    """
    recipe = trial.network
    split = load_split(recipe.data, recipe.train_size, recipe.validation_size, trial.device)
    check_sources(Stack((trial,)))

    def seconds(epochs: int, steps: int) -> float:
        stack = _stack(replace(trial, recipe=replace(recipe, epochs=epochs)), dose)
        outcomes = train(stack, _first(split, steps * recipe.batch_size), lambda: None)
        return sum(outcome.train_seconds for outcome in outcomes)

    seconds(1, min(WARM_UP_STEPS, dose.steps_per_epoch))
    return seconds(dose.epochs, dose.steps_per_epoch)


def _stack(trial: Trial, dose: Dose) -> Stack:
    seeds = [place * dose.seeds // dose.stack_size for place in range(dose.stack_size)]
    return Stack(tuple(replace(trial, seed=seed, seeds=Seeds(seed, seed, seed)) for seed in seeds))


def workbench(lanes: Lanes, trials: Mapping[str, Trial], dose: Dose) -> Workbench:
    """Return what measures the conditions of `trials`, by label, in `lanes`."""
    first = next(iter(trials.values()))
    return Workbench(
        train=lambda label: lanes(train_slot, trials[label], dose),
        bound=lambda: lanes(_bound, first, dose),
        load=lambda: Load(lanes.pids),
        intruder=_on_gpu if first.device == "cuda" else lambda: None,
    )


def dose_for(lanes: Lanes, trial: Trial, largest: Stack, seconds: float) -> Dose:
    """Return the dose with which a slot of `trial` takes about `seconds`, from a short measurement.

    Its stacks have as many networks, and as many seeds, as the `largest` of the study.
    """
    recipe, stack_size, seeds = trial.network, len(largest.trials), len(largest.blocks)
    full_batches = max(1, recipe.train_size // recipe.batch_size)
    probe = Dose(stack_size, 1, min(PROBE_STEPS, full_batches), seeds=seeds)
    per_step = statistics.fmean(lanes(train_slot, trial, probe)) / probe.steps
    steps = max(1, round(seconds / per_step))
    epochs = math.ceil(steps / full_batches)
    per_product = statistics.fmean(lanes(_bound, trial, probe)) * stack_size
    products = min(MOST_PRODUCTS, max(FEWEST_PRODUCTS, round(BOUND_SECONDS / per_product)))
    return Dose(stack_size, epochs, max(1, steps // epochs), products, seeds)


def _bound(trial: Trial, dose: Dose) -> float:
    """Return the seconds of a step's products in the trial's own precision: another format's are no bound."""
    data_set = DATA_SETS[trial.network.data]
    sizes = (data_set.pixels, *trial.network.hidden, data_set.classes)
    dtype = operand_format(trial.precision, torch.float32)
    with products(trial.precision):
        return calibrate(sizes, _rows(trial), dose.stack_size, dose.products, trial.device, dtype)


def _rows(trial: Trial) -> int:
    return min(trial.network.batch_size, trial.network.train_size)


def _first(split: Split, rows: int) -> Split:
    """Return the split with its first `rows` training images, and of the others no more than it must have."""
    return replace(
        split,
        train_images=split.train_images[:rows],
        train_labels=split.train_labels[:rows],
        validation_images=split.validation_images[:0],
        validation_labels=split.validation_labels[:0],
        test_images=split.test_images[:1],
        test_labels=split.test_labels[:1],
    )


def _on_gpu() -> str | None:
    """Return what nvidia-smi says of other processes on the GPU; that it says nothing counts as not alone."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return "other processes on the GPU are not known: there is no nvidia-smi"
    command = [tool, "--query-compute-apps=pid", "--format=csv,noheader"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError) as error:
        return f"other processes on the GPU are not known: nvidia-smi failed ({type(error).__name__})"
    others = len(told.split()) - 1  # this measurement is one of them
    return f"other processes on the GPU: {others}" if others > 0 else None
