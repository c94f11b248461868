"""The command: what it does without a GPU, when a step fails, and a rehearsal of the steps."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.gpu import note as notes
from tests.gpu.steps.__main__ import main

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "tests/gpu/everything.sh"


def everything(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with this Python, unless `environment` has another."""
    others = {key: value for key, value in os.environ.items() if key not in ("OUT", "STEPS", "WHEELS")}
    settings = others | {"PYTHON": sys.executable} | environment
    return subprocess.run(["bash", SCRIPT, *arguments], capture_output=True, text=True, env=settings, check=False)


@pytest.mark.slow
@pytest.mark.skipif(torch.cuda.is_available(), reason="CUDA is here")
def test_without_a_gpu_it_says_so_and_writes_nothing(tmp_path: Path) -> None:
    done = everything(OUT=str(tmp_path / "out"))
    assert done.returncode == 2
    assert "finds no CUDA device here" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_unknown_option_is_refused() -> None:
    done = everything("--rehearsal")
    assert done.returncode == 2 and "--rehearse is the only option" in done.stderr


def stand_in(folder: Path, codes: dict[str, int]) -> Path:
    """Return a program that is this Python, but that a step is nothing but its exit code."""
    program = folder / "python"
    cases = "".join(f"{name}) exit {code};; " for name, code in codes.items())
    program.write_text(
        "#!/usr/bin/env bash\n"
        f'if [[ "$2" == tests.gpu.steps ]]; then case "$3" in {cases}*) exit 0;; esac; fi\n'
        f'exec {sys.executable} "$@"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def statuses(out: Path) -> dict[str, str]:
    document: dict[str, Any] = json.loads((out / "rehearsal.json").read_text())
    assert document["rehearsal"]
    return {name: step["status"] for name, step in document["steps"].items()}


@pytest.mark.slow
def test_a_step_that_fails_holds_up_no_other(tmp_path: Path) -> None:
    python = stand_in(tmp_path, {"bits": 1, "training": 124})
    done = everything("--rehearse", OUT=str(tmp_path / "out"), PYTHON=str(python))
    found = statuses(tmp_path / "out")
    assert done.returncode == 1, done.stderr
    assert (found["bits"], found["training"], len(found)) == ("failed", "timed out", 8)
    assert "| bits | failed |" in (tmp_path / "out" / "rehearsal.md").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(("step", "code"), [("versions", 1), ("kernels", 2)])
def test_without_the_fused_engine_nothing_else_is_measured(tmp_path: Path, step: str, code: int) -> None:
    out = tmp_path / "out"
    python = stand_in(tmp_path, {step: code})
    done = everything("--rehearse", OUT=str(out), STEPS=str(tmp_path / "steps"), PYTHON=str(python))
    assert done.returncode == 2, done.stderr
    assert list(statuses(out))[-1] == step
    assert (out / "rehearsal.md").exists() and (tmp_path / "steps" / f"{step}.json").exists()


@pytest.mark.slow
def test_wheels_are_added_to_what_this_python_has(tmp_path: Path) -> None:
    """Also where this Python is itself in an environment."""
    wheel = tmp_path / "carried-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("carried.py", "answer = 42\n")
        archive.writestr("carried-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: carried\nVersion: 1.0\n")
        archive.writestr(
            "carried-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("carried-1.0.dist-info/RECORD", "")
    program = ROOT / "tests/gpu/wheels.py"
    subprocess.run([sys.executable, program, tmp_path, tmp_path / "venv"], check=True)
    code = "import carried, pytest, sys; print(carried.answer, sys.prefix, pytest.__file__)"
    answer = subprocess.run(
        [tmp_path / "venv/bin/python", "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    ).stdout
    assert answer.split() == ["42", str(tmp_path / "venv"), pytest.__file__]
    empty = subprocess.run(
        [sys.executable, program, ROOT, tmp_path / "no"], capture_output=True, text=True, check=False
    )
    assert empty.returncode == 1 and "no wheel lies there" in empty.stderr


@pytest.mark.slow
@pytest.mark.parametrize("step", ["bits", "agreement", "training", "rivals", "study"])
def test_a_step_is_rehearsed(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs Triton is skipped where it is absent; everything else runs, on the CPU."""
    for name, value in {"GPU_REHEARSAL": "1", "JAX_PLATFORMS": "cpu", "OMP_NUM_THREADS": "1"}.items():
        monkeypatch.setenv(name, value)
    if not torch.cuda.is_available():
        os.environ.setdefault("TRITON_INTERPRET", "1")  # before Triton is imported, for the whole process
    monkeypatch.setattr(
        sys, "argv", ["steps", step, str(tmp_path / "r.json"), str(tmp_path), "--limit", "600", "--rehearse"]
    )
    notes.begin(tmp_path / "r.json", rehearsal=True)
    code = main()
    found = json.loads((tmp_path / f"{step}.json").read_text())
    needs_kernels = step in ("bits", "agreement") and find_spec("triton") is None
    assert (code, found["status"]) == (0, "skipped" if needs_kernels else "done"), found["why"]
    if step == "training":
        assert {"stacked", "fused"} == {row["engine"] for row in found[notes.key(True)]["rows"]}
    if step == "rivals":
        assert "vmap" in {row["racer"] for row in found[notes.key(True)]["standings"]}
    if step == "study":
        assert found[notes.key(True)]["trials"] == 12
