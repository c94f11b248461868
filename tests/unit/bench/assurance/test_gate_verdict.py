"""Each verdict, the fresh rounds, the error rates that the gate states, and its exit codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bench.assurance.gate import gate, verdict
from bench.assurance.gate.errors import GateFault
from bench.assurance.gate.numbers import Numbers
from bench.assurance.gate.rounds import estimates
from bench.assurance.gate.slot_result import Block, Record, block, timed
from bench.assurance.gate.verdict import ALPHA, Estimate, Verdict, confirm, estimate, judge

SPREAD = np.array([-1.3, -0.9, -0.4, -0.1, 0.2, 0.5, 0.8, 1.2])
SPREAD = (SPREAD - SPREAD.mean()) / SPREAD.std(ddof=1)
NO_NUMBERS = Numbers(0, (), ())
STILL = estimate(0.001 * SPREAD, np.zeros(8))


def seen(slowdown: float, sd: float = 0.02) -> Estimate:
    """Eight rounds whose log ratios have exactly this mean and standard deviation."""
    return estimate(np.log1p(slowdown) + sd * SPREAD, np.zeros(8))


def only(found: list[Verdict]) -> str:
    assert len(found) == 1
    return found[0].verdict


@pytest.mark.parametrize(
    ("slowdown", "sd", "expected"),
    [
        (0.15, 0.02, "regressed"),
        (0.0, 0.02, "unchanged"),
        (0.03, 0.01, "unchanged"),
        (0.055, 0.02, "inconclusive"),
        (0.15, 0.2, "inconclusive"),
        (-0.15, 0.02, "improved"),
    ],
)
def test_one_benchmark(slowdown: float, sd: float, expected: str) -> None:
    assert only(judge({"a": seen(slowdown, sd)}, STILL)) == expected


def test_the_test_is_the_one_sided_t_test_of_more_than_5_per_cent() -> None:
    ratios = np.log(1.08) + 0.03 * SPREAD
    found = stats.ttest_1samp(ratios, np.log(1.05), alternative="greater")
    assert estimate(ratios, np.zeros(8)).p_slower == pytest.approx(found.pvalue, rel=1e-9)


def test_holm_counts_the_benchmarks() -> None:
    """p = 0.02 convicts alone, and not among four."""
    t = stats.t.isf(0.02, 7)
    slow = estimate(np.log(1.05) + 0.02 * SPREAD + t * 0.02 / np.sqrt(8), np.zeros(8))
    assert slow.p_slower == pytest.approx(0.02)
    assert only(judge({"a": slow}, STILL)) == "regressed"
    family = {"a": slow} | {name: seen(0.0) for name in "bcd"}
    judged = judge(family, STILL)
    assert [each.verdict for each in judged] == ["inconclusive", *["unchanged"] * 3]
    assert [each.why for each in judged] == [verdict.ALONE, "", "", ""]
    assert {each.family for each in judged} == {4}


def with_p(level: float, sign: int = 1) -> Estimate:
    """Eight rounds beyond 5% on the given side with that p value."""
    reach = np.log(1.05) + stats.t.isf(level, 7) * 0.02 / np.sqrt(8)
    return estimate(sign * (reach + 0.02 * SPREAD), np.zeros(8))


def test_holm_counts_the_benchmarks_that_are_faster_too() -> None:
    assert only(judge({"a": with_p(0.02, -1)}, STILL)) == "improved"
    family = {"a": with_p(0.02, -1)} | {name: seen(0.0) for name in "bcd"}
    judged = judge(family, STILL)
    assert [each.verdict for each in judged] == ["inconclusive", *["unchanged"] * 3]
    assert [each.why for each in judged] == [verdict.ALONE, "", "", ""]
    assert {each.family for each in judged} == {4}


def test_holm_counts_the_accused_in_the_fresh_rounds() -> None:
    """p = 0.03 convicts one accused, and neither of two."""
    first = judge({"a": seen(0.15), "b": seen(0.15), "c": seen(0.0)}, STILL)
    assert verdict.accused(first) == ["a", "b"]
    fresh = {"a": with_p(0.03), "b": with_p(0.03)}
    assert [each.verdict for each in confirm(first, fresh, STILL)] == ["inconclusive", "inconclusive", "unchanged"]
    fresh["b"] = with_p(0.02)
    assert [each.verdict for each in confirm(first, fresh, STILL)] == ["regressed", "regressed", "unchanged"]


def test_fresh_rounds_decide() -> None:
    first = judge({"a": seen(0.15), "b": seen(0.0)}, STILL)
    assert verdict.accused(first) == ["a"]
    assert [each.verdict for each in confirm(first, {"a": seen(0.15)}, STILL)] == ["regressed", "unchanged"]
    assert [each.verdict for each in confirm(first, {"a": seen(0.0)}, STILL)] == ["inconclusive", "unchanged"]
    assert [each.verdict for each in confirm(first, {"a": seen(0.15)}, seen(0.1))] == ["contaminated", "unchanged"]


def test_a_control_that_moved_contaminates_all() -> None:
    assert only(judge({"a": seen(0.15)}, seen(0.1))) == "contaminated"
    assert not verdict.moved(seen(0.01, 0.001))
    assert not verdict.moved(seen(0.1, 0.3))
    assert verdict.moved(seen(-0.1))


def test_a_control_too_noisy_to_show_a_move_of_the_margin_decides_nothing() -> None:
    """SPREAD has standard deviation 1: 90% of 8 rounds of 7.4% reach 4.96%, past the margin's 4.88%; of 7.2%, 4.82%."""
    for noise, expected in ((0.074, "inconclusive"), (0.072, "regressed")):
        control = estimate(noise * SPREAD, np.zeros(8))
        verdicts = judge({"a": seen(0.15)}, control)
        assert only(verdicts) == expected
        assert (verdicts[0].why == verdict.TOO_NOISY) == (expected == "inconclusive")
        assert (verdict.with_visible(verdicts)[0].visible is None) == (expected == "inconclusive")
    first = judge({"a": seen(0.15)}, STILL)
    assert only(confirm(first, {"a": seen(0.15)}, estimate(0.08 * SPREAD, np.zeros(8)))) == "inconclusive"
    leaning = estimate(0.02 + 0.05 * SPREAD, np.zeros(8))
    assert not verdict.moved(leaning)
    assert only(judge({"a": seen(0.15)}, leaning)) == "inconclusive"


@pytest.mark.parametrize("sign", [1, -1])
def test_the_control_moves_beyond_1_per_cent_at_99_per_cent(sign: int) -> None:
    edge = np.log(1.01) + stats.t.isf(0.005, 7) * 0.02 / np.sqrt(8)
    for nearness, moves in ((1.01, True), (0.99, False)):
        assert verdict.moved(estimate(sign * nearness * edge + 0.02 * SPREAD, np.zeros(8))) is moves


def test_a_clock_that_gives_every_round_one_ratio_is_refused() -> None:
    made = made_block({"a": 1.0, "b": 0.0}, {"a": 1.0, "b": 0.0})
    assert timed(made) is made
    with pytest.raises(GateFault, match="b: 8 rounds with one and the same ratio: no clock does that"):
        timed(Block(made.head | {"b": np.ones(8)}, made.base | {"b": np.zeros(8)}, {}))


@pytest.mark.parametrize(
    ("ratio", "expected"), [(0.3, "regressed"), (-0.3, "improved"), (0.0, "unchanged"), (0.01, "unchanged")]
)
def test_a_number_that_never_varies_is_exact(ratio: float, expected: str) -> None:
    found = estimate(np.full(8, 5 + ratio), np.full(8, 5.0))
    assert (found.low, found.mean, found.high) == pytest.approx((ratio, ratio, ratio))
    judged = judge({"a": found}, estimate(np.ones(8), np.ones(8)))
    assert only(judged) == expected
    assert verdict.with_visible(judged)[0].visible == pytest.approx(0.05)


def alarms_in(runs: int, ratios: Callable[[np.random.Generator], np.ndarray]) -> int:
    """Simulate whole runs of five benchmarks; `ratios` gives log ratios `[5, 8]`."""
    rng, alarms = np.random.default_rng(0), 0
    names = [f"b{index}" for index in range(5)]
    for _ in range(runs):
        first = judge({n: estimate(r, np.zeros(8)) for n, r in zip(names, ratios(rng), strict=True)}, STILL)
        if verdict.accused(first):
            again = {n: estimate(r, np.zeros(8)) for n, r in zip(names, ratios(rng), strict=True)}
            alarms += any(each.verdict == "regressed" for each in confirm(first, again, STILL))
    return alarms


@pytest.mark.slow
@pytest.mark.parametrize(
    ("runs", "ratios"),
    [
        (500, lambda rng: 0.05 * rng.standard_normal((5, 8))),
        (500, lambda rng: 0.3 * rng.standard_normal((5, 8))),
        (500, lambda rng: 0.05 * rng.standard_t(2, (5, 8))),
        (1500, lambda rng: np.log(1.05) + 0.05 * rng.standard_normal((5, 8))),
    ],
    ids=["quiet", "noisy", "heavy-tailed", "exactly 5% slower"],
)
def test_false_alarms_are_at_most_alpha_squared(runs: int, ratios: Callable[[np.random.Generator], np.ndarray]) -> None:
    """The count is within the 99.9% quantile of a binomial at the stated limit, 0.25% of the runs."""
    assert alarms_in(runs, ratios) <= stats.binom.ppf(0.999, runs, ALPHA**2)


def test_the_smallest_visible_slowdown_pays_for_both_blocks_and_the_family() -> None:
    """By the noncentral t at that slowdown, both blocks convict with 80% probability."""
    standard = Estimate(8, 0.0, 0.02 / np.sqrt(8), 0, 0, 1, 1, True)
    for family in (1, 5):
        shift = (np.log1p(verdict.smallest_visible(standard, family)) - np.log(1.05)) / standard.standard_error
        power = [stats.nct.sf(stats.t.isf(level, 7), 7, shift) for level in (0.05 / family, 0.05)]
        assert np.prod(power) == pytest.approx(0.8)


@pytest.mark.slow
def test_the_smallest_visible_slowdown_is_seen_with_the_stated_power() -> None:
    """300 simulated runs of normal noise: 80% within four standard errors."""
    rng, sd, runs = np.random.default_rng(1), 0.05, 300
    standard = Estimate(8, 0.0, sd / np.sqrt(8), 0, 0, 1, 1, True)
    slow = np.log1p(verdict.smallest_visible(standard, 1))
    caught = 0
    for _ in range(runs):
        first = judge({"a": estimate(slow + sd * rng.standard_normal(8), np.zeros(8))}, STILL)
        if verdict.accused(first):
            again = {"a": estimate(slow + sd * rng.standard_normal(8), np.zeros(8))}
            caught += only(confirm(first, again, STILL)) == "regressed"
    assert abs(caught / runs - 0.8) < 4 * np.sqrt(0.8 * 0.2 / runs)


@pytest.mark.slow
def test_a_slowdown_of_15_per_cent_is_caught() -> None:
    """Noise of 5% a round, as on a busy machine, among five benchmarks: more than 8 of 10 runs."""
    slow = np.log(1.15) * np.array([1, 0, 0, 0, 0])[:, None]
    assert alarms_in(300, lambda rng: slow + 0.05 * rng.standard_normal((5, 8))) > 0.8 * 300


@pytest.mark.parametrize(
    ("verdicts", "changes", "allowed", "expected"),
    [
        (["unchanged", "improved", "new", "gone"], False, False, 0),
        (["unchanged", "regressed", "inconclusive"], False, False, 4),
        (["unchanged", "inconclusive"], False, False, 5),
        (["contaminated"], False, False, 5),
        (["unchanged"], True, False, 4),
        (["unchanged"], True, True, 0),
        (["contaminated"], True, False, 4),
    ],
)
def test_exit_codes(verdicts: list[str], changes: bool, allowed: bool, expected: int) -> None:
    differences: Any = ("a difference",) if changes else ()
    found = gate.Found([Verdict("b", each) for each in verdicts], STILL, Numbers(1, differences, ()), None)
    assert found.exit_code(allowed) == expected


@pytest.mark.parametrize(("verdicts", "expected"), [(["unchanged"], 5), (["regressed"], 4)])
def test_numbers_that_could_not_be_compared_are_undecided(verdicts: list[str], expected: int) -> None:
    refused = Numbers(0, (), (), "the base could not run the study smoke")
    found = gate.Found([Verdict("b", each) for each in verdicts], STILL, refused, None)
    assert found.exit_code(numbers_may_change=False) == found.exit_code(numbers_may_change=True) == expected


def made_block(head: dict[str, float], base: dict[str, float]) -> Block:
    def logs(means: dict[str, float], rounds: np.ndarray) -> dict[str, np.ndarray]:
        return {name: mean + 0.01 * rounds for name, mean in means.items()}

    return Block(logs(head, SPREAD), logs(base, 0 * SPREAD), {"test_b.py": "ImportError: no b"})


def test_positive_means_that_head_is_slower() -> None:
    base = {gate.CONTROL: 0.0, "a": 0.0}
    (found, new), control = estimates(
        made_block({gate.CONTROL: 0.0, "a": np.log(1.5), "t/test_b.py::b": 0.0}, base), gate.CONTROL
    )
    assert list(found) == ["a"]
    assert found["a"].mean == pytest.approx(np.log(1.5))
    assert control.mean == pytest.approx(0.0)
    assert [(each.benchmark, each.verdict, each.why) for each in new] == [
        ("t/test_b.py::b", "new", "ImportError: no b")
    ]


def test_no_control_or_nothing_to_compare_is_a_fault() -> None:
    with pytest.raises(GateFault, match=r"the control .* did not run on both sides"):
        estimates(made_block({gate.CONTROL: 0.0, "a": 0.0}, {"a": 0.0}), gate.CONTROL)
    with pytest.raises(GateFault, match="no benchmark runs on both sides: ImportError: no b"):
        estimates(made_block({gate.CONTROL: 0.0, "t/test_b.py::b": 0.0}, {gate.CONTROL: 0.0}), gate.CONTROL)


def rounds(head: dict[str, float], base: dict[str, float], **failures: str) -> list[list[Record]]:
    return [[Record("head", head, {}), Record("base", base, failures)] for _ in range(2)]


def test_a_benchmark_that_the_base_cannot_run_is_new_and_says_why() -> None:
    made = block(rounds({"t/test_a.py::test_a": 1.0, "t/test_b.py::test_b": 1.0}, {"t/test_a.py::test_a": 1.0}, **{
        "test_b.py": "ImportError: no b",
    }))  # fmt: skip
    assert made.shared == ["t/test_a.py::test_a"]
    assert made.why_new("t/test_b.py::test_b") == "ImportError: no b"


def test_a_block_keeps_sides_and_rounds_apart_whichever_came_first() -> None:
    one, two = ([Record("head", {"a": 1.0 + r}, {}), Record("base", {"a": 5.0 + r}, {})] for r in (0, 1))
    made = block([one, two[::-1]])
    assert (made.head["a"].tolist(), made.base["a"].tolist()) == ([1.0, 2.0], [5.0, 6.0])


def test_a_benchmark_that_fails_by_chance_is_a_fault() -> None:
    slots = [*rounds({"a": 1.0}, {"a": 1.0}), *rounds({"a": 1.0}, {})]
    with pytest.raises(GateFault, match="by chance"):
        block(slots)
