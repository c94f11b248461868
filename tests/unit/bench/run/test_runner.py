"""What the runner makes of a self-test: an engine that is not to be trusted trains nothing, and holds up nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import schema
from bench.base.precision import Target
from bench.record.rows import Beginning
from bench.record.store import Store
from bench.record.trials import FUSED, Trial
from bench.run import session, stacking
from bench.run.executors import EpochDone, StackDone
from bench.run.runner import NOT_TRAINED, Run, Standing
from bench.run.trust import untrusted, widest
from bench.run.worker import failure, perform
from bench.schema.paths import FAILURES, STACK
from bench.study.study import Study
from tests.conftest import condition, trial
from tests.unit.bench.run.test_on_ray import SMALL

CPU, CUDA = Target("cpu", "float32"), Target("cuda", "float32")
SLICES = {"stack_slices_equal": True}


def provenance(agree: bool) -> dict[str, Any]:
    return {"self_test": {"cpu": SLICES, "cuda": SLICES | {"fused": {"agree": agree, "weights": 0.5, "capacity": 66}}}}


def test_a_fused_engine_that_disagrees_is_not_trusted() -> None:
    assert untrusted(provenance(True)) == {}
    assert list(untrusted(provenance(False))) == ["cuda"]
    assert "'weights': 0.5" in untrusted(provenance(False))["cuda"]
    assert widest(provenance(True)) == {"cpu": None, "cuda": 66}


@pytest.mark.parametrize("found", ["inf", 0.5])
def test_trials_on_the_cpu_are_trained_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: float | str
) -> None:
    """Whatever came of the self-check."""
    said = provenance(False)
    said["self_test"]["cuda"]["fused"]["weights"] = found
    monkeypatch.setattr("bench.run.provenance.environment", lambda *_: said)
    on_cpu = trial(condition("none"))
    on_cuda = replace(on_cpu, device="cuda", engine=FUSED)
    asked: list[Trial] = []

    def pretend(next_stack: Any, workers: int) -> Any:
        del workers
        while (stack := next_stack()) is not None:
            asked.extend(stack.trials)
            yield from ()

    store = Store(tmp_path)
    store.prepare()
    study = Study.load("dropout")
    statuses = Run(study, store, pretend, 1).train(Standing([], [on_cpu, on_cuda], [], {}, 0), [CPU, CUDA], "test")
    assert statuses == [NOT_TRAINED]
    assert asked == [on_cpu]
    assert "on cuda the fused engine does not do what the stacked one does" in capsys.readouterr().err


def test_stacks_that_ended_together_are_written_together_but_what_failed_by_stacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stack that fails again replaces its own file, whatever else then fails with it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stacking, "ENOUGH_WORK", 1)  # a stack for each seed

    def together(next_stack: Any, workers: int) -> Any:
        del workers
        stacks = list(iter(next_stack, None))
        done = [StackDone(stack, perform(stack, lambda: None)) for stack in stacks[:3]]
        now = Beginning()
        yield [EpochDone(stack) for stack in stacks[:3]]
        yield done + [StackDone(stack, failure(stack, OSError("gone"), now)) for stack in stacks[3:]]

    (tmp_path / "small.toml").write_text(SMALL.replace("seeds = 1", "seeds = 5"))
    store = Store(tmp_path / "out")
    ended = session.carry_out(Run(Study.load("small.toml"), store, together, 1), "cpu", "test")
    assert ended[schema.FAILED] == 2
    files = {path.name: store.files.trials_of[path] for path in store.files.trials_of}
    kinds = [(name.startswith(FAILURES), name.startswith(STACK), len(trials)) for name, trials in files.items()]
    assert sorted(kinds) == [(False, True, 3), (True, False, 1), (True, False, 1)]
    assert not list((tmp_path / "out").glob("claims/*"))
    fresh = Store(tmp_path / "out")
    assert sorted(fresh.statuses().values()) == sorted(ended.elements())
