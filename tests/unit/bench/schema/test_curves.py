"""Curves in the rows of their trials are those that were put there."""

from __future__ import annotations

import pyarrow as pa
import pytest

from bench import schema
from bench.schema.curves import curves_in, has_curves, joined, of_trials, with_curves


def curve(trial_id: str, *losses: float | None, **more: float) -> pa.Table:
    rows = [
        {"trial_id": trial_id, "epoch": epoch, "test_loss": loss, **more} for epoch, loss in enumerate(losses, start=1)
    ]
    return pa.Table.from_pylist(rows, schema=schema.curves_schema(list(more)))


def trials(*ids: str) -> pa.Table:
    return pa.table({"trial_id": list(ids), "seed": list(range(len(ids)))})


def test_curves_go_into_rows_and_come_out_as_they_were() -> None:
    curves = joined([curve("b", 0.5, float("nan"), None), curve("a", 1.0, activation_mean_1=2.0)])
    whole = with_curves(trials("a", "none", "b"), curves)
    assert has_curves(whole)
    assert whole["curves"].is_null().to_pylist() == [False, True, False]
    assert [len(each or []) for each in whole["curves"].to_pylist()] == [1, 0, 3]
    back = curves_in(whole)
    assert back.schema.equals(curves.schema)
    assert repr(back.to_pylist()) == repr(of_trials(curves, ["a", "b"]).to_pylist())


def test_without_any_curve_the_column_is_empty() -> None:
    whole = with_curves(trials("a", "b"), joined([]))
    assert whole["curves"].null_count == 2
    assert curves_in(whole).num_rows == 0


def test_curves_of_some_trials_come_in_the_order_given() -> None:
    curves = joined([curve("a", 1.0, 2.0), curve("b", 3.0), curve("c", 4.0, 5.0)])
    assert of_trials(curves, ["c", "absent", "a"])["test_loss"].to_pylist() == [4.0, 5.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "table",
    [
        trials("a"),
        trials("a").append_column("curves", pa.array([[1.0]])),
        trials("a").append_column("curves", pa.array(["x"])),
        trials("a").append_column("curves", pa.array([[{"epoch": "one"}]])),
        pa.table({"curves": [[{"epoch": 1}]]}),
    ],
)
def test_a_column_of_that_name_alone_holds_no_curves(table: pa.Table) -> None:
    assert not has_curves(table)
