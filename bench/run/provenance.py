"""What a result was made with: sources, libraries, machine."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import Any

import torch

from bench.base import multiplying
from bench.base.cores import physical_cores
from bench.base.libraries import held_back, matrix_libraries, vector_instructions, versions
from bench.base.precision import Target
from bench.data import DATA_SETS
from bench.record.trials import Recipe
from bench.run.self_test import Shapes, fused_test, self_test

GIB = 1 << 30


def environment(targets: list[Target], recipes: list[Recipe], fused: Collection[Target] = ()) -> dict[str, Any]:
    """Return the full provenance of a run on `targets`, the machine's self-test at the recipes' shapes included.

    `fused` are those whose trials the fused engine trains: their self-test compares it with the stacked one.
    """
    shapes = _shapes(recipes)
    return {
        "git": git_state(Path(__file__).parent),
        "python": platform.python_version(),
        "libraries": versions() | {"torch": torch.__version__},
        "platform": platform.platform(),
        "cpu": {
            "model": _cpu_model(),
            "physical_cores": len(physical_cores()),
            "logical_cores": os.cpu_count(),
            "instructions": torch.backends.cpu.get_cpu_capability(),
            "vector_instructions": vector_instructions(),
            "matrix_libraries": matrix_libraries(),
            "held_back": held_back(),
            "multiplied_by": {
                f"{inputs} x {outputs}": name for (inputs, outputs), name in multiplying.chosen().items()
            },
        },
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB, 1),
        "gpu": _gpu() if any(target.device == "cuda" for target in targets) else None,
        "threads_per_worker": 1,
        "self_test": {
            str(target): self_test(target, shapes) | ({"fused": fused_test(target, shapes)} if target in fused else {})
            for target in (targets if recipes else ())
        },
    }


def _shapes(recipes: list[Recipe]) -> Shapes:
    """Return the layer widths of every network, with the sizes of its batches, the last one too."""
    shapes: dict[tuple[int, ...], set[int]] = {}
    for recipe in recipes:
        data_set = DATA_SETS[recipe.data]
        rows = {recipe.batch_size, recipe.train_size % recipe.batch_size or recipe.batch_size}
        shapes.setdefault((data_set.pixels, *recipe.hidden, data_set.classes), set()).update(rows)
    return {sizes: sorted(rows) for sizes, rows in shapes.items()}


def processor(device: str) -> str:
    """Return the model of the processor that `device` is: results are certified, and trials kept, for one of them."""
    return torch.cuda.get_device_name(0) if device == "cuda" else _cpu_model()


def git_state(folder: Path) -> dict[str, Any] | None:
    """Return the commit of the sources in `folder` and whether they differ from it, or None outside a git checkout.

    Another user's checkout is one too: its code is what runs here.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-c", "safe.directory=*", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain", "--", "."))}
    except (OSError, subprocess.SubprocessError):
        return None


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _gpu() -> dict[str, Any]:
    properties = torch.cuda.get_device_properties(0)
    return {
        "name": properties.name,
        "memory_gib": round(properties.total_memory / GIB, 1),
        "multiprocessors": properties.multi_processor_count,
        "cuda": torch.version.cuda,
    }
