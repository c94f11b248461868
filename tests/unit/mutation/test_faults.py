"""The list of deliberate faults stays alive: each can still be committed, and its tests are there."""

from __future__ import annotations

import ast
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.mutation.__main__ import noticed
from tests.mutation.faults import ROOT, Fault, read_faults

FAULTS = read_faults()


def test_names_are_distinct_and_many() -> None:
    assert len({each.name for each in FAULTS}) == len(FAULTS) >= 80


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_committed(fault: Fault) -> None:
    text = (ROOT / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.old) == 1
    ast.parse(text.replace(fault.old, fault.new))
    assert fault.old != fault.new
    assert all((ROOT / test.partition("::")[0]).is_file() for test in fault.tests)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new", "found"), [("x = 2\n", True), ("x = 1  # the same\n", False), ("import no_such\n", False)]
)
def test_only_a_failing_test_notices(tmp_path, capsys, new: str, found: bool) -> None:
    """Neither a test that passes nor one that cannot be collected does; and the copy is whole again."""
    (tmp_path / "code.py").write_text("x = 1\n")
    (tmp_path / "test_code.py").write_text(
        "import code\nfrom pathlib import Path\n\nx = 1\nsource = Path('code.py')\n"
        "exec(source.read_text())\n\ndef test_x():\n    assert x == 1\n"
    )
    free = SimpleQueue[Path]()
    free.put(tmp_path)
    assert noticed(free, Fault("made", "code.py", "x = 1\n", new, ("test_code.py",))) is found
    assert free.get_nowait() == tmp_path
    assert (tmp_path / "code.py").read_text() == "x = 1\n"
    assert ("NO VERDICT" in capsys.readouterr().out) == ("import" in new)
