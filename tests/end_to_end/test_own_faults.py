"""Own training code that is wrong, lingers, hangs or is killed: a cause for each, nothing lost, nothing left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bench.record.store import Store

KILLS = int(os.environ.get("OWN_KILLS", "4"))
"""How often a run is killed, at random moments, before it may end."""

FAULTS = """
import os, subprocess, sys, time

RIGHT = {"test_correct": [True] * 10}


def train(trial):
    return globals()[trial.settings["fault"]](trial)


def none(trial): return RIGHT
def nothing(trial): pass
def wrong_key(trial): return {"test_corect": [True]}
def other_length(trial): return {"test_correct": [True] * 11}
def raises(trial): raise ValueError("it broke")
def leaves(trial): sys.exit(3)
def is_gone(trial): os._exit(7)
def crashes(trial): os.kill(os.getpid(), 11)
def misspells(trial): return {"score": trial.settings["falt"], **RIGHT}
def not_finite(trial): return {"test_loss": float("nan"), **RIGHT}
def imports_more(trial):
    name = "more"
    __import__(name)
    return RIGHT
def prints(trial):
    for _ in range(30_000):
        print("word " * 20)
    return RIGHT
def lingers(trial):
    for seconds in ("8641", "8642"):
        subprocess.Popen(["sleep", seconds], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        os.execvp("sleep", ["sleep", "8643"])
    return RIGHT
def hangs(trial):
    subprocess.Popen(["sleep", "8644"], start_new_session=True)
    time.sleep(1000)
"""
SAID = {
    "none": "",
    "nothing": "a dictionary is expected, with test_correct for instance, not nothing",
    "wrong_key": 'did you mean "test_correct"',
    "other_length": "11 test examples, and the trials before it 10",
    "raises": "ValueError: it broke (train.py:",
    "leaves": "SystemExit: 3",
    "is_gone": "ended with exit code 7 before it gave a result",
    "crashes": "was ended by signal 11 before it gave a result",
    "misspells": 'no setting falt; did you mean "fault"?',
    "not_finite": "",
    "imports_more": "more.py was loaded from the study's folder, and is none of the files",
    "prints": "",
    "lingers": "",
    "hangs": "timed out: more than 6 s",
}


def study(name: str, settings: str, conditions: list[str], seeds: int, more: str = "") -> str:
    listed = "".join(f"[[conditions]]\n{each}\n" for each in conditions)
    return f"""
name = "{name}"
[experiment]
function = "train.py:train"
{more}
[settings]
{settings}
[trials]
seeds = {seeds}
{listed}
[analysis]
control = "none"
primary = "test_accuracy"
"""


def bench(*words: object, **more: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def rows(folder: Path) -> dict[tuple[str, int], dict[str, Any]]:
    found = [row for file in (folder / "trials").glob("*.parquet") for row in pq.read_table(file).to_pylist()]
    return {(row["condition"], row["seed"]): row for row in found}


def running(words: str) -> list[str]:
    """Return the processes whose command line has these words."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if words in line and place.name != str(os.getpid()):
            found.append(line)
    return found


@pytest.mark.slow
def test_every_fault_is_a_row_with_its_cause_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(FAULTS)
    (tmp_path / "more.py").write_text("")
    conditions = [f'label = "{name}"\nfault = "{name}"'.replace('fault = "none"', "") for name in SAID]
    (tmp_path / "study.toml").write_text(study("faults", 'fault = "none"', conditions, 1, "time_limit = 6"))
    with bench("run", tmp_path / "study.toml", "--out", tmp_path / "out", "--workers", 2) as run:
        _, told = run.communicate(timeout=300)
    assert run.returncode == 1, told
    found = rows(tmp_path / "out")
    assert {label for label, _ in found} == set(SAID)
    for label, words in SAID.items():
        row = found[label, 0]
        expected = "failed" if words else "diverged" if label == "not_finite" else "ok"
        assert (row["status"], words in (row["error"] or "")) == (expected, True), row["error"]
    log = tmp_path / "out" / "logs" / f"{found['prints', 0]['trial_id']}.log"
    assert 0 < log.stat().st_size <= 1 << 20
    assert not any(running(f"sleep {seconds}") for seconds in range(8641, 8645))
    with bench("status", tmp_path / "out") as status:
        assert "failed: raises, seed 0, cpu: ValueError: it broke" in status.communicate()[0]


LONG = """
import time

def train(trial):
    state = (trial.restored() if trial.settings["saves"] else None) or {"epoch": 0, "sum": 0.0}
    order, numpy_order = trial.generator("order"), trial.numpy("order")
    if state["epoch"]:
        with open(trial.folder.parent.parent / "resumed", "a") as file:
            file.write("x")
    for epoch in range(state["epoch"], 6):
        time.sleep(0.15)
        with trial.random("mask", epoch):
            import torch
            state["sum"] += float(torch.rand(1, generator=order)) + float(torch.rand(1)) + numpy_order.random()
        state["epoch"] = epoch + 1
        trial.epoch(sum=state["sum"])
        if trial.settings["saves"]:
            trial.save(state)
    return {"test_correct": [True, False], "sum": state["sum"]}
"""


@pytest.mark.slow
def test_a_run_killed_at_random_moments_ends_with_the_rows_and_curves_of_one_that_was_not(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(LONG)
    conditions = ['label = "none"', 'label = "saves"\nsaves = true']
    (tmp_path / "study.toml").write_text(study("long", "saves = false", conditions, 4))
    with bench("run", tmp_path / "study.toml", "--out", tmp_path / "whole", "--no-rehearsal") as run:
        run.communicate(timeout=300)
    folder, moments = tmp_path / "killed", random.Random(KILLS)
    for _ in range(KILLS):
        with bench("run", tmp_path / "study.toml", "--out", folder, "--no-rehearsal", start_new_session=True) as run:
            started = time.monotonic()
            while not any((folder / "unfinished").glob("*/saved")) and time.monotonic() - started < 60:
                if run.poll() is not None:
                    break
                time.sleep(0.02)
            time.sleep(moments.uniform(0, 0.5))
            run.send_signal(signal.SIGKILL)
    time.sleep(1)
    assert not running(str(tmp_path))
    with bench("run", tmp_path / "study.toml", "--out", folder, "--no-rehearsal") as run:
        _, told = run.communicate(timeout=300)
    assert run.returncode == 0, told
    assert (folder / "resumed").exists(), "no trial was killed with a state saved"
    kept = ("trial_id", "sum", "epochs", "status", "test_bits")

    def told_of(place: Path) -> dict[tuple[str, int], list[Any]]:
        return {key: [row[each] for each in kept] for key, row in rows(place).items()}

    assert told_of(folder) == told_of(tmp_path / "whole")
    stores = [Store(place) for place in (folder, tmp_path / "whole")]
    resumed, whole = (store.curves_of(store.trial_ids()) for store in stores)
    assert whole.num_rows
    assert resumed.equals(whole)
