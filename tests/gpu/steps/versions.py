"""What everything is measured with, and that a CUDA trial is planned for the fused engine: else nothing is measured."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path
from typing import Any

import torch

from bench.engines.choice import engine_of
from bench.record.trials import FUSED
from bench.run.provenance import git_state
from tests.gpu import book, packages
from tests.gpu.note import Note, StopError

STUDY = Path(__file__).parents[1] / "study.toml"


def take(note: Note) -> None:
    found = packages.versions()
    note.put(
        python=platform.python_version(),
        packages=found,
        missing=[name for name, version in found.items() if version is None],
        sources=git_state(Path(__file__).parent),
        card=None if note.rehearsal else card(),
        data=data(),
    )
    engines = {engine_of("cuda", ["dropout"])}
    try:
        from bench.study.study import load_study  # noqa: PLC0415 - may want a package that is not here

        engines |= {trial.engine for trial in load_study(STUDY).trials()}
    except ImportError as error:
        note.put(study=f"not planned: {error}")
    note.put(engine=sorted(engines))
    if engines != {FUSED}:
        raise StopError(
            f"a CUDA trial of a dropout study is planned for the {' and the '.join(sorted(engines))} engine here, not"
            f" for the {FUSED} one: nothing else is measured. The warning in the log says why; most often Triton is"
            " missing, or finds no C compiler."
        )


def card() -> dict[str, Any]:
    """Return what the GPU is and how its driver has it run."""
    properties = torch.cuda.get_device_properties(0)
    query = ["driver_version", "clocks.sm", "clocks.mem", "clocks.max.sm", "power.limit", "temperature.gpu"]
    try:
        command = ["nvidia-smi", f"--query-gpu={','.join(query)}", "--format=csv,noheader", "--id=0"]
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout
        driver: dict[str, Any] = dict(zip(query, (text.strip() for text in answer.split(",")), strict=True))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        driver = {"nvidia-smi": f"{type(error).__name__}: {error}"}
    return driver | {
        "name": properties.name,
        "capability": f"{properties.major}.{properties.minor}",
        "multiprocessors": properties.multi_processor_count,
        "memory_bytes": properties.total_memory,
        "cuda": torch.version.cuda,
    }


def data() -> dict[str, Any]:
    """Return what is trained on, and how it was made as large as Fashion-MNIST where that is not here."""
    name = book.data_name()
    whole = name == book.WHOLE
    return {
        "name": name,
        "repeated": not whole,
        "note": "60,000 training images"
        if whole
        else "Fashion-MNIST is not under BENCH_DATA: speeds are of the sample's 2,000 images, repeated to 60,000; the"
        " study is of the sample as it is",
    }
