"""What is there is detected: as often as the exact signed-rank test detects it, and in the reference study too."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

import analysis
from analysis.answer.decision import Decision
from analysis.answer.judgement import judged
from analysis.methods import verdict
from analysis.methods.mean_family import MeanFamily
from analysis.methods.paired_t import Difference
from analysis.methods.typical import Typical
from analysis.tables.pairing import pair
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question
from bench.schema.known_metrics import MEAN, TYPICAL
from tests.statistical.calibration.ledger import Ledger, Power
from tests.statistical.calibration.noise import ALPHA, HEAVY, IMAGES, NORMAL, Noise, generator, ids
from tests.statistical.calibration.populations import REFERENCE, reference

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS = 1_000
FAMILY = ("book", "swapped", "dropout-0.1", "dropout-0.3", "dropout-0.5", "dropout-0.7")
WORSE = "dropout-0.7"
ASKED = Question("score", "control", ALPHA, None, direction="higher")
METHOD = {TYPICAL: "headline, typical difference", MEAN: "headline, mean difference"}


@dataclass(frozen=True, kw_only=True)
class Both(Difference, Typical, MeanFamily):
    """What the headlines of both estimands are made of, and no more."""


def decided(differences: np.ndarray, k: int, scale: int | None = None) -> dict[str, str | None]:
    """Return the verdict of each estimand on condition k of one study, `differences` [n, K]."""
    n, against = len(differences), {}
    for each, own in enumerate(differences.T):
        pairs = pair((f"c{each}", "control"), np.arange(n), own, np.zeros(n, own.dtype), scale)
        against[f"c{each}"] = Arms(pairs, None, pairs, (), (), (), (0, 0))
    results, _ = judged(Both, against, ASKED, frozenset(), None, n)
    found = results[f"c{k}"]
    return {TYPICAL: found[Typical].verdict_typical, MEAN: found[Decision].verdict}


@pytest.mark.parametrize("conditions", [1, 3])
@pytest.mark.parametrize("n", [10, 16, 30])
@pytest.mark.parametrize("noise", [NORMAL, HEAVY], ids=ids)
def test_a_shift_is_detected_as_by_the_exact_test(noise: Noise, n: int, conditions: int, ledger: Ledger) -> None:
    """One standard deviation of a difference; by scipy's signed-rank test at alpha / K, study by study."""
    rng = generator("power", noise.name, n, conditions)
    spread = noise.sd * (2**0.5 if conditions > 1 else 1)
    studies = noise.draw(rng, (RUNS, n, 1)) if conditions == 1 else noise.against_control(rng, RUNS, n, conditions)
    studies[:, :, 0] += spread
    exact = stats.wilcoxon(studies[:, :, 0], axis=1, method="exact").pvalue <= ALPHA / conditions
    words = [decided(study, 0) for study in studies]
    found = {each: np.array([word[each] == verdict.SUPERIOR for word in words]) for each in METHOD}
    above = np.median(studies[:, :, 0], axis=1) > 0
    assert (found[TYPICAL] == (exact & above)).all()
    assert found[TYPICAL].mean() > 0.3
    data = f"{noise.name}, {conditions} condition{'s' if conditions > 1 else ''}, one SD"
    ledger.detected(
        [Power(METHOD[each], data, n, int(found[each].sum()), int((exact & above).sum()), RUNS) for each in METHOD]
    )


def test_the_reference_study_is_decided() -> None:
    assert analysis.compare(analysis.load(REFERENCE), "test_accuracy", "none").effects[WORSE].headline.verdict == (
        verdict.INFERIOR
    )


def test_studies_of_30_of_its_seeds_are_decided_more_often_than_by_the_mean(ledger: Ledger) -> None:
    """Seeds drawn with replacement from its 100, all six conditions judged."""
    runs, n = 1_000, 30
    rng, seeds = generator("power", "reference"), reference(FAMILY)
    found: Counter[str] = Counter()
    for rows in rng.integers(0, len(seeds), (runs, n)):
        words = decided(seeds[rows], FAMILY.index(WORSE), IMAGES)
        found.update({each: word == verdict.INFERIOR for each, word in words.items()})
    error = math.sqrt(2 * 0.25 / runs)
    assert (found[TYPICAL] - found[MEAN]) / runs > 5 * error
    assert found[TYPICAL] > runs / 2
    data = f"reference study, seeds drawn again, {len(FAMILY)} conditions: {WORSE}"
    ledger.detected([Power(METHOD[each], data, n, found[each], None, runs) for each in METHOD])
