"""import bench: studies, runs and layers from Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

import bench
from bench.checks.dropout import wording
from bench.checks.dropout.check import check
from bench.checks.dropout.probing import Probe
from bench.checks.dropout.resolving import subject_of
from bench.record.store import Store

ROOT = Path(__file__).parents[3]
STUDY = """
name = "tiny"
data = { name = "fashion_mnist_sample", train_size = 64 }
model = { hidden = [8] }
training = { epochs = 1, batch_size = 32, learning_rate = 0.1 }
trials = { seeds = 1 }
analysis = { control = "none" }
conditions = [{ label = "none" }, { label = "half", dropout = 0.5 }]
"""


def test_a_study_is_loaded_by_path_or_name_with_every_fault(tmp_path: Path) -> None:
    assert bench.Study.load("smoke").name == "smoke"
    (tmp_path / "bad.toml").write_text(STUDY.replace("seeds = 1", "seeds = 0").replace("epochs = 1", "epochs = 0"))
    with pytest.raises(bench.UsageError, match=r"(?s)epochs: 0 was given.*seeds: 0 was given"):
        bench.Study.load(tmp_path / "bad.toml")


@pytest.mark.slow
def test_a_script_without_a_main_guard_runs_a_study_once(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(STUDY)
    script = "import bench\nprint('started')\nprint(bench.run('tiny.toml', workers=2))\n"
    (tmp_path / "script.py").write_text(script)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=True, timeout=300,
    )  # fmt: skip
    assert done.stdout == "started\nresults/tiny\n"
    assert len(Store(tmp_path / "results/tiny").trial_ids()) == 2


@pytest.mark.slow
def test_a_layer_is_checked_as_by_the_command() -> None:
    report = bench.check_dropout(torch.nn.Dropout)
    expected = wording.document(check(Probe(subject_of(torch.nn.Dropout, "Dropout"), "cpu", 0)))
    assert report.to_json() == expected
    assert report.broken == ()
    assert set(report.laws) == {each["name"] for each in expected["laws"]}
    broken = bench.check_dropout(lambda x, p: x * (torch.rand_like(x) > p))
    assert "mean" in broken.broken
    assert "mean" in repr(broken)
