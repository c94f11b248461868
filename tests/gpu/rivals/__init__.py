"""Who is raced on the GPU, each in a process of its own: ``start(task, share)``, as in bench.assurance.race."""

from __future__ import annotations

import os


def on_a_gpu() -> bool:
    """Tell whether a GPU is to be used: only a rehearsal, which says so in the environment, does without."""
    return not os.environ.get("GPU_REHEARSAL")
