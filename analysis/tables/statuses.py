"""How a trial ended, in the words of other tools."""

from __future__ import annotations

import pandas as pd

from analysis.tables import checks
from analysis.tables.names import last_part
from bench.schema import DIVERGED, FAILED, OK

_WORDS = {
    OK: ("ok", "finished", "completed", "complete", "succeeded", "success", "done"),
    DIVERGED: ("diverged",),
    FAILED: ("failed", "crashed", "killed", "error"),
}
STATUS = "status"
ENDS_ALONE = "_status_says_ends_alone"
"""Column of a table whose status is in another tool's words, none of which can say that a run diverged."""
_NAMES = (STATUS, "state", "run_status", "run_state")
_GOING = ("running", "pending", "queued", "scheduled", "preempting", "preempted")
"""Words for a run without a result yet."""
_MEANING = {word: status for status, words in _WORDS.items() for word in words}


def meaning(word: str) -> str | None:
    """Return the status that a word of another tool means, in any capitals; None where it is not known."""
    return _MEANING.get(word.strip().lower())


def is_known(word: str) -> bool:
    """Return whether a word says how a run ended, or that it has not."""
    return meaning(word) is not None or word.strip().lower() in _GOING


def is_named(name: str) -> bool:
    """Return whether a column of this name may say how trials ended, as W&B's ``State`` and MLflow's ``Status`` do."""
    return last_part(name) in _NAMES


def _with_status(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the frame with a column ``status``, where another says that some trial failed or goes on, and a note."""
    names = [str(name) for name in frame.columns if is_named(str(name))]
    if STATUS in names:
        return frame, ""
    for name in names:
        words = {checks.as_text(cell).strip().lower() for cell in frame[name].dropna().unique()}
        if any(word in _GOING or meaning(word) in (FAILED, DIVERGED) for word in words):
            return frame.assign(**{STATUS: frame[name]}), f"read column {name!r} as status"
    return frame, ""


def in_our_words(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the frame with the column ``status`` in the words of a results folder, and a note of others.

    A word that is not known stays, and is a fault later: a run that is still going has no result.
    """
    frame, seen = _with_status(frame)
    if STATUS not in frame.columns:
        return frame, ""
    written = checks.each_once(pd.Series(frame["status"]), checks.as_text)
    known = {word: status for word in written.unique() if (status := meaning(word))}
    others = [f"{word!r} as {status}" for word, status in known.items() if word != status]
    if not others:
        return frame, seen
    meant = frame["status"].where(~written.isin(list(known)), written.map(known))
    if DIVERGED not in known.values():
        frame = frame.assign(**{ENDS_ALONE: True})
    return frame.assign(status=meant), f"{seen or 'read status'}{',' if seen else ''} {', '.join(others)}"
