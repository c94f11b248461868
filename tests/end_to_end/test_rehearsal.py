"""A study whose code pairs badly: the warning is there when it is run, in its status, and in its report."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bench.schema.documents import read_json

TRAIN = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

inputs = torch.linspace(-1, 1, 192 * 8).sin().mul(1e4).frac().reshape(192, 8)
labels = (inputs.sum(1) > 0).long()


def train(trial):
    torch.manual_seed(trial.seed)
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(trial.settings["dropout"]), nn.Linear(16, 2))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings["epochs"]):
        for batch, target in DataLoader(TensorDataset(inputs[:128], labels[:128]), 32, shuffle=True):
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(batch), target).backward()
            optimiser.step()
        trial.epoch()
    return {"test_correct": trial.correct(model, inputs[128:], labels[128:])}
"""
STUDY = """
name = "own"
[experiment]
function = "train.py:train"
classes = 2
[settings]
dropout = 0.0
epochs = 3
[trials]
seeds = 6
[[conditions]]
label = "none"
[[conditions]]
label = "half"
dropout = 0.5
[analysis]
control = "none"
"""


def right() -> str:
    """Return the training with a stream for each source of randomness."""
    made = TRAIN.replace(
        "    torch.manual_seed(trial.seed)\n    model", "    with trial.random('init'):\n        model"
    )
    made = made.replace("shuffle=True)", "shuffle=True, generator=order)")
    made = made.replace("    for epoch in", "    order = trial.generator('order')\n    for epoch in")
    body = made[made.index("        for batch") : made.index("        trial.epoch()")]
    return made.replace(body, "        with trial.random('mask', epoch):\n" + textwrap.indent(body, "    "))


def ran(module: str, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)


@pytest.mark.slow
def test_code_that_pairs_badly_is_warned_of_once_and_wherever_its_results_are_read(tmp_path: Path) -> None:
    out, study = tmp_path / "out", tmp_path / "study.toml"
    (tmp_path / "train.py").write_text(TRAIN)
    study.write_text(STUDY)
    first = ran("bench", "run", study, "--out", out, "--workers", 2)
    assert first.stderr.count("warning:") == 1
    told = next(line for line in first.stderr.splitlines() if line.startswith("warning:"))
    assert told.startswith(
        "warning: shared-order is broken in half: the batch order changes with the condition from epoch 2 on"
    )
    assert told.endswith("give it `generator=trial.generator('order')`")
    assert "rehearsal of train.py:train: 4 short trainings of 2 conditions in" in first.stderr
    study.write_text(STUDY.replace("seeds = 6", "seeds = 8"))
    assert "rehearsal" not in ran("bench", "run", study, "--out", out).stderr, "nothing that it depends on has changed"
    assert told in ran("bench", "status", out).stdout.splitlines()
    ran("bench", "export", out, tmp_path / "packed")
    assert told in ran("bench", "status", tmp_path / "packed").stdout.splitlines()
    ran("analysis", "report", tmp_path / "packed")
    report = (tmp_path / "packed" / "report" / "report.md").read_text()
    assert "Warning: the training code breaks shared-order" in report
    assert report.index("Warning: the training code") < report.index("## Bad endings")
    assert "What pairing by seed was worth here" in report
    document = json.loads((out / "rehearsal.json").read_text())
    assert document["conditions"] == ["none", "half"]

    plan = read_json(out / "plan.json")
    plan["versions"]["train.py:train"] = "other code"
    (out / "plan.json").write_text(json.dumps(plan))
    assert "warning" not in ran("bench", "status", out).stdout, "the rehearsal is of other code than the results"


@pytest.mark.slow
def test_code_that_pairs_well_is_warned_of_nowhere_and_may_go_without(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(right())
    (tmp_path / "study.toml").write_text(STUDY)
    without = ran("bench", "run", tmp_path / "study.toml", "--out", tmp_path / "without", "--no-rehearsal")
    assert "rehearsal" not in without.stderr
    assert not (tmp_path / "without" / "rehearsal.json").exists()
    done = ran("bench", "run", tmp_path / "study.toml", "--out", tmp_path / "out")
    assert "warning" not in done.stderr
    assert "0 of 9 laws broken" in done.stderr
    ran("analysis", "report", tmp_path / "out")
    assert "Warning" not in (tmp_path / "out" / "report" / "report.md").read_text()


@pytest.mark.slow
def test_a_command_is_not_watched_which_is_noted_once(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import json, os\njson.dump({'test_correct': [True]}, open(os.environ['BENCH_RESULT'], 'w'))\n"
    )
    command = 'command = ["python", "train.py"]'
    (tmp_path / "study.toml").write_text(
        STUDY.replace('function = "train.py:train"', command).replace("seeds = 6", "seeds = 1")
    )
    first = ran("bench", "run", tmp_path / "study.toml", "--out", tmp_path / "out")
    assert first.stderr.count("a command cannot be watched") == 1
    (tmp_path / "study.toml").write_text((tmp_path / "study.toml").read_text().replace("seeds = 1", "seeds = 2"))
    assert "cannot be watched" not in ran("bench", "run", tmp_path / "study.toml", "--out", tmp_path / "out").stderr
