"""Columns of the tables that a study leaves: names, types, units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

SCHEMA_VERSION = 1


def _field(name: str, kind: pa.DataType, about: str) -> pa.Field:
    return pa.field(name, kind, metadata={"about": about})


_STAMP = pa.timestamp("us", tz="UTC")

IDENTITY = [
    _field("study", pa.string(), "name of the study"),
    _field("trial_id", pa.string(), "hash of settings, seeds, data and versions"),
    _field("condition", pa.string(), "label of the condition"),
    _field("condition_id", pa.string(), "hash of the condition's settings"),
    _field("device", pa.string(), "cpu or cuda"),
    _field("precision", pa.string(), "number format of the arithmetic"),
    _field("engine", pa.string(), "which engine trained"),
    _field("seed", pa.int64(), "the block: trials of one seed share all three seeds below"),
    _field("init_seed", pa.int64(), "seed of the initial weights"),
    _field("order_seed", pa.int64(), "seed of the batch order"),
    _field("mask_seed", pa.int64(), "seed of the regularisers' random numbers"),
    _field("stays_at_chance", pa.bool_(), "the condition is a negative control: it stays at chance level"),
    _field("rate", pa.float64(), "dropout rate where all layers agree and nothing else is set, else null"),
]
"""What a trial is. One column per factor follows ``rate``: float64 (``dropout_1``, ``dropout_2``, ``weight_decay``,
``learning_rate``, ...), or string for those in `WORDS`."""

WORDS = ("hidden", "activation", "normalisation", "initialisation", "optimiser", "schedule")
"""Factors whose values are words; ``hidden`` has the widths of the hidden layers, as in 256-128."""

OUTCOME = [
    _field("status", pa.string(), "ok, diverged or failed"),
    _field("error", pa.string(), "why a failed trial failed, else null"),
    _field("epochs", pa.int32(), "epochs trained"),
    _field("train_total", pa.int32(), "training images"),
    _field("test_total", pa.int32(), "test images"),
    _field("validation_total", pa.int32(), "validation images, 0 where none are held out"),
    _field("train_correct", pa.int32(), "training images classified rightly, evaluation mode, last epoch"),
    _field("test_correct", pa.int32(), "test images classified rightly, evaluation mode, last epoch"),
    _field("validation_correct", pa.int32(), "validation images classified rightly, last epoch; null without any"),
    _field("classes", pa.int32(), "number of classes; chance level is its inverse"),
    _field("train_accuracy", pa.float64(), "train_correct / train_total: clean, no dropout; labels as trained on"),
    _field("test_accuracy", pa.float64(), "test_correct / test_total"),
    _field("generalisation_gap", pa.float64(), "clean gap: train_accuracy - test_accuracy, same weights"),
    _field("train_loss", pa.float64(), "nats per sample, evaluation mode, last epoch"),
    _field("test_loss", pa.float64(), "nats per sample, evaluation mode, last epoch"),
    _field("loss_gap", pa.float64(), "test_loss - train_loss, nats per sample"),
    _field("running_train_accuracy", pa.float64(), "averaged over the last epoch while training, dropout on"),
    _field("running_train_loss", pa.float64(), "nats per sample over the last epoch while training, dropout on"),
    _field("running_gap", pa.float64(), "running_train_accuracy - test_accuracy, as the book plots it"),
    _field("test_calibration_error", pa.float64(), "expected calibration error, 15 bins; null where it is not known"),
]
"""What came out. Accuracies and gaps are fractions; counts are integers."""

EXECUTION = [
    _field("train_seconds", pa.float64(), "the stack's training time / stack_size, evaluation left out"),
    _field("throughput", pa.float64(), "training samples per train_seconds"),
    _field("stack_size", pa.int32(), "trials trained together"),
    _field("workers", pa.int32(), "worker processes of the run"),
    _field("exclusive", pa.bool_(), "true: nothing else ran on the machine meanwhile"),
    _field("test_bits", pa.binary(), "np.packbits of the correctness of every test image, in test order"),
    _field("data_hash", pa.string(), "hash of the arrays trained and tested on"),
    _field("code_hash", pa.string(), "hash of the sources, comments and docstrings aside: provenance"),
    _field("environment_id", pa.string(), "names environment/<id>.json"),
    _field("started_at", _STAMP, "start of the trial's stack, UTC"),
    _field("ended_at", _STAMP, "end of the trial's stack, UTC"),
]
"""How it was run, and on what."""

CURVES = pa.schema(
    [
        _field("trial_id", pa.string(), "the trial"),
        _field("epoch", pa.int32(), "1, 2, ..."),
        _field("running_train_loss", pa.float64(), "nats per sample over the epoch while training, dropout on"),
        _field("running_train_accuracy", pa.float64(), "fraction over the epoch while training, dropout on"),
        _field("test_loss", pa.float64(), "nats per sample after the epoch, evaluation mode"),
        _field("test_accuracy", pa.float64(), "fraction after the epoch, evaluation mode"),
        _field("train_accuracy", pa.float64(), "clean, after the epoch; null where not evaluated"),
    ],
    metadata={"schema_version": str(SCHEMA_VERSION)},
)

THROUGHPUT = pa.schema(
    [
        _field("study", pa.string(), "name of the study"),
        _field("condition", pa.string(), "label of the condition that trained alone in this slot"),
        _field("condition_id", pa.string(), "hash of the condition's settings"),
        _field("device", pa.string(), "cpu or cuda"),
        _field("precision", pa.string(), "number format of the arithmetic"),
        _field("engine", pa.string(), "which engine trained"),
        _field("block", pa.int32(), "from 0; a block has every condition once, and conditions are paired by it"),
        _field("position", pa.int32(), "from 0; the slot's place within its block"),
        _field("stack_size", pa.int32(), "networks that a worker trains together, all of this condition"),
        _field("workers", pa.int32(), "worker processes, all training at the same time"),
        _field("steps", pa.int32(), "training steps timed, warm-up excluded"),
        _field("batch_size", pa.int32(), "images in a step"),
        _field("seconds_per_step", pa.float64(), "a worker's time for one step of one network, mean over workers"),
        _field("throughput", pa.float64(), "training samples per second of all networks of all workers"),
        _field("bound_before", pa.float64(), "seconds of one step's matrix products for one network, just before"),
        _field("bound_after", pa.float64(), "the same, just after"),
        _field("fraction_of_bound", pa.float64(), "mean of both bounds / seconds_per_step"),
        _field("others", pa.float64(), "cores' worth of other load meanwhile; null where it is not known"),
        _field("load_limit", pa.float64(), "others up to which a slot counts as alone"),
        _field("bound_tolerance", pa.float64(), "fraction by which both bounds may differ from the run's median"),
        _field("exclusive", pa.bool_(), "true: nothing else ran on the machine meanwhile"),
        _field("reason", pa.string(), "why not, where not"),
        _field("order_seed", pa.int64(), "seed of the order of conditions within blocks"),
        _field("environment_id", pa.string(), "names environment/<id>.json"),
        _field("code_hash", pa.string(), "hash of the sources, comments and docstrings aside: provenance"),
        _field("started_at", _STAMP, "start of the slot, UTC"),
    ],
    metadata={"schema_version": str(SCHEMA_VERSION)},
)
"""Speed, measured by itself: one row per slot. One file per measurement; measurements are never mixed."""

RUN_DEPENDENT = (
    "train_seconds", "throughput", "stack_size", "workers", "exclusive", "started_at", "ended_at", "environment_id",
)  # fmt: skip
"""Columns in which two runs of one trial may differ; in all others they agree to the bit."""


LATER = frozenset({"test_calibration_error"})
"""Columns that older tables of this version lack."""


def curves_schema(activations: list[str]) -> pa.Schema:
    """Return the schema of a curves table with one float64 column per name in `activations`.

    ``activation_mean_1``, ``activation_variance_1``, ``activation_zeros_1`` (a share) are those of the units of the
    first hidden layer on the first 1,000 training images, after the epoch; ``masked_...`` the same with noise on.
    """
    more = [_field(name, pa.float64(), "of hidden units, on the first 1,000 training images") for name in activations]
    return pa.schema([*CURVES, *more], metadata=CURVES.metadata)


MORE_KINDS = (pa.float64(), pa.string(), pa.bool_(), pa.binary())
"""Types of the columns that a study adds."""


def trials_schema(more: Iterable[str] | Mapping[str, pa.DataType]) -> pa.Schema:
    """Return the schema of a trials table with one column per name in `more`, by type.

    Settings of the condition, and metrics of own training code. Of names alone: string for `WORDS`, else float64.
    """
    kinds = (
        more if isinstance(more, Mapping) else {name: pa.string() if name in WORDS else pa.float64() for name in more}
    )
    factor_fields = [_field(name, kind, "setting of the condition, or own metric") for name, kind in kinds.items()]
    return pa.schema(IDENTITY + factor_fields + OUTCOME + EXECUTION, metadata={"schema_version": str(SCHEMA_VERSION)})
