"""Every fault of a study file is named, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.base.errors import StudyError
from bench.study.fields import show
from bench.study.finding import find_study
from bench.study.study import load_study, read_study
from tests.unit.bench.study.minimal import INF, NAN, REMOVE, changed

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


def test_a_study_that_is_not_there_or_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r'dropuot: no such study file; did you mean "dropout"\?'):
        find_study("dropuot")
    broken = tmp_path / "broken.toml"
    broken.write_text("name = \n")
    with pytest.raises(StudyError, match=r"broken.toml: cannot be read as TOML: .*line 1"):
        load_study(broken)


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


def test_a_third_condition_of_one_label_and_of_another_s_settings_is_named_for_both() -> None:
    document = changed("grid", {"dropout": [0.3]})
    document["conditions"] += [{"label": "none", "dropout": [0.2, 0.5]}]
    with pytest.raises(StudyError) as raised:
        read_study(document, "twice.toml")
    assert 'condition "none": duplicate label' in str(raised.value)
    assert 'condition "none": same settings as "book"' in str(raised.value)


@pytest.mark.parametrize("letter", ["\x1b", "\u202e", "\uffff", "\n"])
def test_what_was_given_is_shown_with_characters_that_steer_a_terminal_written_out(letter: str) -> None:
    assert show(f"a{letter}b") == f'"a{letter.encode("unicode_escape").decode()}b"'
    assert show("größer") == '"größer"'
