"""Study files: what ships is valid, what is written resolved reads the same, and every fault is named, all at once."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bench.base.errors import StudyError
from bench.data import DATA_SETS
from bench.record import trials
from bench.record.trials import STACKED, content_hash
from bench.run.plan import plan_document
from bench.schema.known_metrics import LATE_EPOCHS
from bench.study import fields
from bench.study.finding import SHIPPED, find_study
from bench.study.study import Study, load_study, read_study
from bench.study.tasks import load, read_tasks

MINIMAL = tomllib.loads(
    """
name = "minimal"
[data]
name = "fashion_mnist"
[model]
hidden = [256, 256]
[training]
epochs = 10
batch_size = 256
learning_rate = 0.5
[trials]
seeds = 10
devices = ["cpu"]
[[conditions]]
label = "none"
[[conditions]]
label = "book"
dropout = [0.2, 0.5]
[grid]
dropout = [0.1, 0.3, 0.5]
[analysis]
control = "none"
primary = "test_accuracy"
margin = 0.001
alpha = 0.05
"""
)
NAN, INF = float("nan"), float("inf")
REMOVE = object()

THOUSAND = [level / 1000 for level in range(1000)]
MALFORMED: list[tuple[str, Any, str]] = [
    # where, what is put there, what the message must say
    ("epochs", 3, "epochs: unknown key.*allowed: name, plugins, data, model"),
    ("training.epoch", 3, r'\[training\] epoch: unknown key; did you mean "epochs"\?'),
    ("name", "../escape", r'name: "\.\./escape" was given; a name of letters, digits, - _ and \. is expected'),
    ("name", REMOVE, "name: missing"),
    ("data", REMOVE, r"\[data\] name: missing"),
    ("data", 3, r"\[data\]: 3 was given; a table"),
    ("data.name", "fashion_minst", r'did you mean "fashion_mnist"\?'),
    ("data.train_size", 0, "train_size: 0 was given; a positive whole number"),
    ("data.train_size", 70_000, "has 60000 training images"),
    ("data.validation_size", 60_000, "has 60000 training images"),
    ("model.hidden", [], r"hidden: \[\] was given"),
    ("model.hidden", [256, -1], r"hidden: \[256, -1\] was given"),
    ("model.hidden", 256, "hidden: 256 was given; a list"),
    ("training.epochs", "ten", 'epochs: "ten" was given; a positive whole number'),
    ("training.epochs", True, "epochs: true was given"),
    ("training.epochs", 1.5, "epochs: 1.5 was given"),
    ("training.batch_size", 60_001, "at most train_size, 60000"),
    ("training.learning_rate", NAN, "learning_rate: nan was given; a finite number above 0"),
    ("training.learning_rate", -0.5, "learning_rate: -0.5 was given"),
    ("training.learning_rate", INF, "learning_rate: inf was given"),
    ("training.initialisation", "xavier", "one of default, normal_0.01"),
    ("trials.seeds", 0, "seeds: 0 was given; a positive whole number, a list"),
    ("analysis.until", "bored", 'until: "bored" was given; "decided"'),
    ("trials.seeds", 20261123, r"write \[20261123\] for one seed"),
    ("training.learning_rate", 10**400, "learning_rate: 1000"),
    ("trials.seeds", [], r"seeds: \[\] was given"),
    ("trials.seeds", [1, 2, 1], "1 repeated"),
    ("trials.seeds", [-1], r"seeds: \[-1\] was given"),
    ("trials.seeds", 2.0, "seeds: 2.0 was given"),
    ("trials.devices", ["gpu"], "of cpu, cuda"),
    ("trials.devices", ["cpu", "cpu"], "cpu repeated"),
    ("trials.precisions", ["float16"], "of float32, tf32, bfloat16"),
    ("trials.precisions", ["tf32"], "precisions: tf32 was given; it exists on cuda only"),
    ("conditions", [], "there are none|no condition"),
    ("conditions", "none", r"\[\[conditions\]\]: \"none\" was given; a list of tables"),
    ("conditions.0", 3, r"\[\[conditions\]\] 1: 3 was given; a table"),
    ("conditions.0.label", REMOVE, r"\[\[conditions\]\] 1 label: missing"),
    ("conditions.0.label", "a/b", "letters, digits"),
    ("conditions.1.label", "none", 'condition "none": duplicate label'),
    ("conditions.1.dropout", 0.0, 'condition "book": same settings as "none"'),
    ("conditions.1.dropout", 1.2, "dropout: 1.2 was given; a number from 0 to 1"),
    ("conditions.1.dropout", -0.1, "dropout: -0.1 was given"),
    ("conditions.1.dropout", NAN, "dropout: nan was given"),
    ("conditions.1.dropout", "0.5", 'dropout: "0.5" was given'),
    ("conditions.1.dropout", [0.2, 0.5, 0.5], "3 for 2 hidden layers"),
    ("conditions.1.dropout", [0.2, 1.5], r"dropout: \[0.2, 1.5\] was given"),
    ("conditions.1.dropout_1", 0.2, "dropout and dropout_1 both set"),
    ("conditions.1.droput", 0.2, r'droput: unknown key; did you mean "dropout"\?'),
    ("conditions.1.learning_rate", 0.2, r"is fixed for the whole study in \[training\]"),
    ("conditions.1.stratified", True, r"is fixed for the whole study in \[data\]"),
    ("conditions.1.activation", "swish", "one of relu, tanh, sigmoid, gelu"),
    ("conditions.1.weight_decay", [0.1, 0.1], r"weight_decay: \[0.1, 0.1\] was given; a number from 0 on"),
    ("conditions.1.weight_decay", -1, "weight_decay: -1 was given; a number from 0 on"),
    ("conditions.1.weight_decay", INF, "weight_decay: inf was given"),
    ("conditions.1.weight_decay_1", 0.1, r'weight_decay_1: unknown key; did you mean "weight_decay"\?'),
    ("conditions.1.shift", 1.5, "shift: 1.5 was given; a whole number from 0 to 1000"),
    ("conditions.1.early_stopping", 2, 'condition "book" early_stopping: needs validation images'),
    ("conditions.1.max_norm", -INF, "a number from 0 on, or inf for none"),
    ("conditions.1.label_smoothing", 2, "label_smoothing: 2 was given; a number from 0 to 1"),
    ("conditions.1.train_size", 200, 'condition "book" batch_size: 256 was given; at most train_size, 200'),
    ("conditions.1.train_size", 70_000, 'condition "book": train_size 70000'),
    ("training.epochs", REMOVE, "epochs: missing"),
    ("data.label_noise", 1.5, "label_noise: 1.5 was given; a number from 0 to 1"),
    ("conditions.1.stays_at_chance", 1, "stays_at_chance: 1 was given; true or false"),
    ("grid.dropout", [], r"\[grid\] dropout: \[\] was given"),
    ("grid.dropout", 0.5, r"\[grid\] dropout: 0.5 was given; a list of levels"),
    ("grid.dropout", [0.1, 2], r"\[grid\] dropout: 2 was given"),
    ("grid.dropout", [0.1, 0.1], "duplicate label"),
    ("grid.epochs", [1, 2], r"\[grid\] epochs: is fixed for the whole study in \[training\]"),
    ("grid", 3, r"\[grid\]: 3 was given"),
    (
        "grid",
        {"dropout_1": THOUSAND, "dropout_2": THOUSAND},
        r"\[grid\]: has 1,000,000 combinations .* at most 100,000",
    ),
    ("analysis.control", "nonne", r'no condition "nonne"; did you mean "none"\?'),
    ("analysis.primary", "acc", "primary: .acc. was given; one of"),
    ("analysis.margin", 0, "margin: 0 was given"),
    ("analysis.margin", INF, "margin: inf was given"),
    ("analysis.margins", {"test_acuracy": 0.1}, r'did you mean "test_accuracy"\?'),
    ("analysis.alpha", 1.5, "alpha: 1.5 was given"),
    (
        "analysis.margin",
        0.6,
        r"margin: 0.6 was given; test_accuracy is a fraction, and at most 0.5 .* \(0.2 points is 0.002",
    ),
    ("analysis.margins", {"running_gap": 3}, "margins running_gap: 3.0 was given; running_gap is a fraction"),
    ("analysis.estimand", "typcal", r'estimand: "typcal" was given; one of typical, mean .*did you mean "typical"\?'),
    ("analysis.bad_ending", 0, "bad_ending: 0 was given; a finite number above 0"),
    (
        "analysis.bad_ending",
        5,
        r"bad_ending: 5.0 was given; test_accuracy is a fraction, so below 1 \(0.05 is 5 points",
    ),
    ("analysis.direction", "hihger", r'direction: "hihger" was given; one of higher, lower .*did you mean "higher"\?'),
    ("analysis.directions", {"test_los": "lower"}, r'unknown key test_los; did you mean "test_loss"\?'),
    ("analysis.directions", {"test_loss": "down"}, "directions: .* was given; a table of metrics, each with one of"),
    ("analysis.late_epochs", 0, "late_epochs: 0 was given; a positive whole number"),
    ("analysis.late_epochs", 11, "late_epochs: 11 was given; at most the 10 epochs"),
    ("analysis.protocol", 1, "protocol: 1 was given; 2, the present protocol"),
    ("analysis.protocl", 2, r'protocl: unknown key; did you mean "protocol"\?'),
]


def changed(where: str, value: Any) -> dict[str, Any]:
    """Return the minimal study with one value replaced or removed."""
    document = copy.deepcopy(MINIMAL)
    *path, last = [int(part) if part.isdecimal() else part for part in where.split(".")]
    table: Any = document
    for part in path:
        table = table[part]
    if value is REMOVE:
        del table[last]
    else:
        table[last] = value
    return document


@pytest.mark.parametrize(
    ("where", "value", "message"), MALFORMED, ids=lambda value: "removed" if value is REMOVE else str(value)[:40]
)
def test_a_fault_is_named_with_file_key_what_came_and_what_is_allowed(where: str, value: Any, message: str) -> None:
    with pytest.raises(StudyError, match=message) as raised:
        read_study(changed(where, value), "bad.toml")
    assert all(line.startswith("bad.toml: ") for line in str(raised.value).splitlines())


def test_a_study_of_more_trials_than_a_folder_can_hold_is_refused_at_once() -> None:
    document = changed("trials.seeds", 100_000) | {"grid": {"dropout": THOUSAND[1:100]}}
    assert len(document["conditions"]) == 2
    with pytest.raises(StudyError) as raised:
        read_study(document, "bad.toml")
    problem = "101 conditions x 100,000 seeds are 10,100,000 trials; at most 10,000,000 are expected"
    assert str(raised.value) == f"bad.toml: [trials]: {problem}"
    document["grid"] = {"dropout": THOUSAND[1:99]}
    assert len(read_study(document, "good.toml").conditions) == 100


def test_two_directions_of_the_primary_contradict_each_other() -> None:
    document = changed("analysis.direction", "higher")
    document["analysis"]["directions"] = {"test_accuracy": "lower"}
    with pytest.raises(StudyError, match="test_accuracy is lower here, and direction is higher"):
        read_study(document, "bad.toml")


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


@pytest.mark.parametrize(("margin", "warned"), [(0.002, False), (0.05, False), (0.2, True)])
def test_a_margin_of_many_points_is_warned_of(margin: float, warned: bool) -> None:
    plan = read_study(changed("analysis.margin", margin), "x").analysis
    assert plan.doubts == (["the margin 0.2 of test_accuracy is 20 points (0.2 points is 0.002)"] if warned else [])


def test_all_faults_are_reported_at_once() -> None:
    document = changed("training.epochs", 0)
    document["trials"]["seeds"] = 0
    document["conditions"][1]["dropout"] = 2
    with pytest.raises(StudyError) as raised:
        read_study(document, "bad.toml")
    assert len(str(raised.value).splitlines()) == 3


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


def test_a_device_without_any_of_the_precisions_is_refused() -> None:
    document = changed("trials.devices", ["cuda", "cpu"])
    document["trials"]["precisions"] = ["tf32"]
    with pytest.raises(StudyError, match="devices: cpu was given; it has none of the precisions tf32"):
        read_study(document, "x.toml")


def test_a_control_that_is_meant_to_stay_at_chance_is_refused() -> None:
    document = changed("conditions.1.stays_at_chance", True)
    document["analysis"]["control"] = "book"
    with pytest.raises(StudyError, match="nothing can be compared with it"):
        read_study(document, "x")


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


def test_a_study_that_is_not_there_or_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r'dropuot: no such study file; did you mean "dropout"\?'):
        find_study("dropuot")
    broken = tmp_path / "broken.toml"
    broken.write_text("name = \n")
    with pytest.raises(StudyError, match=r"broken.toml: cannot be read as TOML: .*line 1"):
        load_study(broken)


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


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ({"weights": 3}, "unknown key weights; did you mean|unknown key weights"),
        ({"init": 0}, "seeds: .* was given; a positive whole number"),
        ({"init": 100_000, "order": 100_000}, "combinations"),
    ],
)
def test_malformed_crossings_are_refused(seeds: dict[str, int], message: str) -> None:
    with pytest.raises(StudyError, match=message):
        read_study(changed("trials.seeds", seeds), "x.toml")


def varied(**conditions: dict[str, Any]) -> dict[str, Any]:
    """Return a study without learning rate and widths of its own, with these conditions."""
    document = copy.deepcopy(MINIMAL)
    del document["training"]["learning_rate"], document["model"]["hidden"], document["grid"]
    document["conditions"] = [{"label": label} | table for label, table in conditions.items()]
    return document


NARROW, DEEP = {"hidden": [8], "learning_rate": 0.1}, {"hidden": [16, 8, 4], "learning_rate": 0.5, "dropout": 0.2}


def test_conditions_may_set_what_the_study_leaves_open() -> None:
    study = read_study(varied(none=NARROW, deep=DEEP | {"activation": "tanh", "train_size": 5000}), "s.toml")
    narrow, deep = map(study.recipe_of, study.conditions)
    assert (narrow.hidden, narrow.learning_rate, narrow.activation, narrow.train_size) == ((8,), 0.1, "relu", 60_000)
    assert (deep.hidden, deep.learning_rate, deep.activation, deep.train_size) == ((16, 8, 4), 0.5, "tanh", 5000)
    assert study.conditions[1].active() == {"dropout": (0.2, 0.2, 0.2)}
    assert study.factors() == ["dropout", "train_size", "hidden", "activation", "learning_rate"]
    assert {trial.data_hash for trial in study.trials()} == {study.trials()[0].data_hash}
    assert len({trial.trial_id for trial in study.trials()}) == 2 * len(study.seeds)
    assert read_study(tomllib.loads(study.to_toml()), "s.toml") == study


def test_a_key_that_one_condition_leaves_open_too_is_missing_there() -> None:
    with pytest.raises(StudyError, match=r'\("none"\) learning_rate: missing; a finite number above 0'):
        read_study(varied(none={"hidden": [8]}, deep=DEEP), "s.toml")


def test_one_regulariser_may_choose_the_weights() -> None:
    document = changed("conditions.1", {"label": "two", "ema": 0.9, "swa": 0.5})
    with pytest.raises(StudyError, match='"two": ema and swa each choose the weights'):
        read_study(document, "s.toml")


def test_passes_need_noise_that_differs_between_them() -> None:
    expected = (
        '"two" test_passes: repeats passes with the noise of hidden units on, and there is none: give one of dropout'
    )
    for more in ({}, {"input_dropout": 0.2}, {"dropconnect": 0.5}):
        with pytest.raises(StudyError, match=expected):
            read_study(changed("conditions.1", {"label": "two", "test_passes": 5} | more), "s.toml")
    for more in ({"dropout": 0.5}, {"dropout": 0.0}, {"gaussian_dropout": [0.0, 0.2]}, {"fixed_mask": 0.5}):
        read_study(changed("conditions.1", {"label": "two", "test_passes": 5} | more), "s.toml")


def test_images_without_rows_cannot_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    flat = dataclasses.replace(DATA_SETS["fashion_mnist"], image=None)
    monkeypatch.setitem(DATA_SETS, "fashion_mnist", flat)
    with pytest.raises(StudyError, match='"book" shift: acts on images, and those of fashion_mnist have no rows'):
        read_study(changed("conditions.1.shift", 2), "s.toml")


def test_a_limit_that_is_infinite_is_none() -> None:
    study = read_study(changed("conditions.0.max_norm", INF), "s.toml")
    assert study.conditions[0].active() == {}
    assert read_study(tomllib.loads(study.to_toml()), "s.toml").study_hash == study.study_hash
    with pytest.raises(StudyError, match='"book": same settings as "none"'):
        read_study(changed("conditions.1", {"label": "book", "max_norm": INF}), "s.toml")


def test_a_setting_that_is_the_default_is_the_same_as_none() -> None:
    with pytest.raises(StudyError, match='"relu": same settings as "none"'):
        read_study(varied(none=NARROW, relu=NARROW | {"activation": "relu"}), "s.toml")


@pytest.mark.parametrize("sizes", [{"train_size": 257}, {"train_size": 256, "batch_size": 1}])
def test_a_batch_of_one_has_no_variance_to_normalise_by(sizes: dict[str, int]) -> None:
    document = varied(none=NARROW | {"normalisation": "batch"} | sizes)
    if "batch_size" in sizes:
        del document["training"]["batch_size"]
    with pytest.raises(StudyError, match="a last batch of one image"):
        read_study(document, "s.toml")


def test_a_grid_may_name_words_and_widths() -> None:
    document = varied()
    document["grid"] = {"hidden": [[8], [8, 8]], "activation": ["relu", "tanh"], "learning_rate": [0.1]}
    document["analysis"]["control"] = "hidden-8_activation-relu_learning_rate-0.1"
    labels = [condition.label for condition in read_study(document, "s.toml").conditions]
    assert labels[-1] == "hidden-8-8_activation-tanh_learning_rate-0.1"
    assert len(labels) == 4


def test_what_only_the_stacked_engine_has_is_trained_by_it() -> None:
    document = varied(none=NARROW, tanh=NARROW | {"activation": "tanh"})
    document["trials"]["devices"] = ["cuda"]
    assert {trial.engine for trial in read_study(document, "s.toml").trials()} == {STACKED}


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


def test_a_third_condition_of_one_label_and_of_another_s_settings_is_named_for_both() -> None:
    document = changed("grid", {"dropout": [0.3]})
    document["conditions"] += [{"label": "none", "dropout": [0.2, 0.5]}]
    with pytest.raises(StudyError) as raised:
        read_study(document, "twice.toml")
    assert 'condition "none": duplicate label' in str(raised.value)
    assert 'condition "none": same settings as "book"' in str(raised.value)
