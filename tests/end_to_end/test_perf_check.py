"""The gate's comparison of numbers, on this project's own commits: a clone, with a change planted in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from bench.assurance.gate import gate, wording
from bench.assurance.gate.checkouts import checked_out, find_commits
from bench.assurance.gate.errors import GateError
from bench.assurance.gate.numbers import Numbers, compare_numbers
from bench.assurance.gate.refs import git
from bench.assurance.gate.verdict import UNCHANGED, Verdict, estimate

ROOT = Path(__file__).parents[2]
STILL = estimate(np.linspace(-0.001, 0.001, 8), np.zeros(8))

PLANTED = '''

_exact_scale = scale


def scale(rate: torch.Tensor) -> torch.Tensor:
    """Planted: one float32 further from 0."""
    exact = _exact_scale(rate).float()
    return torch.nextafter(exact, 2 * exact).double()
'''


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of this checkout's HEAD."""
    try:
        top = git(ROOT, "rev-parse", "--show-toplevel")
        git(ROOT, "rev-parse", "--verify", "HEAD^{commit}")
    except GateError as error:
        pytest.skip(f"these sources are not a git checkout: {error}")
    if Path(top).resolve() != ROOT.resolve():
        pytest.skip(f"these sources are not a git checkout, but lie in that of {top}")
    made = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(made)], check=True, capture_output=True)
    for key, value in {"user.name": "Test", "user.email": "test@example.invalid", "commit.gpgsign": "false"}.items():
        git(made, "config", key, value)
    return made


def compare(clone: Path, base: str, folder: Path) -> Numbers:
    with checked_out(find_commits(clone, base)) as trees:
        return compare_numbers(trees, folder)


def exit_code(found: Numbers, allowed: bool = False) -> int:
    return gate.Found([Verdict("b", UNCHANGED, STILL)], STILL, found, None).exit_code(allowed)


@pytest.mark.slow
def test_one_unit_in_the_last_place_of_a_scale_is_told_by_column(clone: Path, tmp_path: Path) -> None:
    dropout = clone / "bench/regularisers/noise.py"
    dropout.write_text(dropout.read_text(encoding="utf-8") + PLANTED, encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "Planted")
    found = compare(clone, "HEAD~1", tmp_path / "out")
    told = wording.numbers(found)
    assert told.startswith("NUMBERS CHANGED")
    assert {"smoke, trials", "smoke, curves", "book-sizes, trials", "book-sizes, curves"} == {
        each.table for each in found.differences
    }
    for each in found.differences:
        assert each.told() in told
    assert exit_code(found) == 4
    assert exit_code(found, allowed=True) == 0
    for each in found.differences:
        assert each.rows < each.of, "conditions without dropout have no scale"


@pytest.mark.slow
def test_one_commit_twice_gives_the_same_numbers(clone: Path, tmp_path: Path) -> None:
    found = compare(clone, "HEAD", tmp_path / "out")
    assert wording.numbers(found).startswith("numbers unchanged, to the bit, in 24 trials and their curves")
    assert exit_code(found) == 0
