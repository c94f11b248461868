"""Power of what is planned for a margin: against Owen's integral, published values, and simulated studies."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from analysis.cli import main
from analysis.methods.power import BEYOND, EQUIVALENT, GOALS, NOT_INFERIOR, SUPERIOR, Design
from analysis.methods.signed_rank_distribution import counted_off
from tests.oracles.agreement import agree

ALPHA = 0.05


def owens_q(t: float, shift: float, reach: float, df: int) -> float:
    """Return the integral over (0, `reach`) of Owen 1965, equation 1.1."""
    scale = 0.5 * math.log(2 * math.pi) - math.lgamma(df / 2) - (df - 2) / 2 * math.log(2)

    def integrand(x: float) -> float:
        density = math.exp(scale + (df - 1) * math.log(x) - x * x / 2) / math.sqrt(2 * math.pi) if x else 0.0
        return float(special.ndtr(t * x / math.sqrt(df) - shift)) * density

    middle = min(reach, math.sqrt(df))
    parts = (integrate.quad(integrand, *ends, epsabs=1e-14, epsrel=1e-13, limit=400)[0]
             for ends in ((0, middle), (middle, reach)))  # fmt: skip
    return sum(parts)


def two_one_sided(n: int, sd: float, margin: float, delta: float, alpha: float) -> float:
    """Return the power of two one-sided t tests, each at `alpha`, by Owen's Q."""
    t, error = float(stats.t.isf(alpha, n - 1)), sd / math.sqrt(n)
    lower, upper = (delta + margin) / error, (delta - margin) / error
    reach = math.sqrt(n - 1) * (lower - upper) / (2 * t)
    return owens_q(-t, upper, reach, n - 1) - owens_q(t, lower, reach, n - 1)


@pytest.mark.parametrize("n", [3, 5, 17, 40, 200])
@pytest.mark.parametrize(
    ("sd", "margin", "delta"), [(0.4, 0.3, 0.0), (0.4, 0.3, 0.1), (1.0, 2.0, -0.5), (0.1, 0.3, 0.2)]
)
@pytest.mark.parametrize("comparisons", [1, 7])
def test_power_of_two_one_sided_tests_is_that_of_the_bivariate_integral(
    n: int, sd: float, margin: float, delta: float, comparisons: int
) -> None:
    ours = Design(sd, ALPHA, 0.8, comparisons, goal=EQUIVALENT, margin=margin).achieved(n, delta)
    expected = two_one_sided(n, sd, margin, delta, ALPHA / comparisons)
    agree(ours, expected, ("equivalence", n, sd, margin, delta, comparisons), near_zero=1e-4)


@pytest.mark.parametrize(
    ("cv", "subjects", "published"), [(0.2, 20, 0.834680), (0.25, 28, 0.807439), (0.3, 40, 0.815845)]
)
def test_power_of_two_one_sided_tests_is_the_published_one(cv: float, subjects: int, published: float) -> None:
    """R's PowerTOST, sampleN.TOST: log scale, 0.8 to 1.25, true ratio 0.95, two periods: error and df of its design."""
    within = math.sqrt(math.log1p(cv**2))
    n = subjects - 1
    design = Design(within * math.sqrt(2 * n / subjects), ALPHA, 0.8, goal=EQUIVALENT, margin=math.log(1.25))
    assert design.achieved(n, math.log(0.95)) == pytest.approx(published, abs=5e-7)


@pytest.mark.parametrize(("goal", "delta"), [(NOT_INFERIOR, 0.0), (NOT_INFERIOR, -0.1), (BEYOND, 0.6), (BEYOND, 0.35)])
@pytest.mark.parametrize(("n", "comparisons"), [(3, 1), (16, 1), (16, 7), (150, 3)])
def test_power_of_one_sided_goals_is_that_of_the_noncentral_t(
    goal: str, delta: float, n: int, comparisons: int
) -> None:
    shift = (delta - 0.3 if goal == BEYOND else delta + 0.3) / 0.4 * math.sqrt(n)
    expected = float(stats.nct.sf(stats.t.isf(ALPHA / 2 / comparisons, n - 1), n - 1, shift))
    ours = Design(0.4, ALPHA, 0.8, comparisons, goal=goal, margin=0.3).achieved(n, delta)
    agree(ours, expected, ("one-sided", goal, delta, n, comparisons))


def shown(goal: str, margin: float, low: np.ndarray, high: np.ndarray, inner: tuple[np.ndarray, np.ndarray]) -> float:
    """Return the share of intervals that show a goal."""
    return float(np.mean({
        SUPERIOR: (low > 0) | (high < 0),
        BEYOND: low > margin,
        NOT_INFERIOR: low > -margin,
        EQUIVALENT: (inner[0] > -margin) & (inner[1] < margin),
    }[goal]))  # fmt: skip


def simulated(design: Design, n: int, delta: float, runs: int) -> float:
    """Return the share of `runs` studies of the mean that show the goal, over images too where there is a floor."""
    rng = np.random.default_rng(7)
    seen = rng.normal(delta, design.sd, (runs, n)) + design.floor * rng.standard_normal((runs, 1))
    mean, error, ends = seen.mean(axis=1), seen.std(axis=1, ddof=1) / math.sqrt(n), []
    for tail in (design.alpha / 2 / design.comparisons, design.alpha / design.comparisons):
        half = np.hypot(stats.t.isf(tail, n - 1) * error, stats.norm.isf(tail) * design.floor)
        ends.append((mean - half, mean + half))
    return shown(design.goal, design.margin, *ends[0], ends[1])


@pytest.mark.parametrize("floor", [0.0, 0.05])
@pytest.mark.parametrize("goal", GOALS)
def test_the_power_of_every_goal_is_what_simulated_studies_have(goal: str, floor: float) -> None:
    """4 standard errors of 20,000 studies, at a power between 0.2 and 0.95."""
    delta = {SUPERIOR: -0.3, BEYOND: 0.6, NOT_INFERIOR: 0.05, EQUIVALENT: 0.05}[goal]
    design = Design(0.4, ALPHA, 0.8, 2, floor, goal=goal, margin=0.3)
    expected = design.achieved(18, delta)
    assert 0.2 < expected < 0.95
    assert abs(simulated(design, 18, delta, 20_000) - expected) < 4 * math.sqrt(0.25 / 20_000)


@pytest.mark.parametrize("goal", [NOT_INFERIOR, EQUIVALENT])
@pytest.mark.parametrize("n", [10, 30])
def test_the_power_of_goals_of_the_typical_difference_is_what_simulated_studies_have(goal: str, n: int) -> None:
    """4 standard errors of 4,000 studies with normal noise, and 3 points for the approximation."""
    runs, margin = 4000, 1.0 * 3.2 / math.sqrt(n)
    d = np.random.default_rng(8).standard_normal((runs, n))
    one, other = np.triu_indices(n)
    averages = np.sort((d[:, one] + d[:, other]) / 2, axis=1)
    (low, high), inner = (
        (averages[:, out - 1], averages[:, -out]) for out in (counted_off(n, 0.025), counted_off(n, 0.05))
    )
    expected = Design(1.0, ALPHA, 0.8, estimand="typical", goal=goal, margin=margin).achieved(n, 0.0)
    assert 0.5 < expected < 0.97
    assert abs(shown(goal, margin, low, high, inner) - expected) < 0.03 + 4 * math.sqrt(0.16 / runs)


def test_seeds_for_a_margin_by_command_and_by_simulation(capsys: pytest.CaptureFixture[str]) -> None:
    """Margin 0.3 points, SD 0.4 points: the seeds have 80% power in 100,000 studies, and one fewer has not."""
    assert main(["power", "--sd", "0.4", "--margin", "0.3", "--json", "-"]) == 0
    goals = {each["goal"]: each for each in json.loads(capsys.readouterr().out)["goals"]}
    seeds = {goal: goals[goal]["n"] for goal in (SUPERIOR, EQUIVALENT, NOT_INFERIOR)}
    assert seeds == {SUPERIOR: 16, EQUIVALENT: 17, NOT_INFERIOR: 16}
    assert goals[BEYOND]["n"] is None
    for goal, n in seeds.items():
        design = Design(0.4, ALPHA, 0.8, goal=goal, margin=0.3)
        few, enough = (simulated(design, each, goals[goal]["delta"], 100_000) for each in (n - 1, n))
        assert few < 0.8
        assert abs(enough - goals[goal]["power"]) < 4 * math.sqrt(0.16 / 100_000)


@pytest.mark.parametrize(("goal", "delta"), [(SUPERIOR, 0.3), (BEYOND, 0.6), (NOT_INFERIOR, 0.0), (EQUIVALENT, 0.1)])
@pytest.mark.parametrize("estimand", ["mean", "typical"])
def test_the_greatest_floor_is_where_seeds_stop_to_have_the_power(goal: str, delta: float, estimand: str) -> None:
    design = Design(0.4, ALPHA, 0.8, 3, estimand=estimand, goal=goal, margin=0.3)
    floor = design.greatest_floor(delta)
    below, above = (Design(0.4, ALPHA, 0.8, 3, floor * by, estimand, goal, 0.3) for by in (0.999, 1.001))
    assert below.achieved(10_000_000, delta) > 0.8 > above.achieved(10_000_000, delta)
    assert below.seeds(delta) is not None
    assert above.seeds(delta) is None


def test_the_least_margin_is_where_the_power_is_reached() -> None:
    margin = Design(0.4, ALPHA, 0.8, 3).least_margin(17, 0.1)
    assert margin is not None
    assert Design(0.4, ALPHA, 0.8, 3, goal=EQUIVALENT, margin=margin).achieved(17, 0.1) == pytest.approx(0.8, rel=1e-9)
