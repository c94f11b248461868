"""How trials ended, as other tools say it."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.base.errors import TableError
from analysis.tables.divergence import is_known
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


@pytest.mark.parametrize("name", ["State", "Status", "attributes.status", "run state"])
def test_another_column_that_says_that_a_run_failed_is_taken(name):
    table = load(frame("finished", "crashed", "finished").rename(columns={"status": name}))
    assert table.frame["seed"].tolist() == [0, 2]
    assert table.notes == (f"(frame): read column {name!r} as status, 'finished' as ok, 'crashed' as failed",)
    with pytest.raises(TableError, match="row 2: status is 'running'; allowed: one of 'ok'"):
        load(frame("finished", "running").rename(columns={"status": name}))


def test_a_state_in_which_nothing_failed_is_no_status():
    for words in (("CA", "NY"), ("finished", "finished")):
        assert load(frame(*words).rename(columns={"status": "state"})).notes == ()


@pytest.mark.parametrize(
    ("statuses", "known"),
    [(("ok", "ok"), True), (("finished", "finished"), False), (("FINISHED", "diverged"), True)],
)
def test_what_another_tool_calls_finished_may_have_diverged(statuses, known):
    table = load(frame(*statuses))
    assert is_known(table.frame) is known
