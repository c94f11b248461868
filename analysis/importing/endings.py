"""How a run ended, where a column ``status`` or ``diverged`` of a plain table says it."""

from __future__ import annotations

from dataclasses import replace

from analysis.importing.runs import FAILED, OK, Run
from analysis.tables.statuses import meaning
from bench.schema.divergence import DIVERGED

_STATUS, _FLAG, _ERROR = "status", "diverged", "error"


def stated(run: Run) -> Run:
    """Return a run with the ending that its settings state, which are no settings then.

    A status in words that are not known is that of a run without a result, as one that is still running.
    """
    written = str(run.settings.get(_STATUS, OK)).strip()
    status = meaning(written) or FAILED
    if status == OK and str(run.settings.get(_FLAG, "")).strip().casefold() in ("true", "1", "1.0"):
        status = DIVERGED
    error = str(run.settings.get(_ERROR) or "").strip() or f"status {written!r}"
    rest = {name: value for name, value in run.settings.items() if name not in (_STATUS, _FLAG, _ERROR)}
    return replace(run, settings=rest, status=status, error=error if status == FAILED else "")
