"""How a slot is started, and which endings are faults."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.assurance.gate import numbers, slots
from bench.assurance.gate.checkouts import Trees
from bench.assurance.gate.errors import GateFault
from bench.assurance.gate.slots import Slot

PRINT = "import os; print(os.environ['PYTHONPATH'], os.environ['GATE_SIDE'], os.environ['OMP_NUM_THREADS'])"


def ended(folder: Path, side: str, code: str) -> tuple[Slot, subprocess.Popen[bytes]]:
    slot = Slot(side, "-", folder / f"{side}.json")
    slot.log.write_text("what it printed\n")
    return slot, subprocess.Popen([sys.executable, "-S", "-c", code])


def test_the_first_side_changes_from_round_to_round() -> None:
    assert [slots.order(number)[0] for number in range(8)] == ["head", "base", "base", "head"] * 2
    assert all(set(slots.order(number)) == {"head", "base"} for number in range(4))


@pytest.mark.parametrize("side", ["head", "base"])
def test_a_slot_has_its_own_tree(tmp_path: Path, side: str) -> None:
    (tmp_path / "show.py").write_text(PRINT)
    trees = Trees({"head": tmp_path / "of-head", "base": tmp_path / "of-base"}, {}, tmp_path)
    slot = Slot(side, "-", tmp_path / "slot.json")
    slots.finish({slot: slots.start(trees, slot, ["show"], tmp_path)})
    assert slot.log.read_text().split() == [str(tmp_path / f"of-{side}"), side, "1"]


def test_benchmarks_may_fail_on_the_base_alone(tmp_path: Path) -> None:
    slots.finish(dict([ended(tmp_path, "base", "raise SystemExit(1)")]))
    for side, code in (("head", 1), ("base", 2), ("base", 3)):
        with pytest.raises(GateFault, match=rf"the slot of {side} .* exit code {code}\n  \| what it printed"):
            slots.finish(dict([ended(tmp_path, side, f"raise SystemExit({code})")]))
    slots.finish(dict([ended(tmp_path, "base", "raise SystemExit(2)")]), numbers.BASE_CODES)


def test_no_slot_outlives_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "LONGEST_SLOT", 0.01)
    running = dict(ended(tmp_path, side, "import time; time.sleep(60)") for side in ("head", "base"))
    with pytest.raises(GateFault, match=r"the slot of head .* did not end within 0\.01 s"):
        slots.finish(running)
    assert all(process.returncode == -9 for process in running.values())
