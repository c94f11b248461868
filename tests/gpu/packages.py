"""Which packages are here, and whether there is a GPU: printed before anything is measured. Exit code 2 without one."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

BESIDE = {"triton": "the fused kernels", "jax": "the race", "pytest": "the suite", "pytest-xdist": "the suite"}
"""Packages that this project does not require, or not to run, and what goes without them."""


def versions() -> dict[str, str | None]:
    """Return the version of each package that something here needs, None where it is missing."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [re.split(r"[^A-Za-z0-9_.-]", text)[0] for text in project["dependencies"]]
    return {name: _version(name) for name in [*required, *BESIDE, "jaxlib"]}


def missing() -> list[str]:
    """Return the packages that are missing."""
    return [name for name, version in versions().items() if version is None]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def main(rehearsal: bool) -> int:
    """Print what is missing and say what to do; return the exit code."""
    if names := missing():
        print(
            f"Not installed for {sys.executable}: {', '.join(names)}. Steps that need one of them fail, and the others"
            " go on. Carry wheels in a folder and set WHEELS=folder to add them.",
            file=sys.stderr,
        )
    if rehearsal:
        print("A rehearsal on the CPU: no figure of it is a figure of a GPU.", file=sys.stderr)
        return 0
    if "torch" in names:
        print(f"PyTorch is not installed for {sys.executable}: name a Python that has it, PYTHON=...", file=sys.stderr)
        return 2
    import torch  # noqa: PLC0415 - may be absent

    if not torch.cuda.is_available():
        print(
            f"PyTorch {torch.__version__} finds no CUDA device here, and everything in this command needs one."
            " bash tests/gpu/everything.sh --rehearse goes through the steps on the CPU.",
            file=sys.stderr,
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main("--rehearse" in sys.argv[1:]))
