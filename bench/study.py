"""A study: one TOML file, checked in full before anything is trained."""

from __future__ import annotations

import math
import tomllib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import tomli_w

from bench import fields, schema
from bench.conditions import check_control, read_conditions
from bench.data import DATA_SETS, data_hash
from bench.faults import StudyError, nearest
from bench.fields import Faults, Field
from bench.fused.choice import engine_of
from bench.model import INITIALISATIONS
from bench.precision import PRECISIONS, Target
from bench.trials import Condition, Recipe, Seeds, Trial, content_hash, sources_hash

SHIPPED = Path(__file__).with_name("studies")
METRICS = [field.name for field in schema.OUTCOME if field.type == pa.float64()]
DEVICES = ["cpu", "cuda"]
LONGEST_PATH = 4096
DECIDED = "decided"

SECTIONS: dict[str, dict[str, Field]] = {
    "data": {
        "name": Field(fields.choice(list(DATA_SETS)), f"one of {', '.join(DATA_SETS)}"),
        "train_size": Field(fields.count, "a positive whole number", None),
        "validation_size": Field(fields.count, "a positive whole number", 0),
    },
    "model": {
        "hidden": Field(fields.several(fields.count), "a list of positive whole numbers, one per hidden layer"),
    },
    "training": {
        "epochs": Field(fields.count, "a positive whole number"),
        "batch_size": Field(fields.count, "a positive whole number"),
        "learning_rate": Field(fields.positive, "a finite number above 0"),
        "initialisation": Field(
            fields.choice(list(INITIALISATIONS)), f"one of {', '.join(INITIALISATIONS)}", "default"
        ),
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
        "until": Field(fields.choice([DECIDED]), f'"{DECIDED}" (seeds are added until every condition is)', None),
    },
}
TOP_LEVEL = ["name", *SECTIONS, "conditions", "grid"]
FIXED = {key: section for section in ("model", "training") for key in SECTIONS[section]}
"""Keys that hold for the whole study: a condition that names one is told where it is set."""


@dataclass(frozen=True)
class AnalysisPlan:
    """What was decided before the data: its hash is printed in the report."""

    control: str
    primary: str
    alpha: float
    margin: float | None = None
    margins: dict[str, float] | None = None
    until: str | None = None
    """When to stop adding seeds: the analysis then goes by a confidence sequence."""

    @property
    def analysis_hash(self) -> str:
        """Hash of the plan."""
        return content_hash(asdict(self))


@dataclass(frozen=True)
class Study:
    """A valid study, resolved: defaults filled in, grid expanded."""

    name: str
    recipe: Recipe
    conditions: tuple[Condition, ...]
    seeds: tuple[int, ...]
    crossing: dict[str, int] | None
    """How many seeds each source of randomness has, all crossed: seed numbers then count the combinations."""
    devices: tuple[str, ...]
    precisions: tuple[str, ...]
    analysis: AnalysisPlan

    def with_seeds(self, number: int) -> Study:
        """Return the same study with seeds 0 to `number` - 1."""
        return replace(self, seeds=tuple(range(number)))

    def until_decided(self) -> Study:
        """Return the same study, planned to go on until every condition is decided."""
        return replace(self, analysis=replace(self.analysis, until=DECIDED))

    def targets(self) -> list[Target]:
        """Return every device with every precision that exists on it."""
        every = (Target(device, precision) for device in self.devices for precision in self.precisions)
        return [target for target in every if target.exists()]

    def trials(self) -> list[Trial]:
        """Return every trial of the study: by target, then seed, then condition."""
        content = data_hash(self.recipe.data, self.recipe.train_size, self.recipe.validation_size)
        used = {name for condition in self.conditions for name in condition.regularisers()}
        engines = {device: engine_of(device, used) for device in self.devices}
        return [
            Trial(
                self.name,
                condition,
                seed,
                self.sources(seed),
                self.recipe,
                target.device,
                data_hash=content,
                code_hash=sources_hash(condition.regularisers(), engines[target.device]),
                precision=target.precision,
                engine=engines[target.device],
            )
            for target in self.targets()
            for seed in self.seeds
            for condition in self.conditions
        ]

    def sources(self, seed: int) -> Seeds:
        """Return the seeds of the three sources of randomness: all are `seed`, unless they are crossed."""
        if self.crossing is None:
            return Seeds(seed, seed, seed)
        order, mask = self.crossing["order"], self.crossing["mask"]
        return Seeds(seed // (order * mask), seed // mask % order, seed % mask)

    @property
    def study_hash(self) -> str:
        """Hash of the whole study."""
        return content_hash(self.document())

    def document(self) -> dict[str, Any]:
        """Return the resolved study as a study file has it; reading it gives this study again."""
        recipe = self.recipe
        data = {"name": recipe.data, "train_size": recipe.train_size}
        if recipe.validation_size:
            data["validation_size"] = recipe.validation_size
        conditions = [
            {"label": condition.label}
            | condition.given()
            | ({"stays_at_chance": True} if condition.stays_at_chance else {})
            for condition in self.conditions
        ]
        return {
            "name": self.name,
            "data": data,
            "model": {"hidden": list(recipe.hidden)},
            "training": {
                "epochs": recipe.epochs,
                "batch_size": recipe.batch_size,
                "learning_rate": recipe.learning_rate,
                "initialisation": recipe.initialisation,
            },
            "trials": {
                "seeds": list(self.seeds) if self.crossing is None else self.crossing,
                "devices": list(self.devices),
                "precisions": list(self.precisions),
            },
            "conditions": conditions,
            "analysis": {key: value for key, value in asdict(self.analysis).items() if value is not None},
        }

    def to_toml(self) -> str:
        """Return the resolved study as TOML."""
        return tomli_w.dumps(self.document())


def find_study(given: str) -> Path:
    """Return the path of a study file, given as a path or as the name of a study that ships; raise StudyError."""
    path, shipped = Path(given), SHIPPED / f"{given}.toml"
    if len(given) < LONGEST_PATH and path.is_file():
        return path
    if fields.NAME.fullmatch(given) and shipped.is_file():
        return shipped
    names = sorted(file.stem for file in SHIPPED.glob("*.toml"))
    raise StudyError(f"{given}: no such study file{nearest(given, names)} (studies that ship: {', '.join(names)})")


def load_study(path: Path) -> Study:
    """Read and check the study file at `path`; raise StudyError with every fault in it."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise StudyError(f"{path}: cannot be read as TOML: {error}") from error
    return read_study(document, str(path))


def read_study(document: dict[str, Any], file: str) -> Study:
    """Check a study as parsed from TOML, `file` being its name in messages; raise StudyError with every fault."""
    faults = Faults(file)
    for key in (name for name in document if name not in TOP_LEVEL):
        faults.unknown("top level:", key, TOP_LEVEL)
    study_name = faults.value("top level:", "name", document, Field(fields.name, "letters, digits, - _ and ."))
    section = {key: faults.table(f"[{key}]", document.get(key, {}), SECTIONS[key]) for key in SECTIONS}
    hidden = section["model"].get("hidden")
    conditions = read_conditions(document, hidden, FIXED, faults)
    _check_sizes(section["data"], section["training"], faults)
    _check_precisions(section["trials"], faults)
    check_control(section["analysis"].get("control"), conditions, faults)
    if faults.found:
        raise StudyError("\n".join(faults.found))
    analysis = section["analysis"]
    recipe = Recipe(
        data=section["data"]["name"],
        train_size=section["data"]["train_size"],
        validation_size=section["data"]["validation_size"],
        hidden=section["model"]["hidden"],
        **section["training"],
    )
    trials = section["trials"]
    given = trials.pop("seeds")
    crossing = given if isinstance(given, dict) else None
    seeds = range(math.prod(given.values())) if isinstance(given, dict) else given
    return Study(study_name, recipe, conditions, tuple(seeds), crossing, **trials, analysis=AnalysisPlan(**analysis))


def _check_sizes(data: dict[str, Any], training: dict[str, Any], faults: Faults) -> None:
    """Check that the split and the batch fit the data set; fill in the training size where it is left out."""
    data_set, held_out = DATA_SETS.get(data.get("name") or ""), data.get("validation_size")
    if data_set is None or held_out is None:
        return
    left = data_set.train_total - held_out
    given = data.get("train_size")
    if left < 1 or (given is not None and given > left):
        faults.add(
            "[data]",
            f"train_size {given or 'left out'} and validation_size {held_out} were given;"
            f" {data_set.name} has {data_set.train_total} training images for both",
        )
        return
    data["train_size"] = given or left
    batch = training.get("batch_size")
    if batch is not None and batch > data["train_size"]:
        faults.add(
            "[training] batch_size",
            f"{batch} was given; at most train_size, {data['train_size']}, is expected",
        )


def _check_precisions(trials: dict[str, Any], faults: Faults) -> None:
    """Check that each precision exists on some device of the study, and each device has one."""
    devices, precisions = trials.get("devices") or (), trials.get("precisions") or ()
    for precision in precisions:
        if devices and not any(Target(device, precision).exists() for device in devices):
            faults.add(
                "[trials] precisions", f"{precision} was given; it exists on {', '.join(PRECISIONS[precision])} only"
            )
            return
    for device in devices:
        if precisions and not any(Target(device, precision).exists() for precision in precisions):
            faults.add("[trials] devices", f"{device} was given; it has none of the precisions {', '.join(precisions)}")
