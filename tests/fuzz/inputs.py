"""Valid inputs of each kind: what is mutated."""

from __future__ import annotations

import gzip
import io
import json

import numpy as np
import pandas as pd

from bench.data import idx

STUDY = b"""name = "c"
[data]
name = "fashion_mnist_sample"
train_size = 100
[model]
hidden = [8, 4]
[training]
epochs = 1
batch_size = 64
learning_rate = 0.1
[trials]
seeds = 2
devices = ["cpu"]
[[conditions]]
label = "none"
[[conditions]]
label = "book"
dropout = [0.2, 0.5]
weight_decay = 0.01
[grid]
dropout = [0.1, 0.3]
[analysis]
control = "none"
primary = "test_accuracy"
margin = 0.001
alpha = 0.05
estimand = "typical"
bad_ending = 0.05
margins = { test_loss = 0.1 }
"""

OWN = b"""name = "own"
[experiment]
command = ["python", "train.py"]
cpus = 1
time_limit = 3600
[settings]
epochs = 5
dropout = 0.0
[trials]
seeds = [1, 2, 3]
[[conditions]]
label = "none"
[[conditions]]
label = "half"
dropout = 0.5
[analysis]
control = "none"
primary = "test_accuracy"
"""

TASKS = b"""name = "many"
[model]
hidden = [8]
[training]
epochs = 1
batch_size = 10
learning_rate = 0.1
[trials]
seeds = 2
[[tasks]]
name = "a"
data = { name = "fashion_mnist_sample" }
[[tasks]]
name = "b"
data = { name = "digits" }
[[conditions]]
label = "none"
[[conditions]]
label = "book"
dropout = 0.5
[analysis]
control = "none"
"""

PLAN = json.dumps(
    {
        "schema_version": 1,
        "study": "c",
        "conditions": [{"label": "none", "stays_at_chance": False, "settings": {}}],
        "trials": [{"trial_id": "a", "condition": "none", "seed": 0, "device": "cpu", "precision": "float32"}],
        "analysis": {"control": "none", "primary": "test_accuracy", "alpha": 0.05, "margin": 0.001, "protocol": 2},
    },
    indent=1,
).encode()


def csv(separator: str = ",", decimal: str = ".") -> bytes:
    """Return a table of two conditions and six seeds as text."""
    rows = [
        separator.join([label, str(seed), f"0{decimal}8{seed}", "ok", f"0{decimal}3{seed}", "cpu"])
        for label in ("none", "half")
        for seed in range(6)
    ]
    head = separator.join(["condition", "seed", "test_accuracy", "status", "test_loss", "device"])
    return "\n".join([head, *rows, ""]).encode()


def parquet() -> bytes:
    """Return a table with counts and bits as parquet, without page checksums, as others write it."""
    rows = []
    for label in ("none", "half"):
        for seed in range(6):
            right = np.random.default_rng(seed).random(40) < 0.6
            rows.append(
                {
                    "condition": label,
                    "seed": seed,
                    "test_correct": int(right.sum()),
                    "test_total": 40,
                    "test_bits": np.packbits(right).tobytes(),
                    "device": "cpu",
                    "status": "ok",
                    "test_loss": 0.3,
                }
            )
    file = io.BytesIO()
    pd.DataFrame(rows).to_parquet(file, compression=None)
    return file.getvalue()


def arrays() -> dict[str, np.ndarray]:
    """Return a small data set of one's own."""
    random = np.random.default_rng(0)
    return {
        "train_images": random.integers(0, 255, (12, 3, 3), np.uint8),
        "train_labels": (np.arange(12) % 3).astype(np.uint8),
        "test_images": random.integers(0, 255, (6, 3, 3), np.uint8),
        "test_labels": (np.arange(6) % 3).astype(np.uint8),
    }


def npz(*, compressed: bool) -> bytes:
    """Return the data set as an archive of arrays."""
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays())
    return file.getvalue()


def images(*, compressed: bool) -> bytes:
    """Return the training images as an IDX file."""
    content = idx.encode(arrays()["train_images"])
    return gzip.compress(content, mtime=0) if compressed else content
