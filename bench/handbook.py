"""docs/regularisers.md, made from the registries: ``python -m bench.handbook > docs/regularisers.md``."""

from __future__ import annotations

import math

from bench.fields import REQUIRED
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Regulariser
from bench.sections import RECIPE, SECTIONS, STUDY_ONLY

HEAD = """# Regularisers, and what else conditions may set

This page is made by `python -m bench.handbook > docs/regularisers.md`; a test holds it to the registries.

## Regularisers
A condition, or a level of the grid, names a regulariser with its strength: `dropout = 0.5`, or `dropout = [0.2,
0.5]`, or `dropout_2 = 0.5` where each hidden layer has its own. At the null strength a regulariser is not applied to
the trial at all, or multiplies by exactly 1: the trial is the same to the bit as without it, whatever it is trained
beside. All act in training only, but for those of the second table, which choose what is evaluated.

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
  counts their gradient in, and `gradient_noise` is added to it. Of a batch normalisation, `ema` and `swa` evaluate with
  the statistics of the last step, as torch's AveragedModel does, and `early_stopping` with those of its epoch.
- `initialisation`: biases are the default's, whichever is chosen.
- `[training] record_activations = true` (for the whole study) adds to the curves, for each hidden layer and epoch,
  `activation_mean_1`, `activation_variance_1`, `activation_zeros_1` and the same of `masked_...`, after the noise: of
  the first 1,000 training images, noise on, everything else as in evaluation.
- On a GPU, a study that uses anything here but dropout is trained by the plain engine."""


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


if __name__ == "__main__":
    print(page(), end="")
