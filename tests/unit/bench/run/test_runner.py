"""What the runner makes of a self-test: an engine that is not to be trusted trains nothing, and holds up nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.base.precision import Target
from bench.record.store import Store
from bench.record.trials import FUSED, Trial
from bench.run import runner
from bench.run.runner import NOT_TRAINED, Run, Standing
from bench.run.trust import untrusted, widest
from bench.study.study import Study
from tests.conftest import condition, trial

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
    monkeypatch.setattr(runner, "environment", lambda *_: said)
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
