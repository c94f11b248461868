"""Folds and random splits in place of seeds: their training sets overlap, so that they are not independent."""

# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import pandas as pd

FOLDS = ("fold", "cv_fold", "split", "repeat", "resample")


def of_folds(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return a warning where a column says, by its name and more than one value, that rows are folds or splits."""
    found = [name for name in FOLDS if name in frame.columns and len(set(frame[name].dropna())) > 1]
    if not found:
        return ()
    names = " and ".join(f"'{name}'" for name in found)
    return (
        f"column {names}: folds and random splits of one data set share training data, so they are no independent "
        "seeds: intervals are too narrow and p-values too small, and nothing is shown about new seeds",
    )
