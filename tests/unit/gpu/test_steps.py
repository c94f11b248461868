"""The parts of the steps that compute: what a step moves, what a kernel is, how tests went, what is a standing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from bench.study.study import load_study
from tests.gpu import book
from tests.gpu import note as notes
from tests.gpu.note import Note, StopError, WrongError
from tests.gpu.steps import kernels, rivals, suite, training, versions


@pytest.fixture
def note(tmp_path: Path) -> Note:
    notes.begin(tmp_path / "r.json", rehearsal=True)
    return Note("any", tmp_path / "r.json", tmp_path, rehearsal=True)


def test_bytes_of_a_step_by_hand() -> None:
    """Layers 2-3-4-5, 7 rows: weights 6, 12 and 20; hidden units 3 + 4, outputs 5; errors 3 less often read at 3."""
    weights = 4 * (6 * 3 + 12 * 4 + 20 * 4)
    activations = 7 * (3 + 4) * 4
    errors = 7 * (2 * 3 + 3 * 4 + 3 * 5)
    work = training.Work((2, 3, 4, 5), 7)
    assert work.bytes(4) == weights + 4 * (activations + errors)
    assert work.bytes(2) == weights + 2 * (activations + errors)


def test_shares_of_the_roofs() -> None:
    work = training.Work((2, 3, 4, 5), 7)
    found = training.shares(0.5, 10, work, "bfloat16", roof=0.2, bandwidth=1000.0)
    moved = 10 * work.bytes(2)
    assert found["bmm_over_step"] == pytest.approx(0.4)
    assert found["copy_over_step"] == pytest.approx(moved / 1000 / 0.5)
    assert found["flop_per_second"] == pytest.approx(10 * work.flop() / 0.5)


def made(ptx: str, sass: str | None = None) -> Any:
    """A compiled kernel with these texts; without `sass` there is no disassembler."""
    texts = {"ptx": ptx} | ({} if sass is None else {"sass": sass})
    return SimpleNamespace(asm=texts, n_regs=168, n_spills=0, metadata=SimpleNamespace(shared=65536))


def test_a_kernel_is_described_by_its_instructions() -> None:
    found = kernels.described(made("wgmma.mma_async.sync.aligned; wgmma.mma_async.x; st.local.b32", "HGMMA.64 HMMA"))
    assert found["wgmma"] and found["ptx"]["wgmma.mma_async"] == 2 and found["ptx"]["st.local"] == 1
    assert (found["registers"], found["sass"]["HGMMA"], found["sass"]["HMMA"]) == (168, 1, 1)
    found = kernels.described(made("mma.sync.aligned.m16n8k8"))
    assert not found["wgmma"] and found["ptx"]["mma.sync"] == 1 and found["sass"] is None


def test_tensor_cores_that_are_not_used_are_seen() -> None:
    rows = [
        {"kernel": "hidden_kernel", "precision": precision} | kernels.described(made("wgmma.mma_async"))
        for precision in book.PRECISIONS
    ]
    kernels.check(rows)
    rows[0] |= kernels.described(made("fma.rn.f32"))
    with pytest.raises(WrongError, match="no tensor cores in hidden_kernel"):
        kernels.check(rows)
    with pytest.raises(WrongError, match="no kernel was seen of float32"):
        kernels.check(rows[:2])


def test_tests_are_counted_from_their_report(tmp_path: Path) -> None:
    report = tmp_path / "tests.xml"
    report.write_text(
        "<testsuites><testsuite><testcase classname='a' name='b'/><testcase classname='a' name='c'>"
        "<failure message='it differs'/><error message='and more'/></testcase>"
        "<testcase classname='a' name='d'><skipped/></testcase></testsuite></testsuites>"
    )
    found = suite.outcome(report)
    assert (found["passed"], found["failed"], found["skipped"]) == (1, 1, 1)
    assert found["failures"][0] == {"test": "a::c", "message": "it differs"}
    assert suite.outcome(tmp_path / "absent.xml")["passed"] == 0


def test_tests_are_counted_up_to_where_pytest_was_ended() -> None:
    lines = "[gw1] [ 20%] PASSED tests/a.py::b[tf32] \n[gw0] [ 40%] FAILED tests/a.py::c \ntests/a.py::d SKIPPED (no)\n"
    found = suite.so_far("tests/a.py::b[tf32] \n" + lines)
    assert (found["passed"], found["failed"], found["skipped"]) == (1, 1, 1)
    assert found["failures"] == [{"test": "tests/a.py::c", "message": ""}]


def test_a_standing_is_paired_by_block() -> None:
    slots = [
        {"precision": precision, "block": block, "racer": racer, "seconds": seconds * (1 + block)}
        for precision, factor in (("tf32", 1), ("float32", 100))
        for block in range(3)
        for racer, seconds in (("fused", 0.001 * factor), ("jax", 0.003 * factor))
    ]
    racer = rivals.Racer("jax", team=None, is_same=True)  # type: ignore[arg-type]
    found = rivals.standing(racer, "tf32", slots)
    assert found["times_ours"]["estimate"] == pytest.approx(3)
    assert found["times_ours"]["low"] == pytest.approx(found["times_ours"]["high"])
    assert found["trials_per_second"] == pytest.approx(1 / (10 * 0.006))


def test_who_did_another_task_is_named() -> None:
    found = {
        "standings": [{}],
        "checks": [{"racer": "jax", "precision": "tf32", "same_task": False}],
        "band_excludes_no_dropout": True,
    }
    with pytest.raises(WrongError, match="jax in tf32: not the same task"):
        rivals.verdict(found, rehearsal=False)
    found["checks"][0]["same_task"] = True
    rivals.verdict(found, rehearsal=False)
    lost = {"lost": [{"racer": "jax", "precision": "tf32", "message": "no memory"}], "band_excludes_no_dropout": True}
    with pytest.raises(WrongError, match="jax in tf32: no memory"):
        rivals.verdict(lost, rehearsal=False)
    with pytest.raises(WrongError, match="dropout"):
        rivals.verdict(found | {"band_excludes_no_dropout": False}, rehearsal=False)


def test_images_are_the_sample_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BENCH_DATA", str(tmp_path))
    split = book.split(book.BOOK, "cpu", 4100, test_size=8)
    assert split.train_images.shape == (4100, 784) and len(split.test_labels) == 8
    assert torch.equal(split.train_images[:2000], split.train_images[2000:4000])
    assert torch.equal(split.train_labels[:100], split.train_labels[4000:])


def test_trials_are_of_every_condition_of_a_seed_and_the_first_does_the_books_task() -> None:
    many = book.trials(8, "tf32", "cuda", book.BOOK.recipe())
    assert [one.seed for one in many] == [0] * 6 + [1] * 2
    assert many[0].condition.settings == many[6].condition.settings == (("dropout", (0.2, 0.5)),)
    assert len({one.seeds.order for one in many}) == 2


def test_the_study_is_for_the_fused_engine() -> None:
    study = load_study(versions.STUDY)
    assert len(study.trials()) == 1056
    assert {(one.engine, one.device, one.precision) for one in study.trials()} == {("fused", "cuda", "tf32")}


def test_another_engine_stops_everything(note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    versions.take(note)
    assert note.found["engine"] == ["fused"]
    monkeypatch.setattr(versions, "engine_of", lambda *_: "stacked")
    with pytest.raises(StopError, match="planned for the fused and the stacked engine"):
        versions.take(note)
