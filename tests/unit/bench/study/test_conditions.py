"""What conditions may set, and what a study leaves open for them."""

from __future__ import annotations

import dataclasses
import tomllib

import pytest

from bench.base.errors import StudyError
from bench.data import DATA_SETS
from bench.record.trials import STACKED
from bench.study.study import read_study
from tests.unit.bench.study.minimal import DEEP, INF, NARROW, changed, varied


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
