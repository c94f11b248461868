"""Speed as a user measures it, and a planted slowness that must be found."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from analysis.cli import main as analysis_main
from analysis.throughput import speeds
from analysis.wording.throughput import short
from bench import schema
from bench.assurance.load import Load
from bench.assurance.throughput import machine, measurement
from bench.assurance.throughput.machine import Dose, train_slot
from bench.assurance.throughput.measure import Workbench, measure
from tests.conftest import condition, trial
from tests.end_to_end.conftest import PATIENCE, Workplace

COLUMNS = schema.THROUGHPUT.names


def analysis(workplace: Workplace, *arguments: str, code: int = 0) -> tuple[str, str]:
    """Run a command of the analysis in this process; return (standard output, standard error)."""
    return workplace.here(*arguments, code=code, of=analysis_main)


@pytest.mark.slow
def test_measure_twice_and_analyse_without_any_trial(workplace: Workplace) -> None:
    """Whether the machine is quiet is not known here: both exit codes are right, and every slot is accounted for."""
    for number in (1, 2):
        process = workplace.start("throughput", "tiny.toml", "--blocks", "2", "--seconds", "0.05")
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode in (0, 1), err
        files = sorted((workplace.folder / "results/tiny/throughput").iterdir())
        assert len(files) == number
        assert (workplace.folder / out.strip()) in files
    table = pq.read_table(files[-1])
    rows = table.to_pylist()
    assert table.schema.names == COLUMNS
    assert {row["condition"] for row in rows} == {"none", "book", "all-dropped"}
    blocks = {row["block"] for row in rows}
    assert len(rows) == 3 * len(blocks) and 2 <= len(blocks) <= 4
    assert all(row["seconds_per_step"] > 0 and row["bound_before"] > 0 for row in rows)
    assert all((row["reason"] is None) == row["exclusive"] for row in rows)
    for one, following in pairwise(rows):
        assert one["bound_after"] == following["bound_before"], "one calibration between any two slots"
    environment = workplace.folder / f"results/tiny/environment/{rows[0]['environment_id']}.json"
    assert environment.exists()

    told, _ = analysis(workplace, "throughput", "results/tiny", "--json", "-")
    (speed,) = json.loads(told)["measurements"]
    assert (speed["earlier_measurements"], speed["control"]) == (1, "none")
    assert speed["n_exclusive"] == sum(row["exclusive"] for row in rows)
    assert len(speed["left_out"]) == len(rows) - speed["n_exclusive"]
    told, _ = analysis(workplace, "throughput", "results/tiny")
    assert told.startswith("Measured on cpu")

    _, refused = analysis(workplace, "report", "results/tiny", code=2)
    assert "no trials" in refused
    workplace.train()
    analysis(workplace, "report", "results/tiny")
    _, refused = analysis(workplace, "compare", "results/tiny", "--metric", "throughput", code=2)
    assert "bench throughput STUDY" in refused


@pytest.mark.slow
def test_what_cannot_be_measured_is_said(workplace: Workplace) -> None:
    workplace.study(devices='["cpu", "cuda"]')
    if not torch.cuda.is_available():
        process = workplace.start("throughput", "tiny.toml", "--blocks", "1", "--seconds", "0.02")
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode in (0, 1) and "cuda: not measured" in err
        _, err = workplace.here("throughput", "tiny.toml", "--device", "cuda", code=2)
        assert "finds none of these here: cuda" in err
    for option, value in (("--seconds", "nan"), ("--blocks", "0"), ("--order-seed", "-1"), ("--workers", "999")):
        _, err = workplace.here("throughput", "tiny.toml", option, value, code=2)
        assert value in err


@pytest.mark.slow
def test_a_condition_that_is_20_per_cent_slower_is_found(tmp_path, monkeypatch) -> None:
    """The real training on a clock of the test's own: 2% of noise, and a fifth more time in one of three conditions."""
    rng = np.random.default_rng(0)

    def slowed(stack, split, on_epoch):
        outcomes = real(stack, split, on_epoch)
        for outcome in outcomes:
            outcome.train_seconds = 0.1 * float(np.exp(0.02 * rng.standard_normal()))
            outcome.train_seconds *= 1.2 if stack.trials[0].condition.label == "slow" else 1
        return outcomes

    class Quiet(Load):
        def __exit__(self, *_):
            self.others = 0.0  # a test cannot have the machine for itself; what is tested is the way of the numbers

    real = machine.train
    monkeypatch.setattr(machine, "train", slowed)
    monkeypatch.setattr(machine, "check_sources", lambda stack: None)
    trials = {label: trial(condition(label)) for label in ("none", "slow", "same")}
    dose = Dose(4, 8, 5)
    bench = Workbench(lambda label: [train_slot(trials[label], dose)], lambda: [1.0], Quiet, lambda: None)
    slots = measure(bench, list(trials), 14, 0, lambda *_: None)
    measurement.write(tmp_path, measurement.rows(slots, trials, dose, {"environment_id": "e", "order_seed": 0}))
    (speed,) = speeds(tmp_path, None, control="none", alpha=0.05)
    slow, same = (next(each for each in speed.comparisons if each.condition == name) for name in ("slow", "same"))
    assert slow.ratio == pytest.approx(1.2, rel=0.03)
    assert short(slow).startswith("slower") and slow.p_max_t < 0.01
    assert same.ratio_low_simultaneous < 1 < same.ratio_high_simultaneous
