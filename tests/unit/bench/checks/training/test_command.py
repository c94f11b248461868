"""The command and its twin in Python: what they take, what they say, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import bench
from bench.base.errors import UsageError
from bench.checks.training.check import LAWS
from bench.checks.training.resolving import parsed
from bench.checks.training.settings import other
from bench.cli import main

COMMAND = """
import json, os, random
spec = json.load(open(os.environ["BENCH_TRIAL"]))
rng, value = random.Random(spec["seeds"]["order"]), random.Random(spec["seeds"]["init"]).random()
curves = []
for epoch in range(spec["settings"]["epochs"]):
    value += (rng.random() - 0.5) * (1 - spec["settings"]["dropout"])
    curves.append({"test_loss": value})
right = [value + index / 100 > 0.5 for index in range(100)]
json.dump({"test_correct": right, "curves": curves}, open(os.environ["BENCH_RESULT"], "w"))
"""
STUDY = """
name = "own"
[experiment]
command = ["python", "train.py"]
deterministic = DETERMINISTIC
[settings]
epochs = 5
dropout = 0.0
idle = 1.0
[trials]
seeds = 2
[[conditions]]
label = "none"
[[conditions]]
label = "half"
dropout = 0.5
[analysis]
control = "none"
"""


def study(folder: Path, deterministic: str = "true") -> Path:
    (folder / "train.py").write_text(COMMAND)
    (folder / "study.toml").write_text(STUDY.replace("DETERMINISTIC", deterministic))
    return folder / "study.toml"


@pytest.mark.slow
def test_a_command_is_held_to_what_is_seen_of_it_and_a_setting_that_it_ignores_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-training", str(study(tmp_path)), "--json", "-"]) == 1
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found["broken"] == ["settings-read"]
    laws = {law["name"]: law for law in found["laws"]}
    assert list(laws) == [law.key for law in LAWS]
    assert "idle has no effect" in laws["settings-read"]["message"]
    passed = {name for name, law in laws.items() if law["outcome"] == "passed"}
    assert {"repeatable", "hash-seed", "stream-init", "stream-order", "seed-used"} <= passed
    assert found["settings"] == {"epochs": 2, "dropout": 0.5, "idle": 1.0}
    assert "Broken: settings-read." in said.err


@pytest.mark.slow
def test_laws_of_equal_bits_do_not_apply_to_what_is_not_deterministic(tmp_path: Path) -> None:
    laws = bench.check_training(str(study(tmp_path, "false")), {"epochs": 1}).to_json()["laws"]
    named = {law["name"]: law for law in laws}
    for law in LAWS:
        if law.equal_bits:
            assert named[law.key]["outcome"] == "not applicable"
            assert "deterministic = false" in named[law.key]["message"]


def random_numbers(trial: Any) -> dict[str, Any]:
    return {"test_accuracy": float(trial.numpy("init").random())}


@pytest.mark.slow
def test_a_function_at_hand_is_checked_from_python() -> None:
    report = bench.check_training(random_numbers)
    assert (report.broken, report.laws["repeatable"]) == ((), "passed")
    assert report.laws["seed-used"] == "passed"
    assert "broken: none" in repr(report)
    assert "24 laws" in str(report)


def fails(trial: Any) -> None:
    raise RuntimeError("no data here")


@pytest.mark.slow
def test_what_cannot_be_trained_is_refused_with_the_cause(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="no data here"):
        bench.check_training(fails)
    (tmp_path / "train.py").write_text(
        "def hangs(trial):\n    while True:\n        pass\n\ndef two(trial, other): ...\n"
    )
    for words, cause in [
        ([f"{tmp_path}/train.py:hangs", "--time-limit", "0.5"], "timed out: more than 0.5 s"),
        ([f"{tmp_path}/train.py:two"], "is called with a trial and nothing else"),
        ([f"{tmp_path}/train.py:three"], "has no three"),
        ([f"{tmp_path}/none.py:train"], "no such file"),
        ([f"{tmp_path}/train.py"], "TRAIN.py:FUNCTION is expected"),
        (["smoke"], "a study with [experiment] is expected"),
        ([f"{tmp_path}/train.py:hangs", "--set", "epochs"], "KEY=VALUE is expected"),
    ]:
        assert main(["check-training", *words]) == 2
        assert cause in capsys.readouterr().err


def test_settings_are_read_as_toml_and_moved_to_others_that_are_allowed() -> None:
    given = ["epochs=2", "rate=0.5", "flip=true", "hidden=[8, 8]", "kind=relu", 'name="a b"']
    assert parsed(given) == {"epochs": 2, "rate": 0.5, "flip": True, "hidden": [8, 8], "kind": "relu", "name": "a b"}
    moves = [
        other(*each)
        for each in [("dropout", 0.5), ("dropout", 0.0), ("dropout", [0.2, 0.5]), ("seed", 3), ("flip", True)]
    ]
    assert moves == [0.0, 0.5, [0.0, 0.0], 4, False]
    assert other("learning_rate", 0.5) == 0.25
    assert other("kind", "relu") is None
