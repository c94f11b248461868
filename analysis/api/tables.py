"""Tables for the Python interface: of one task, or of several."""

from __future__ import annotations

from analysis.tables.loading import load_tasks as load

__all__ = ["load"]
