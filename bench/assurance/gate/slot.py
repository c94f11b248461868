"""Run as a script: start one slot of the gate. It imports nothing of the project.

``python -P slot.py CORE MODULE [ARGUMENT ...]`` pins the process to a processor (``-`` for none) and runs MODULE. An
editable install puts a finder on ``sys.meta_path`` that would lend a tree whatever modules it lacks, from another
tree: such finders are taken off, so that the project is what PYTHONPATH says and nothing else.
"""

from __future__ import annotations

import os
import runpy
import sys


def main(core: str, module: str, *arguments: str) -> None:
    """Pin, isolate, run."""
    if core != "-":
        os.sched_setaffinity(0, {int(core)})
    sys.meta_path[:] = [finder for finder in sys.meta_path if not _editable(finder)]
    sys.path[:] = [entry for entry in sys.path if "__editable__" not in entry]
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - no other import than these
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _editable(finder: object) -> bool:
    owner = finder if isinstance(finder, type) else type(finder)
    return owner.__module__.startswith("__editable__")


if __name__ == "__main__":
    main(*sys.argv[1:])
