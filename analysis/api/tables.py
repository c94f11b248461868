"""Tables for the Python interface: of one task, or of several."""

from __future__ import annotations

from analysis.api.in_python import in_python
from analysis.tables import loading

load = in_python(loading.load_tasks)

__all__ = ["load"]
