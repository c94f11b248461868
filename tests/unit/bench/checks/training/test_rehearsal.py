"""The rehearsal: stopped early it blames no right training, and finds what is wrong with the pairing of the others."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from bench.checks.training import rehearsal
from bench.checks.training.law import BROKEN, NOT_APPLICABLE, PASSED
from bench.checks.training.rehearsal import Judged, Rehearsal, rehearse
from bench.checks.training.subject import Subject
from bench.record.experiment import Experiment
from bench.run.rehearsal import _in_a_process as in_a_process
from bench.schema.rehearsal import broken_laws
from tests.unit.bench.checks.training.test_laws import FAST_RIGHT, MODULES, loaded

CONDITIONS = {
    "none": {"dropout": 0.0, "noise": 0.0, "epochs": 40},
    "half": {"dropout": 0.5, "noise": 0.5, "epochs": 40},
}
FOUND = {
    "seeded_as_everybody_does": ("shared-order", "from epoch 2 on (none, half)"),
    "order_from_the_masks": ("shared-order", "the batch order changes with the condition"),
    "weights_after_a_draw": ("shared-init", "draw nothing but weights"),
    "weights_of_the_condition": ("shared-init", "initial weights differ between none and half"),
    "seed_unused": ("seed-used", "the seed is not used"),
    "order_without_a_seed": ("repeatable", "the batch order differs"),
    "noise_of_the_clock": ("repeatable", "reads a clock"),
    "masks_without_a_seed": ("repeatable", "a generator without a seed"),
    "same_order_each_epoch": ("order-fresh", "the batch order is the same in each epoch"),
    "same_masks_each_epoch": ("masks-fresh", "give the epoch"),
    "same_masks_each_step": ("masks-fresh", "seeded again"),
    "setting_without_effect": ("settings-read", "none and half give the same numbers to the bit"),
    "gradients_never_cleared": ("gradients-cleared", "call optimiser.zero_grad()"),
    "dropout_built_anew": ("dropout-built-anew", "Dropout is built again in each forward pass"),
}
FAST = {"seeded_as_everybody_does", "weights_of_the_condition", "masks_without_a_seed"}


def subject_of(function: Callable[..., Any], conditions: dict[str, dict[str, Any]] = CONDITIONS) -> Subject:
    experiment = Experiment("train.py:train", (), Path.cwd(), (), "code", (), "", ())
    return Subject("train.py:train", experiment, function, conditions)


def laws(found: Rehearsal) -> dict[str, Judged]:
    return {each.name: each for each in found.laws}


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(each, id=each.__name__, marks=[] if each.__name__ in FAST_RIGHT else [pytest.mark.slow])
        for each in loaded("right_trainings").RIGHT
    ],
)
def test_a_right_training_breaks_no_law_where_it_is_stopped(function: Callable[..., Any]) -> None:
    found = rehearse(subject_of(function))
    assert [each for each in found.laws if each.outcome == BROKEN] == []
    assert sum(each.outcome == PASSED for each in found.laws) >= 3
    assert found.unchecked == ()


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=[] if each in FAST else [pytest.mark.slow]) for each in FOUND]
)
def test_what_is_wrong_with_the_pairing_is_found_with_its_cause(name: str) -> None:
    law, words = FOUND[name]
    function = next(getattr(module, name) for module in map(loaded, MODULES) if hasattr(module, name))
    found = laws(rehearse(subject_of(function)))
    assert found[law].outcome == BROKEN
    assert words in found[law].message


@pytest.mark.slow
def test_conditions_that_part_late_are_trained_to_their_end_before_a_setting_is_blamed() -> None:
    plain = getattr(loaded("right_trainings"), "plain")  # noqa: B009 - a module without types
    found = rehearse(subject_of(plain, {"6": {"epochs": 6}, "12": {"epochs": 12}}))
    assert laws(found)["settings-read"].outcome == PASSED
    assert found.trainings == 6


def long(trial: Any) -> dict[str, Any]:
    """Train aright, in one epoch of a minute."""
    with trial.random("init"):
        model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(trial.settings["dropout"]), nn.Linear(8, 2))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    inputs = torch.linspace(-1, 1, 400).sin().reshape(100, 4)
    with trial.random("mask"):
        for batch in torch.randperm(100, generator=trial.generator("order")).split(2):
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(inputs[batch]), batch % 2).backward()
            optimiser.step()
            time.sleep(0.3 * (1 + trial.settings["dropout"]))
    return {"test_correct": [True]}


@pytest.mark.slow
def test_a_training_that_takes_long_is_judged_by_its_first_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "SECONDS_OF_ONE", 4.0)
    monkeypatch.setattr(rehearsal, "SECONDS", 20.0)
    rates = {"none": {"dropout": 0.0}, "none again": {"dropout": 0.0}, "half": {"dropout": 0.5}}
    found = rehearse(subject_of(long, rates))
    said = {name: each.outcome for name, each in laws(found).items()}
    assert (said["shared-init"], said["shared-order"], said["seed-used"]) == (PASSED, PASSED, PASSED)
    assert (said["order-fresh"], said["gradients-cleared"]) == (NOT_APPLICABLE, NOT_APPLICABLE)
    assert BROKEN not in said.values()
    assert "two epochs take more than 4 s: judged by the first" in found.unchecked[-1]
    assert found.seconds < 40


def unlike(trial: Any) -> dict[str, Any]:
    if trial.settings["how"] == "fails":
        raise ValueError("it broke")
    if trial.settings["how"] == "hangs":
        time.sleep(60)
    return {"test_correct": [True], "score": trial.seed + len(trial.settings["how"])}


@pytest.mark.slow
def test_what_cannot_be_trained_is_named_and_blames_no_law(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "SECONDS_OF_ONE", 2.0)
    found = rehearse(subject_of(unlike, {each: {"how": each} for each in ("none", "fails", "hangs", "more here")}))
    assert found.unchecked[0].startswith("fails: ValueError: it broke")
    assert found.unchecked[1] == "hangs: timed out: more than 2 s"
    assert [each.name for each in found.laws if each.outcome == BROKEN] == []
    nothing = rehearse(subject_of(unlike, {"fails": {"how": "fails"}, "none": {"how": "none"}}))
    assert nothing.laws == ()


def test_conditions_are_spread_over_the_study_and_the_control_is_among_them() -> None:
    assert rehearsal._spread([f"c{number}" for number in range(12)]) == ["c0", "c1", "c4", "c8", "c11"]
    assert rehearsal._spread(["c0", "c1", "c2"]) == ["c0", "c1", "c2"]


@pytest.mark.slow
def test_a_broken_law_names_each_condition_that_breaks_it() -> None:
    wrong, plain = loaded("wrong_pairing"), loaded("right_trainings")

    def train(trial: Any) -> Any:
        return (wrong.seeded_as_everybody_does if trial.settings["wrong"] else plain.plain)(trial)

    told = {f"{rate}-{bad}": {"dropout": rate, "wrong": bad} for bad in (False, True) for rate in (0.0, 0.5)}
    found = laws(rehearse(subject_of(train, told)))
    assert found["shared-init"].conditions == ("0.0-True", "0.5-True")
    assert found["shared-order"].conditions == ("0.0-True", "0.5-True")
    assert "in another state from the first batch on" in found["shared-order"].message


def ends_its_parent(trial: Any) -> dict[str, Any]:
    os.kill(os.getppid(), signal.SIGKILL)
    return {"test_correct": [True]}


@pytest.mark.slow
def test_a_rehearsal_that_is_ended_leaves_no_folder_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    experiment = Experiment("test_rehearsal.py:ends_its_parent", (), Path(__file__).parent, (), "code", (), "", ())
    subject = Subject("ends_its_parent", experiment, None, {"none": {}})
    (why,) = in_a_process(subject, 0)["unchecked"]
    assert why.startswith("its process ended with exit code -9")
    assert list(tmp_path.iterdir()) == []


def at_a_threshold(trial: Any) -> dict[str, Any]:
    return {"test_correct": [True], "score": trial.seed + max(trial.settings["least"], 5)}


@pytest.mark.slow
def test_a_setting_that_is_read_is_not_called_useless_for_one_seed() -> None:
    found = laws(rehearse(subject_of(at_a_threshold, {"1": {"least": 1}, "3": {"least": 3}}), seed=7))
    assert found["settings-read"].message.endswith(
        "least has no effect at seed 7; use it, or give it a level that matters"
    )


def test_a_warning_is_of_conditions_that_are_planned() -> None:
    law = {"holds": "", "message": "", "outcome": BROKEN}
    broken = [{"name": "shared-order", "conditions": ["half", "gone"]}, {"name": "shared-init", "conditions": ["gone"]},
              {"name": "seed-used", "conditions": []}]  # fmt: skip
    plan = {"versions": {"train.py": "code"}, "conditions": [{"label": "none"}, {"label": "half"}]}
    found = broken_laws({"code": "code", "laws": [law | each for each in broken]}, plan)
    assert [(each.name, each.conditions) for each in found] == [("shared-order", ("half",)), ("seed-used", ())]
    assert broken_laws({"code": "code"}, plan) == ()
