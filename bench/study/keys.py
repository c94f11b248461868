"""The keys of a study file, by section: how each is read, and which of them conditions may set instead."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from bench import schema
from bench.base.precision import DEVICES, PRECISIONS
from bench.data import DATA_SETS
from bench.engines.stacked.activations import ACTIVATIONS
from bench.engines.stacked.initialisation import INITIALISATIONS
from bench.engines.stacked.normalisation import NORMALISATIONS
from bench.engines.stacked.optimisers import OPTIMISERS, SCHEDULES
from bench.schema.known_metrics import DIRECTIONS, ESTIMANDS, LATE, PROTOCOL, TYPICAL
from bench.study import DECIDED, fields
from bench.study.fields import Field

METRICS = [*(field.name for field in schema.OUTCOME if field.type == pa.float64()), LATE]


def _one_of(names: Iterable[str], default: str) -> Field:
    """Return how one of `names` is read."""
    return Field(fields.choice(list(names)), f"one of {', '.join(names)}", default)


SECTIONS: dict[str, dict[str, Field]] = {
    "data": {
        "name": Field(
            fields.choice(DATA_SETS), f"one of {', '.join(DATA_SETS)}, or of a plug-in, or any name with a path"
        ),
        "path": Field(fields.text, "the path of an .npz file or of a folder with IDX files, from the study file", None),
        "train_size": Field(fields.count, "a positive whole number", None),
        "stratified": Field(fields.flag, "true or false", False),
        "label_noise": Field(fields.between(0, 1), "a number from 0 to 1", 0.0),
        "validation_size": Field(fields.count, "a positive whole number", 0),
    },
    "model": {
        "hidden": Field(fields.several(fields.count), "a list of positive whole numbers, one per hidden layer"),
        "activation": _one_of(ACTIVATIONS, "relu"),
        "normalisation": _one_of(NORMALISATIONS, "none"),
    },
    "training": {
        "epochs": Field(fields.count, "a positive whole number"),
        "batch_size": Field(fields.count, "a positive whole number"),
        "learning_rate": Field(fields.positive, "a finite number above 0"),
        "initialisation": _one_of(INITIALISATIONS, "default"),
        "optimiser": _one_of(OPTIMISERS, "sgd"),
        "schedule": _one_of(SCHEDULES, "constant"),
        "record_activations": Field(fields.flag, "true or false", False),
    },
    "trials": {
        "seeds": Field(
            fields.seeds,
            "a positive whole number, a list of different whole numbers from 0,"
            " or a table of how many each of init, order and mask has",
        ),
        "devices": Field(
            fields.distinct(fields.choice(DEVICES)),
            f"a list of different devices of {', '.join(DEVICES)}",
            ("cpu",),
        ),
        "precisions": Field(
            fields.distinct(fields.choice(list(PRECISIONS))),
            f"a list of different precisions of {', '.join(PRECISIONS)}",
            ("float32",),
        ),
    },
    "analysis": {
        "control": Field(fields.name, "the label of a condition"),
        "primary": Field(fields.choice(METRICS), f"one of {', '.join(METRICS)}", "test_accuracy"),
        "margin": Field(fields.positive, "a finite number above 0", None),
        "margins": Field(
            fields.table_of(fields.positive, METRICS), "a table of metrics with finite numbers above 0", None
        ),
        "alpha": Field(fields.inside_unit, "a number between 0 and 1", 0.05),
        "estimand": _one_of(ESTIMANDS, TYPICAL),
        "bad_ending": Field(fields.positive, "a finite number above 0, in the unit of the primary metric", None),
        "direction": Field(fields.choice(DIRECTIONS), f"one of {', '.join(DIRECTIONS)}", None),
        "directions": Field(
            fields.table_of(fields.choice(DIRECTIONS), METRICS),
            f"a table of metrics, each with one of {', '.join(DIRECTIONS)}",
            None,
        ),
        "late_epochs": Field(fields.count, "a positive whole number", None),
        "protocol": Field(fields.exactly(PROTOCOL), f"{PROTOCOL}, the present protocol,", PROTOCOL),
        "until": Field(fields.choice([DECIDED]), f'"{DECIDED}" (seeds are added until every condition is)', None),
    },
}
OWN_TRIALS = {
    key: field if key == "seeds" else Field(field.parse, field.allowed, None)
    for key, field in SECTIONS["trials"].items()
    if key != "precisions"
}
OWN_ANALYSIS = SECTIONS["analysis"] | {
    "test_fraction": Field(fields.inside_unit, "a number between 0 and 1: the share that each split holds out", None),
    "primary": Field(fields.text, "the name of a metric", "test_accuracy"),
    "margins": Field(fields.table_of(fields.positive), "a table of metrics with finite numbers above 0", None),
    "directions": Field(
        fields.table_of(fields.choice(DIRECTIONS)),
        f"a table of metrics, each with one of {', '.join(DIRECTIONS)}",
        None,
    ),
}
"""Keys of [analysis] in a study of own training code, whose metrics may have any names."""
TOP_LEVEL = ["name", "plugins", *SECTIONS, "conditions", "grid", "tasks"]
RECIPE = {
    key: section
    for section in ("data", "model", "training")
    for key in SECTIONS[section]
    if key not in ("name", "path")
}
"""Key of the recipe -> its section."""
STUDY_ONLY = ("validation_size", "stratified", "record_activations")
"""Those that no condition may set instead."""
