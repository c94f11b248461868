"""What may be said of a race: bands, medians, ratios, the order of the table, and the table itself."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bench.assurance.race.standings import (
    ERROR,
    NOT_INSTALLED,
    OTHER_TASK,
    RAN,
    band,
    median_interval,
    ratio_interval,
    same_task,
    standings,
)
from bench.assurance.race.table import render

ROOT = Path(__file__).parents[4]
CHECK = {"epoch": 2, "loss": 0.5, "low": 0.4, "high": 0.6, "within": True}


def contestant(name: str, status: str = RAN, error: str | None = None) -> dict[str, Any]:
    form = {"processes": 2, "threads": 1, "trials": 8}
    about = {"name": name, "title": f"the {name}", "status": status, "error": error}
    return about | {"versions": {"torch": "1.2"}, "form": form, "checks": [CHECK]}


def record(contestants: list[dict[str, Any]], seconds: dict[str, list[float]]) -> dict[str, Any]:
    slots = [
        {"block": block, "contestant": name, "seconds": value, "bound_seconds": 0.4, "others": 0.01}
        for name, values in seconds.items()
        for block, value in enumerate(values)
    ]
    made = {"contestants": contestants, "slots": slots, "blocks": 3, "cores": [0, 1]}
    made["bound"] = {"libraries": ["bmm", "numpy"], "epoch_flop": 96e9, "peak_flops": 1e11}
    loaded = [{"file": "libopenblas.so", "version": "0.3", "kernels": "Haswell"}]
    cpu = {
        "model": "a processor",
        "vector_instructions": ["avx2", "fma"],
        "matrix_libraries": loaded,
        "held_back": None,
    }
    made["environment"] = {"cpu": cpu}
    return made | {"standings": standings(made)}


@pytest.mark.slow
@pytest.mark.parametrize("runs", [1, 2, 8])
def test_the_band_misses_a_further_mean_once_in_a_thousand_times(runs: int) -> None:
    rng = np.random.default_rng(1)
    reference = rng.normal(0.5, 0.01, (20_000, 10))
    further = rng.normal(0.5, 0.01, (20_000, runs)).mean(axis=1)
    bands = [band(losses, runs) for losses in reference]
    outside = sum(not low <= mean <= high for (low, high), mean in zip(bands, further, strict=True))
    assert stats.binomtest(outside, 20_000, 0.001).pvalue > 1e-4


def test_a_median_lies_between_order_statistics_of_the_level_that_is_said() -> None:
    five = median_interval([5.0, 1.0, 4.0, 2.0, 3.0])
    assert (five.estimate, five.low, five.high) == (3, 1, 5)
    assert five.level == pytest.approx(1 - 2 / 2**5), "fewer than six values cannot reach 95%"
    twenty = median_interval([float(value) for value in range(1, 21)])
    assert (twenty.low, twenty.high) == (6, 15), "the tables' ranks for n = 20"
    assert twenty.level == pytest.approx(1 - 2 * stats.binom.cdf(5, 20, 0.5))
    assert median_interval([7.0]).level == 0


def test_a_ratio_is_the_paired_t_interval_of_the_logs() -> None:
    values, base = [2.0, 4.4, 8.2, 1.9], [1.0, 2.0, 4.0, 1.0]
    found = ratio_interval(values, base)
    logs = np.log(values) - np.log(base)
    low, high = stats.ttest_1samp(logs, 0).confidence_interval(0.95)
    assert (found.estimate, found.low, found.high) == pytest.approx(tuple(np.exp([logs.mean(), low, high])))


def test_a_drift_of_the_whole_machine_cancels_in_the_ratio() -> None:
    drift = np.array([1.0, 3.0, 0.5])
    found = ratio_interval(list(2 * drift), list(drift))
    assert (found.low, found.high) == pytest.approx((2, 2))


def test_a_loss_must_lie_in_the_band_at_every_epoch() -> None:
    reference = [[1.00 + 0.01 * run, 0.60 + 0.01 * run] for run in (-1, 0, 1)]
    fine, checks = same_task([[1.0, 0.6]], reference, runs=1)
    assert fine and [check["epoch"] for check in checks] == [1, 2]
    for losses in ([[1.0, 2.0]], [[0.1, 0.6]], [[math.nan, 0.6]], [[1.0, math.inf]]):
        fine, checks = same_task(losses, reference, runs=1)
        assert not fine
        json.dumps(checks, allow_nan=False)


def test_the_fastest_comes_first_and_who_has_no_rank_last() -> None:
    entries = [contestant("engine"), contestant("cheat", OTHER_TASK), contestant("slow"), contestant("quick")]
    entries += [contestant("absent", NOT_INSTALLED, "it: not installed"), contestant("broken", ERROR, "a\nBoom: b")]
    seconds = {"engine": [0.5, 0.6, 0.7], "cheat": [0.1] * 3, "slow": [1.0, 1.2, 1.4], "quick": [0.4, 0.5, 0.6]}
    rows = record(entries, seconds)["standings"]
    assert [row["name"] for row in rows] == ["quick", "engine", "slow", "cheat", "absent", "broken"]
    slow = rows[2]
    assert slow["ratio"]["estimate"] == pytest.approx(2)
    assert slow["bound_fraction"] == pytest.approx(0.4 / 1.2)
    assert "ratio" not in rows[1] and "ratio" not in rows[4]


def test_the_table_shows_everybody_and_says_why_one_is_not_ranked() -> None:
    entries = [contestant("engine"), contestant("cheat", OTHER_TASK), contestant("slow")]
    entries += [contestant("absent", NOT_INSTALLED, "it: not installed"), contestant("broken", ERROR, "a\nBoom: b|c")]
    text = render(record(entries, {"engine": [0.5, 0.6, 0.7], "cheat": [0.1] * 3, "slow": [1.0, 1.2, 1.4]}))
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in text.splitlines() if line.startswith("|")}
    assert "| 2 x 1 x 8 | 1.200 [1.000, 1.400] | 2.00 [2.00, 2.00] | 40 | 33% |" in lines["the slow"]
    assert "0.10" in lines["the cheat: **not the same task**"] and "0.17" not in text, "shown, but not compared"
    assert "it: not installed" in lines["the absent: **not installed**"]
    assert "Boom: b\\|c" in lines["the broken: **error**"]
    assert len({line.replace("\\|", "").count("|") for line in lines.values()}) == 1


def test_the_caption_names_kernels_bound_and_peak() -> None:
    """Each slot's bound is 0.4 s for 96 GFLOP on two cores."""
    made = record([contestant("engine")], {"engine": [0.5, 0.6, 0.7]})
    text = render(made)
    assert "a processor (avx2, fma), 2 cores; numpy multiplies with Haswell kernels; 3 interleaved" in text
    assert "(bmm, numpy), measured before and after every slot (0.400 to 0.400 s an epoch and trial, 120 to 120" in text
    assert "with both cores busy: 100 GFLOP/s a core." in text
    cpu = made["environment"]["cpu"] | {"held_back": "OPENBLAS_CORETYPE=Haswell stands in the environment"}
    made["environment"]["cpu"] = cpu
    assert "; **OPENBLAS_CORETYPE=Haswell stands in the environment**; 3" in render(made)
    made["bound"]["peak_flops"] = None
    assert "not measured, for want of numba." in render(made)


def test_one_block_has_no_interval_and_the_record_stays_json() -> None:
    made = record([contestant("engine"), contestant("slow")], {"engine": [0.5], "slow": [1.0]})
    json.dumps(made, allow_nan=False)
    assert "the slow" in render(made)


def test_the_readme_shows_the_committed_race() -> None:
    _, begin, rest = (ROOT / "README.md").read_text(encoding="utf-8").partition("<!-- race:begin -->\n")
    if begin:
        shown, end, _ = rest.partition("<!-- race:end -->")
        assert end, "no <!-- race:end -->"
        committed = json.loads((ROOT / "results/race/race.json").read_text(encoding="utf-8"))
        assert shown.strip() == render(committed).strip()
        assert committed["standings"] == standings(committed), "what is said follows from what was measured"
