"""How a run ended, where a column ``status`` or ``diverged`` of a plain table says it."""

from __future__ import annotations

from dataclasses import replace

from analysis.importing.runs import FAILED, OK, Run
from analysis.tables.statuses import STATUS, is_known, is_named, meaning
from bench.schema.divergence import DIVERGED

_FLAG, _ERROR = "diverged", "error"


def stated(run: Run) -> Run:
    """Return a run with the ending that its settings state, which are no settings then.

    A status in words that are not known is that of a run without a result, as one that is still running.
    """
    named = _named(run)
    written = str(run.settings.get(named, OK)).strip()
    status = meaning(written) or FAILED
    if status == OK and str(run.settings.get(_FLAG, "")).strip().casefold() in ("true", "1", "1.0"):
        status = DIVERGED
    error = str(run.settings.get(_ERROR) or "").strip() or f"status {written!r}"
    rest = {name: value for name, value in run.settings.items() if name not in (named, _FLAG, _ERROR)}
    return replace(run, settings=rest, status=status, error=error if status == FAILED else "")


def _named(run: Run) -> str:
    """Return the setting that says how a run ended: ``status``, or one of such a name whose word is known."""
    others = (name for name, value in run.settings.items() if is_named(name) and is_known(str(value)))
    return STATUS if STATUS in run.settings else next(others, STATUS)
