"""Study files: what ships is valid, what is written resolved reads the same, and trials keep their ids."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import pytest

from bench.base.errors import StudyError
from bench.record import trials
from bench.run.plan import plan_document
from bench.schema.documents import content_hash
from bench.schema.known_metrics import LATE_EPOCHS
from bench.study import fields
from bench.study.finding import SHIPPED
from bench.study.study import Study, read_study
from bench.study.tasks import load, read_tasks
from tests.unit.bench.study.minimal import MINIMAL, changed


def test_a_new_plan_is_of_protocol_2_and_its_rules_are_part_of_its_hash() -> None:
    study = read_study(MINIMAL, "x")
    told = plan_document(study, "test")["analysis"]
    assert [told[key] for key in ("protocol", "estimand", "bad_ending", "direction")] == [2, "typical", 0.05, None]
    hashes = {study.analysis.analysis_hash}
    for where, value in (
        ("analysis.estimand", "mean"), ("analysis.bad_ending", 0.1), ("analysis.direction", "lower"),
        ("analysis.directions", {"test_loss": "higher"}), ("analysis.late_epochs", 3),
        ("analysis.primary", "test_loss"),
    ):  # fmt: skip
        other = read_study(changed(where, value), "x")
        assert plan_document(other, "test")["analysis"][where.split(".")[1]] == value
        hashes.add(other.analysis.analysis_hash)
    assert len(hashes) == 7
    late = read_study(changed("analysis.primary", "late_test_accuracy"), "x")
    assert plan_document(late, "test")["analysis"]["late_epochs"] == LATE_EPOCHS
    assert told["late_epochs"] is None
    short = changed("analysis.primary", "late_test_accuracy")
    short["training"]["epochs"] = LATE_EPOCHS - 1
    with pytest.raises(StudyError, match=r"late_epochs: 4 is the default; at most the 3 epochs"):
        read_study(short, "x")
    assert plan_document(other, "test")["analysis"]["bad_ending"] is None, "a loss has no rule unless one is stated"


def test_the_minimal_form_works_and_has_the_right_trials() -> None:
    study = read_study(MINIMAL, "minimal.toml")
    labels = [condition.label for condition in study.conditions]
    assert labels == ["none", "book", "dropout-0.1", "dropout-0.3", "dropout-0.5"]
    assert dict(study.conditions[2].settings) == {"dropout": (0.1, 0.1)}
    assert len(study.trials()) == 50
    assert len({trial.trial_id for trial in study.trials()}) == 50
    assert study.recipe.train_size == 60_000


def test_grids_take_levels_per_layer_and_keys_per_layer() -> None:
    nested = read_study(changed("grid", {"dropout": [[0.2, 0.4], [0.5, 0.2]]}), "x").conditions[2:]
    assert [condition.label for condition in nested] == ["dropout-0.2-0.4", "dropout-0.5-0.2"]
    by_layer = read_study(changed("grid", {"dropout_1": [0, 0.3], "dropout_2": [0.1, 0.6]}), "x").conditions[2:]
    assert [dict(condition.settings)["dropout"] for condition in by_layer] == [
        (0, 0.1),
        (0, 0.6),
        (0.3, 0.1),
        (0.3, 0.6),
    ]
    assert by_layer[1].label == "dropout_1-0_dropout_2-0.6"


def test_every_device_has_the_precisions_that_exist_on_it() -> None:
    document = changed("trials.devices", ["cpu", "cuda"])
    document["trials"]["precisions"] = ["float32", "tf32", "bfloat16"]
    study = read_study(document, "x.toml")
    expected = [("cpu", "float32"), ("cpu", "bfloat16"), ("cuda", "float32"), ("cuda", "tf32"), ("cuda", "bfloat16")]
    assert study.targets() == expected
    trials = study.trials()
    assert list(dict.fromkeys((trial.device, trial.precision) for trial in trials)) == expected
    assert len({trial.trial_id for trial in trials}) == len(trials)
    assert read_study(study.document(), "again.toml") == study


def test_a_study_of_only_its_control_is_allowed() -> None:
    document = changed("conditions", [{"label": "none"}])
    del document["grid"]
    assert len(read_study(document, "x").trials()) == 10


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_studies_that_ship_are_valid_and_read_the_same_when_resolved(path: Path) -> None:
    study = load(path)
    assert study.name == path.stem
    read = read_study if isinstance(study, Study) else read_tasks
    assert read(tomllib.loads(study.to_toml()), str(path.with_name("resolved.toml"))) == study
    lower = study.analysis.primary == "bits_per_character"
    stated = tomllib.loads(path.read_text())["analysis"]
    assert {key: stated.get(key) for key in ("protocol", "estimand", "bad_ending", "direction")} == {
        "protocol": 2,
        "estimand": "typical",
        "bad_ending": 0.5 if lower else 0.05,
        "direction": "lower" if lower else "higher",
    }


def test_the_default_study_is_the_one_described() -> None:
    study = Study.load("dropout")
    assert study.seeds == tuple(range(16))
    rates = {condition.label: dict(condition.settings)["dropout"] for condition in study.conditions}
    assert rates == {
        "none": (0, 0),
        "book": (0.2, 0.5),
        "swapped": (0.5, 0.2),
        "all-dropped": (1, 1),
        **{f"dropout-{rate}": (rate, rate) for rate in (0.1, 0.3, 0.5, 0.7)},
    }
    assert [condition.label for condition in study.conditions if condition.stays_at_chance] == ["all-dropped"]
    recipe = study.recipe
    assert (recipe.hidden, recipe.epochs, recipe.batch_size, recipe.learning_rate) == ((256, 256), 10, 256, 0.5)


def test_ids_depend_on_settings_and_seed_but_not_on_names_or_order() -> None:
    study = read_study(MINIMAL, "x")
    renamed = changed("name", "other")
    renamed["conditions"][1]["label"] = "textbook"
    renamed["conditions"].reverse()
    again = read_study(renamed, "x")
    assert {trial.trial_id for trial in again.trials()} == {trial.trial_id for trial in study.trials()}
    for where, value in [("training.epochs", 11), ("data.train_size", 59_999), ("model.hidden", [256, 255])]:
        other = read_study(changed(where, value), "x")
        assert not {trial.trial_id for trial in other.trials()} & {trial.trial_id for trial in study.trials()}


def test_more_seeds_and_conditions_keep_the_old_ids() -> None:
    fewer = read_study(MINIMAL, "x")
    document = changed("trials.seeds", 12)
    document["conditions"].append({"label": "more", "dropout": 0.9})
    more = read_study(document, "x")
    assert {trial.trial_id for trial in fewer.trials()} < {trial.trial_id for trial in more.trials()}


def test_crossed_seeds_are_every_combination_once() -> None:
    study = read_study(changed("trials.seeds", {"init": 2, "mask": 3}), "x.toml")
    assert study.seeds == tuple(range(6))
    sources = [study.sources(seed) for seed in study.seeds]
    assert [(each.init, each.order, each.mask) for each in sources] == list(itertools.product(range(2), [0], range(3)))
    assert {trial.seeds for trial in study.trials()} == set(sources)
    assert read_study(tomllib.loads(study.to_toml()), "again.toml") == study


def test_a_crossed_trial_with_one_seed_for_all_is_the_plain_one() -> None:
    plain, crossed = (read_study(changed("trials.seeds", seeds), "x.toml") for seeds in (1, {"init": 1}))
    assert [trial.trial_id for trial in plain.trials()] == [trial.trial_id for trial in crossed.trials()]


def test_conditions_are_hashed_once_each_and_not_compared_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of conditions, and of seeds, then take seconds."""
    hashed = []
    monkeypatch.setattr(trials, "content_hash", lambda content: hashed.append(content) or content_hash(content))
    study = read_study(changed("grid.dropout", [each / 400 for each in range(1, 400)]), "many.toml")
    assert len(hashed) == len(study.conditions) == 401
    first, *_ = planned = study.trials()
    assert len({each.trial_id for each in planned}) == 4010
    assert first.trial_id == planned[0].trial_id
    assert len(hashed) == 401 + 4010


def test_a_long_list_of_seeds_is_read_in_one_pass() -> None:
    compared = []

    class Seed(int):
        __hash__ = int.__hash__

        def __eq__(self, other: object) -> bool:
            compared.append(other)
            return int(self) == other

    assert len(fields.distinct(Seed)(list(range(2000)))) == 2000
    assert len(compared) < 2000
