"""The commands power, sequential, variance and selfcheck: keys, words, and what they refuse."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.answer.out_of_reach import helped_by
from analysis.answer.sample_size import of_condition
from analysis.cli import main
from analysis.methods import random_effects as over_images
from analysis.methods.power import Design
from analysis.methods.signed_rank_distribution import counted_off
from analysis.report.sections.reduce_uncertainty import what_would_help
from tests.unit.analysis.results import effect


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Twelve seeds of three conditions, one clearly better, with training and validation counts and rates."""
    rng = np.random.default_rng(0)
    rows = []
    for condition, rate, gain in (("none", 0.0, 0), ("some", 0.2, 60), ("more", 0.5, 5)):
        for seed in range(12):
            rows.append(
                {
                    "condition": condition,
                    "seed": seed,
                    "rate": rate,
                    "status": "ok",
                    "test_correct": 8600 + gain + int(rng.normal(0, 20)),
                    "test_total": 10_000,
                    "train_correct": 52_800 - int(1000 * rate) + int(rng.normal(0, 60)),
                    "train_total": 60_000,
                    "validation_correct": 4300 + gain // 2 + int(rng.normal(0, 15)),
                    "validation_total": 5_000,
                }
            )
    path = tmp_path / "table.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert main([*map(str, arguments), "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([*map(str, arguments)]) == 2
    return capsys.readouterr().err


ASKED = ("--metric", "test_accuracy", "--control", "none")


def test_power_is_seeds_or_a_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "power", "--sd", 0.4, "--delta", 0.2)["n"] == 34
    assert run(capsys, "power", "--sd", 0.4, "--delta", 0.2, "--comparisons", 7)["n"] == 54
    found = run(capsys, "power", "--sd", 0.4, "--n", 34)["detectable_difference"]
    assert 0.19 < found <= 0.2
    assert main(["power", "--sd", "0.4", "--delta", "0.2"]) == 0
    assert "34 seeds to find 0.2" in capsys.readouterr().out


@pytest.mark.slow
def test_power_of_the_typical_difference_takes_more_seeds_and_as_many_as_its_interval_needs(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typical = ("--estimand", "typical")
    assert run(capsys, "power", "--sd", 0.4, "--delta", 0.2)["estimand"] == "mean"
    found = run(capsys, "power", "--sd", 0.4, "--delta", 0.2, *typical)
    assert (found["estimand"], found["n"]) == ("typical", Design(0.4 * math.sqrt(math.pi / 3), 0.05, 0.8).seeds(0.2))
    assert run(capsys, "power", "--sd", 0.4, "--delta", 9, *typical, "--comparisons", 6)["n"] == 8
    assert run(capsys, "power", "--sd", 0.4, "--n", 5, *typical)["detectable_difference"] is None
    assert main(["power", "--sd", "0.4", "--n", "5", *typical]) == 0
    assert "typical difference, power 0.8, two-sided alpha 0.05\n  SD of differences 0.4: 5 seeds test nothing" in (
        capsys.readouterr().out
    )
    (one, *_) = run(capsys, "power", "--pilot", table, *ASKED, "--delta", 0.001, *typical)["conditions"]
    (known, *_) = run(capsys, "compare", table, *ASKED)["comparisons"]
    n = known["n_typical"]
    reach = stats.t.isf(0.025, n - 1) * one["sd"] * math.sqrt(math.pi / 3 / n)
    assert known["typical_high"] - known["typical_low"] == pytest.approx(2 * reach, rel=1e-12)
    (few, *_) = run(capsys, "power", "--pilot", table, *ASKED, "--n", 5, *typical)["conditions"]
    assert "the typical difference takes" in few["why"]


@pytest.mark.parametrize(("n", "comparisons"), [(6, 1), (10, 3), (30, 1)])
def test_the_power_of_the_typical_difference_is_what_simulated_studies_have(n: int, comparisons: int) -> None:
    """4 standard errors of 4,000 studies with normal noise, and 3 points for the approximation."""
    delta = Design(1.0, 0.05, 0.8, comparisons, estimand="typical").detectable(n)
    assert delta is not None
    runs, outside = 4000, counted_off(n, 0.025 / comparisons)
    d = np.random.default_rng(8).normal(delta, 1, (runs, n))
    one, other = np.triu_indices(n)
    averages = np.sort((d[:, one] + d[:, other]) / 2, axis=1)
    found = np.mean((averages[:, outside - 1] > 0) | (averages[:, -outside] < 0))
    assert abs(found - 0.8) < 0.03 + 4 * math.sqrt(0.16 / runs)


@pytest.mark.parametrize(("name", "start"), [("p.svg", b"<?xml"), ("p.PNG", b"\x89PNG"), ("p.pdf", b"%PDF")])
def test_power_draws_its_curves(table: Path, name: str, start: bytes, tmp_path: Path, capsys) -> None:
    file = tmp_path / name
    assert main(["power", "--pilot", str(table), *ASKED, "--margin", "0.001", "--figure", str(file)]) == 0
    assert file.read_bytes().startswith(start)
    assert "a difference from 0, the true one 0.001; dotted: equivalence, the true one 0" in capsys.readouterr().err
    for given, why in (
        (["--margin", "1", "--figure", str(tmp_path / "p.gif")], "ends in .svg, .pdf, .png"),
        (["--n", "9", "--figure", str(file)], "give --delta or --margin with it"),
    ):
        assert main(["power", "--sd", "1", *given]) == 2
        assert why in capsys.readouterr().err


def test_power_from_a_pilot_uses_its_upper_limit_too(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "power", "--pilot", table, *ASKED, "--delta", 0.001)
    assert found["comparisons"] == 2
    for each in found["conditions"]:
        assert each["sd_upper"] > each["sd"]
        assert each["n_upper"] > each["n"] >= 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sd", "1"], "--delta (how many seeds?) or --n"),
        (["--sd", "1", "--delta", "1", "--n", "3"], "one of the two"),
        (["--delta", "1"], "--sd or --pilot"),
        (["--sd", "-1", "--delta", "1"], "--sd is -1"),
        (["--sd", "1", "--delta", "0"], "--delta is 0"),
        (["--sd", "1", "--margin", "0"], "--margin is 0"),
        (["--sd", "1", "--margin", "1", "--delta", "nan"], "--delta is nan"),
        (["--sd", "1", "--n", "1"], "--n is 1"),
        (["--sd", "1", "--n", "9", "--alpha", "2"], "--alpha is 2"),
        (["--sd", "1", "--n", "9", "--power", "0.01"], "--power is 0.01"),
        (["--sd", "1", "--n", "9", "--comparisons", "0"], "--comparisons is 0"),
        (["--sd", "nan", "--n", "9"], "--sd is nan"),
    ],
)
def test_power_refuses(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said in refused(capsys, "power", *arguments)


def test_sequences_follow_every_seed(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "sequential", table, *ASKED, "--estimand", "mean")
    assert list(found) == ["metric", "control", "note", "alpha", "conditions", "sequences"]
    assert [each["condition"] for each in found["sequences"]] == ["some", "more"]
    some, more = found["sequences"]
    assert [look["n"] for look in some["looks"]] == list(range(1, 13))
    assert set(some["looks"][0]) == {"n", "mean", "half_width", "log_e_value"}
    assert [look["half_width"] for look in some["looks"][:4]] == [None] * 4
    first = some["first_n_excluding_zero"]
    assert first is not None and some["first_n_excluding_zero_family"] >= first
    look = some["looks"][first - 1]
    assert abs(look["mean"]) > look["half_width"]
    assert more["first_n_excluding_zero"] is None
    planned = run(capsys, "sequential", table, *ASKED, "--planned-looks", 3)["sequences"][0]["planned_looks"]
    assert [each["n"] for each in planned] == [4, 8, 12]
    assert planned[0]["level"] < planned[1]["level"] < planned[2]["level"] < 0.025
    assert "--planned-looks is 0" in refused(capsys, "sequential", table, *ASKED, "--planned-looks", 0)
    assert main(["sequential", str(table), *ASKED]) == 0
    assert "first excluded 0 after" in capsys.readouterr().out


def test_sequences_of_the_median_are_the_default(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "sequential", table, *ASKED)
    assert found == run(capsys, "sequential", table, *ASKED, "--estimand", "typical")
    assert (found["estimand"], found["conditions"]) == ("median", 2)
    some, _ = found["sequences"]
    assert set(some["looks"][0]) == {"n", "median", "low", "high", "log_e_value"}
    assert [look["n"] for look in some["looks"] if look["low"] is not None] == list(range(7, 13))
    assert [look["n"] for look in some["looks_family"] if look["low"] is not None] == list(range(8, 13))
    first = some["first_n_excluding_zero"]
    look = some["looks"][first - 1]
    assert look["low"] > 0 or look["high"] < 0
    assert look["log_e_value"] >= np.log(20)
    assert main(["sequential", str(table), *ASKED]) == 0
    said = capsys.readouterr().out
    assert f"first excluded 0 after {first} seeds" in said
    assert "some: median " in said


def test_self_check_holds_on_symmetric_data(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "selfcheck", table, *ASKED)
    assert (found["n"], found["flips"], found["exhaustive"]) == (12, 2**11, True)
    assert len(found["checks"]) == 3
    assert all(each["verdict"] in ("holds", "conservative") for each in found["checks"])
    assert main(["selfcheck", str(table), *ASKED]) == 0
    said = capsys.readouterr().out
    assert "skewness" in said
    assert [each["estimand"] for each in found["resampled"]] == ["typical", "mean"]
    for each in found["resampled"]:
        assert f"{each['achieved']:.4f} of 0.05, at most 0.1250: holds" in said


def crossed(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    init, order = rng.normal(0, 40, 4), rng.normal(0, 5, 3)
    rows = [
        {
            "condition": "none",
            "seed": seed,
            "init_seed": i,
            "order_seed": o,
            "mask_seed": m,
            "test_correct": int(8600 + init[i] + order[o] + rng.normal(0, 10)),
            "test_total": 10_000,
            "status": "ok",
        }
        for seed, (i, o, m) in enumerate(itertools.product(range(4), range(3), range(2)))
    ]
    path = tmp_path / "crossed.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_variance_by_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = run(capsys, "variance", crossed(tmp_path), "--metric", "test_accuracy")["conditions"]
    shares = {tuple(each["factors"]): each["share"] for each in found["components"]}
    assert len(shares) == 7
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares, key=lambda each: shares[each]) == ("initialisation",)
    for each in found["components"]:
        assert each["low"] <= each["variance"] <= each["high"] or each["estimate"] < 0
    assert main(["variance", str(crossed(tmp_path)), "--metric", "test_accuracy"]) == 0
    assert "initialisation x order" in capsys.readouterr().out


def test_crossed_seeds_are_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.read_csv(crossed(tmp_path))
    both = pd.concat([frame, frame.assign(condition="other", test_correct=frame["test_correct"] + 3)])
    both.to_csv(tmp_path / "both.csv", index=False)
    found = run(capsys, "compare", tmp_path / "both.csv", *ASKED)
    assert any("they are not independent" in warning for warning in found["warnings"])


def test_sources_that_vary_together_cannot_be_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.read_csv(crossed(tmp_path))
    for column in ("init_seed", "order_seed", "mask_seed"):
        frame[column] = frame["seed"]
    frame.to_csv(tmp_path / "plain.csv", index=False)
    (found,) = run(capsys, "variance", tmp_path / "plain.csv", "--metric", "test_accuracy")["conditions"]
    assert found["components"] == []
    assert "vary together" in found["why"]


def test_dose_response_and_selection_are_part_of_compare(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "compare", table, *ASKED)
    dose, chosen = found["dose_response"], found["selection"]
    assert dose["rates"] == [0.0, 0.2, 0.5]
    assert dose["b2"] < 0 and dose["identified"]
    assert dose["optimum_low"] <= dose["optimum"] <= dose["optimum_high"]
    assert dose["gap_slope_mean"] < 0
    assert chosen["chosen_on_validation"] == "some"
    assert chosen["best_set"] == ["some"]
    assert chosen["optimism"] == pytest.approx(0, abs=1e-12)
    assert chosen["test_difference_of_chosen"] == pytest.approx(chosen["crossfit_difference"])


@pytest.mark.parametrize("comparisons", [1, 7])
def test_a_difference_below_the_floor_needs_images_by_the_square_of_what_is_lacking(comparisons: int) -> None:
    each = effect("x", n_pairs=10, sd_difference=0.004, test_set_floor=0.001, test_images=10_000)
    found = of_condition(each, Design(1.0, 0.05, 0.8, comparisons), 0.0015, None)
    z = float(stats.norm.isf(0.025 / comparisons) + stats.norm.ppf(0.8))
    assert (found.n, found.test_images_needed) == (None, math.ceil(10_000 * (z / 1.5) ** 2))
    reached = of_condition(each, Design(1.0, 0.05, 0.8, comparisons), 1.001 * z * 0.001, None)
    assert reached.n is not None
    assert reached.n > 0
    assert "test_images_needed" not in reached.to_json()


@pytest.mark.parametrize(("low", "claim", "sure"), [
    (0.0008, "no number of seeds reaches this", True),
    (0.0004, "may not be reached by any number of seeds on these images", False),
])  # fmt: skip
def test_what_no_number_of_seeds_reaches_is_claimed_as_surely_as_the_floor_is_known(
    low: float, claim: str, sure: bool
) -> None:
    """80% power at alpha 0.05 takes a floor below 0.0015 / 2.80 = 0.00054."""
    each = effect(
        "x", n_pairs=10, sd_difference=0.004, test_set_floor=0.001, test_set_floor_low=low, test_set_floor_high=0.0012,
        test_images=10_000, margin=0.0015, surer_by="seeds", typical_low=-0.002, typical_high=0.002, n_typical=10,
    )  # fmt: skip
    found = of_condition(each, Design(1.0, 0.05, 0.8), 0.0015, None)
    assert (found.n, found.out_of_reach_surely) == (None, sure)
    assert claim in found.images
    assert f"between {low:.4g} and 0.0012" in found.images
    said = " ".join(what_would_help([each], 1, "image"))
    assert "4 times the seeds" not in said
    assert ("The test set sets the limit" in said) == sure
    assert helped_by(each, 1) == "images"
    assert helped_by(replace(each, margin=0.01), 1) == "seeds"
    assert "4 times the seeds would reduce" in " ".join(what_would_help([replace(each, margin=0.01)], 1, "image"))


def test_a_plan_says_where_seeds_or_an_alpha_show_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Two seeds have no verdict, whatever they show; no interval at 1 - 2 alpha decides from alpha 0.5 on."""
    plan = ["power", "--sd", "0.4", "--margin", "0.3"]
    for more, said in (
        (["--n", "2"], "equivalent within the margin: a verdict takes 3 seeds"),
        (["--n", "5", "--estimand", "typical"], "a difference from 0: the typical difference takes 6 seeds"),
        (["--alpha", "0.6"], "equivalent within the margin: at alpha 0.6 no interval decides it"),
        (["--alpha", "0.6", "--n", "9"], "equivalent within the margin: at alpha 0.6 no interval decides it"),
    ):
        assert main([*plan, *more]) == 0
        assert said in capsys.readouterr().out
    assert main([*plan[:3], "--margin", "1000"]) == 0
    assert "equivalent within the margin: 3 seeds" in capsys.readouterr().out
    assert main([*plan[:3], "--n", "2"]) == 0
    assert "2 seeds test nothing" in capsys.readouterr().out


@pytest.mark.slow
def test_a_pilot_says_what_its_own_seeds_find_and_plans_for_a_margin(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pilot = ("power", "--pilot", table, *ASKED)
    own, (pairs, *_) = run(capsys, *pilot)["conditions"], run(capsys, "compare", table, *ASKED)["comparisons"]
    given = run(capsys, *pilot, "--n", pairs["n_pairs"])["conditions"]
    assert [each["detectable_difference"] for each in own] == [each["detectable_difference"] for each in given]
    found = run(capsys, *pilot, "--margin", 0.02)
    assert found["margin"] == 0.02
    for each in found["conditions"]:
        design = Design(each["sd"], 0.05, 0.8, 2, each["test_set_floor"] or 0.0, goal="equivalent", margin=0.02)
        (last,) = [goal for goal in each["goals"] if goal["goal"] == "equivalent"]
        assert last["n"] == design.seeds(0.0)
        assert last["n_upper"] == replace(design, sd=each["sd_upper"]).seeds(0.0)
    assert main([*map(str, pilot), "--margin", "0.02", "--n", "10"]) == 0
    assert "equivalent within the margin: power" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "by_seeds", "by_images"), [(5, 0.02, 0.6), (12, 0.1, 0.6), (12, 0.1, 0.05)])
def test_the_power_over_new_images_is_what_simulated_studies_have(
    seeds: int, by_seeds: float, by_images: float
) -> None:
    """Gains of seeds and images crossed, and judged as the headline is; 1,500 studies: +-4 standard errors."""
    images, noise, runs, alpha = 400, 0.4, 1500, 0.05
    sd, floor = math.sqrt(by_seeds**2 + noise**2 / images), by_images / math.sqrt(images)
    delta = Design(sd, alpha, 0.8, floor=floor).detectable(seeds)
    assert delta is not None
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(runs):
        gains = delta + by_seeds * rng.standard_normal((seeds, 1)) + by_images * rng.standard_normal(images)
        seen = gains + noise * rng.standard_normal((seeds, images))
        estimate = over_images.crossed(seen)
        assert estimate is not None
        half = stats.t.isf(alpha / 2, seeds - 1) * seen.mean(axis=1).std(ddof=1) / math.sqrt(seeds)
        found += abs(estimate.mean) > math.hypot(half, stats.norm.isf(alpha / 2) * estimate.floor)
    assert abs(found / runs - 0.8) < 4 * math.sqrt(0.8 * 0.2 / runs)
