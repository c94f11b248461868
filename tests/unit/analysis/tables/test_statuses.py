"""How trials ended, as other tools say it."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.base.errors import TableError
from analysis.tables.loading import load


def frame(*statuses: str) -> pd.DataFrame:
    return pd.DataFrame({"condition": "a", "seed": range(len(statuses)), "x": 0.5, "status": statuses})


def test_words_of_other_tools_are_known_and_stated():
    table = load(frame("FINISHED", "ok", "Crashed", "diverged", "FINISHED"))
    assert table.frame["seed"].tolist() == [0, 1, 3, 4]
    assert table.frame["diverged"].tolist() == [False, False, True, False]
    assert [(each.seeds, each.reason) for each in table.dropped] == [((2,), "failed")]
    assert table.notes == ("(frame): read status 'FINISHED' as ok, 'Crashed' as failed",)


def test_our_own_words_need_no_note():
    assert load(frame("ok", "failed", "diverged")).notes == ()


def test_a_run_that_is_still_going_has_no_result():
    with pytest.raises(TableError, match="row 2: status is 'RUNNING'; allowed: one of 'ok'"):
        load(frame("FINISHED", "RUNNING"))
