"""How a trial ended, in the words of other tools."""

from __future__ import annotations

import pandas as pd

from analysis.tables import checks
from bench.schema import DIVERGED, FAILED, OK

_WORDS = {
    OK: ("ok", "finished", "completed", "complete", "succeeded", "success", "done"),
    DIVERGED: ("diverged",),
    FAILED: ("failed", "crashed", "killed", "error"),
}
_MEANING = {word: status for status, words in _WORDS.items() for word in words}


def meaning(word: str) -> str | None:
    """Return the status that a word of another tool means, in any capitals; None where it is not known."""
    return _MEANING.get(word.strip().lower())


def in_our_words(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the frame with the column ``status`` in the words of a results folder, and a note of others.

    A word that is not known stays, and is a fault later: a run that is still going has no result.
    """
    if "status" not in frame.columns:
        return frame, ""
    written = checks.each_once(pd.Series(frame["status"]), checks.as_text)
    known = {word: status for word in written.unique() if (status := meaning(word))}
    others = [f"{word!r} as {status}" for word, status in known.items() if word != status]
    if not others:
        return frame, ""
    meant = frame["status"].where(~written.isin(list(known)), written.map(known))
    return frame.assign(status=meant), f"read status {', '.join(others)}"
