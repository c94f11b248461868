"""The report of one run a condition: an interval for these networks on new images, and nothing of other seeds."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


def test_it_speaks_of_these_networks_and_of_no_others(report) -> None:
    written = report(labels=("none", "book", "dropout-0.3"), seeds=1)
    text = (written.out / "report.md").read_text(encoding="utf-8")
    assert "One run of each, 10,000 images: no trained network is shown to differ from “none” in test accuracy" in text
    holds = "Intervals hold for all conditions at once, for these trained networks, on new images of this kind"
    assert f"{holds}; other seeds are not covered. One seed says nothing about other seeds." in text
    assert "Tango (1998)" in text
    assert "\n\n\n" not in text, "an empty paragraph"
    for row in written.table("comparisons-test_accuracy"):
        assert row["headline_scope"] == "items"
        assert float(row["headline_low"]) == float(row["items_low"]) < float(row["items_high"])
        assert row["headline_verdict"] == ""


def test_a_report_of_several_runs_does_not_cite_it(report) -> None:
    assert "Tango (1998)" not in report(labels=("none", "book"), seeds=6).page
