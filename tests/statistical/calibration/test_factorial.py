"""Main effects, interactions and collapses: where there is none, one is claimed no more often than promised."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from analysis.factorial.analyse import tests_of as effect_tests
from analysis.factorial.blocks import Blocks, contrasted
from analysis.factorial.contrasts import Effect, effects
from analysis.factorial.design import Crossing
from analysis.factorial.factors import Factor
from analysis.factorial.slopes import Scores, slope
from analysis.methods import sign_flip
from analysis.methods.multiplicity import max_t
from analysis.methods.paired_t import p_t
from analysis.methods.simultaneous import intervals
from analysis.methods.survival import Followed, survival
from analysis.tables.metric import Arm
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import (
    ALPHA,
    FEWER_FLIPS,
    NORMAL,
    SIZES,
    SYMMETRIC,
    Noise,
    generator,
    ids,
    misses,
    rejects,
)  # fmt: skip

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS = 1_000
LEAST = 2 / 64
"""Error rate of families of normal contrasts in which nothing is: that of flips of 6 seeds; the others come to more."""
LEVELS = ((0.0, 1.0), (0.0, 0.1, 0.5))
CROSSING = Crossing(
    tuple(Factor(name, (name,), levels) for name, levels in zip("ab", LEVELS, strict=True)),
    tuple(f"c{cell}" for cell in range(6)), (), (),
)  # fmt: skip
EFFECTS = effects(CROSSING)
SPREAD = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 6.0])
"""Standard deviations of cells that differ: what epsilon is for."""
STRONG = 3.0
"""The main effect of the first factor where there is one, in standard errors of a cell."""


@pytest.fixture(autouse=True)
def fewer_flips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_flip, "RANDOM_FLIPS", FEWER_FLIPS)


def blocks(noise: Noise, values: np.ndarray) -> Blocks:
    """Return `values` [n, cells], whole numbers where the noise is, as complete blocks."""
    seeds, never = np.arange(len(values)), np.zeros(len(values), bool)
    counts = values.astype(np.int64)
    arms = tuple(
        Arm(seeds, column * noise.unit, whole, never) for column, whole in zip(values.T, counts.T, strict=True)
    )
    return Blocks(CROSSING.cells, arms, arms, noise.scale, None, False, (), (), {})


@pytest.mark.parametrize("true_effect", [False, True])
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("noise", SYMMETRIC, ids=ids)
def test_of_the_effects(noise: Noise, n: int, true_effect: bool, ledger: Ledger) -> None:
    """Two levels crossed with three; seeds have levels of their own; the first factor has an effect, or none has."""
    rng = generator("factorial", noise.name, n, true_effect)
    shift = np.repeat([0.0, noise.whole(STRONG * noise.sd / n**0.5) if true_effect else 0.0], 3)
    studies = noise.draw(rng, (RUNS, n, 6)) + noise.whole(4 * noise.sd) * np.rint(rng.normal(size=(RUNS, n, 1))) + shift
    found: Counter[str] = Counter()
    for values in studies:
        found.update(wrong(noise, blocks(noise, values), shift[-1] * noise.unit))
    data = f"{noise.name}, 2 x 3 cells" + (", one main effect" if true_effect else "")
    least = LEAST if noise is NORMAL and not true_effect else 0.0
    ledger.check(
        [
            Rate("max-t over effects", "any effect that is not there has p <= 0.05", data, n, ALPHA, found["max-t"],
                 RUNS, least=least),
            Rate("simultaneous intervals of effects", "any misses its effect", data, n, ALPHA, found["intervals"],
                 RUNS, least=least),
            Rate("contrast of an interaction, t", "it is not there, p <= 0.05", data, n, ALPHA, found["t"], RUNS,
                 least=least),
            Rate("F of an interaction, by Greenhouse and Geisser", "it is not there, p <= 0.05", data, n, ALPHA,
                 found["F"], RUNS),
            Rate("the same, by Holm over effects", "any effect that is not there has p <= 0.05", data, n, ALPHA,
                 found["Holm"], RUNS),
        ]
    )  # fmt: skip


def wrong(noise: Noise, held: Blocks, truth: float) -> dict[str, bool]:
    """Return which methods err on one study whose first main effect is `truth`."""
    family = [contrasted(held, each).complete for each in EFFECTS]
    null = {pairs.condition for pairs in family if truth == 0 or pairs.condition != "a"}
    by_flips, ends, tests = max_t(family), intervals(family, ALPHA), effect_tests(EFFECTS, held.values, ALPHA)
    means = {pairs.condition: truth if pairs.condition == "a" else 0.0 for pairs in family}
    low, high = "ci_low_simultaneous", "ci_high_simultaneous"
    return {
        "max-t": any(rejects(by_flips[label].result.p_max_t, ALPHA) for label in null),
        "intervals": any(misses(ends[label].result, low, high, mean) for label, mean in means.items()),
        "t": family[-1].varies and rejects(p_t(family[-1]), ALPHA),
        "F": rejects(tests[-1].p_gg, ALPHA),
        "Holm": any(
            rejects(test.p_holm, ALPHA) for each, test in zip(EFFECTS, tests, strict=True) if each.name in null
        ),
    }


@pytest.mark.parametrize("scores", ["raw", "log", "rank"])
@pytest.mark.parametrize("n", SIZES)
def test_of_slopes(n: int, scores: Scores, ledger: Ledger) -> None:
    """Level means on a line over the scores; seeds have levels and slopes of their own, and levels unlike spread."""
    rng, levels = generator("slopes", n, scores), np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    x = {"raw": levels, "log": np.log(levels), "rank": np.arange(5.0)}[scores]
    missed = rejected = 0
    for _ in range(2 * RUNS):
        own = 1 + 0.3 * rng.standard_normal((n, 1))
        values = own * x + 5 * rng.standard_normal((n, 1)) + np.array([1, 1, 2, 1, 3]) * rng.standard_normal((n, 5))
        found = slope(list(levels), values, scores, ALPHA)
        missed += misses(found, "slope_low", "slope_high", 1.0)
        rejected += rejects(found.lack_of_fit_p, ALPHA)
    data = f"normal, slopes differ by seed, {scores} scores"
    least = 0.8 * ALPHA
    ledger.check(
        [
            Rate("slope of 5 levels, t interval", "misses it", data, n, ALPHA, missed, 2 * RUNS, least=least),
            Rate("lack of fit of a line", "it fits, p <= 0.05", data, n, ALPHA, rejected, 2 * RUNS, least=least),
        ]
    )


@pytest.mark.parametrize("n", SIZES)
def test_of_f_where_cells_differ_in_spread(n: int, ledger: Ledger) -> None:
    """One cell is six times as noisy: the plain F errs, and Greenhouse and Geisser's degrees of freedom mend it."""
    rng, effect = generator("factorial", "spread", n), EFFECTS[-1]
    found: Counter[str] = Counter()
    for values in rng.standard_normal((RUNS, n, 6)) * SPREAD:
        (test,) = effect_tests((effect,), values, ALPHA)
        found.update({key: rejects(getattr(test, key), ALPHA) for key in ("p", "p_gg")})
    data, why = "normal, one cell six times as noisy", "shown for contrast: the report tells the other"
    ledger.check(
        [
            Rate("F of an interaction, by Greenhouse and Geisser", "it is not there, p <= 0.05", data, n, ALPHA,
                 found["p_gg"], RUNS),
            Rate("F of an interaction, plain", "it is not there, p <= 0.05", data, n, ALPHA, found["p"], RUNS,
                 most=0.15, least=ALPHA, why=why),
        ]
    )  # fmt: skip


@pytest.mark.parametrize("n", SIZES)
def test_of_collapses_within_seeds(n: int, ledger: Ledger) -> None:
    """Seeds differ in how frail they are; three conditions are alike."""
    rng, found = generator("collapses", n), Counter()
    for _ in range(RUNS):
        frail = rng.beta(0.5, 2.0, size=(n, 1)).repeat(3, axis=1)
        epochs = rng.geometric(np.clip(frail, 1e-6, 1.0) * 0.3)
        trials = [
            Followed("nab"[arm], seed, int(min(epochs[seed, arm], 10)), bool(epochs[seed, arm] <= 10))
            for seed in range(n)
            for arm in range(3)
        ]
        told = survival(trials, ["n", "a", "b"], "n", ALPHA)
        if told is not None:
            curves = [told.of(label) for label in "ab"]
            found["one"] += rejects(curves[0].p_log_rank, ALPHA)
            found["any"] += any(rejects(each.p_log_rank_holm, ALPHA) for each in curves)
    data = "frailty by seed, three conditions alike"
    ledger.check(
        [
            Rate("log-rank scores within seeds", "nothing differs, p <= 0.05", data, n, ALPHA, found["one"], RUNS),
            Rate("the same, by Holm", "any p <= 0.05", data, n, ALPHA, found["any"], RUNS),
        ]
    )


def test_every_effect_is_tried() -> None:
    assert [(each.name, each.df) for each in EFFECTS] == [("a", 1), ("b", 2), ("a × b", 2)]
    assert all(isinstance(each, Effect) and each.weights for each in EFFECTS)
