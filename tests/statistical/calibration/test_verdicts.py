"""The verdict that a comparison is told by is wrong no more often than promised, over seeds and over images too."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pytest

from analysis.answer.headline import SEEDS, SEEDS_AND_IMAGES, Headline
from analysis.answer.judgement import judged
from analysis.methods import verdict
from analysis.methods.mean_family import MeanFamily
from analysis.methods.paired_t import Difference
from analysis.methods.typical import Typical
from analysis.tables.images import Images
from analysis.tables.pairing import pair
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question
from bench.schema.known_metrics import ESTIMANDS
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import ALPHA, generator

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS, CONDITIONS, IMAGES = 1_000, 3, 400
MARGIN = 0.05
ASKED = Question("test_accuracy", "control", ALPHA, MARGIN, direction="higher")
BY_SEED, BY_IMAGE = 0.01, 0.12
"""Standard deviation over seeds, and over images, of the difference in the probability of being right."""

CLAIMED = {
    verdict.SUPERIOR: (MARGIN, math.inf),
    verdict.POSITIVE_BUT_NEGLIGIBLE: (0.0, MARGIN),
    verdict.POSITIVE_UNCLEAR: (0.0, math.inf),
    verdict.EQUIVALENT: (-MARGIN, MARGIN),
    verdict.NEGATIVE_UNCLEAR: (-math.inf, 0.0),
    verdict.NEGATIVE_BUT_NEGLIGIBLE: (-MARGIN, 0.0),
    verdict.INFERIOR: (-math.inf, -MARGIN),
}
"""Between what a verdict says that the difference lies."""

SMALL = (verdict.EQUIVALENT, verdict.POSITIVE_BUT_NEGLIGIBLE, verdict.NEGATIVE_BUT_NEGLIGIBLE)


@dataclass(frozen=True, kw_only=True)
class Decided(Difference, Typical, MeanFamily):
    """What a verdict needs, and no more: no tests of single comparisons that no verdict reads."""


def study(rng: np.random.Generator, n: int, truth: float, scope: str) -> tuple[dict[str, Arms], Images]:
    """Return a study in which the true difference of every condition is `truth`.

    A trial is right at an image where the image's uniform number at that seed, which all conditions share, is below
    the image's probability, so that no probability is ever cut off. Over new images the truth is their mean over all
    images there are; over seeds alone, that over the images at hand.
    """
    uniform = rng.random((n, IMAGES))
    easy = rng.uniform(0.3, 0.7, IMAGES)
    right = {"control": uniform < easy}
    for k in range(CONDITIONS):
        by_image = BY_IMAGE * rng.choice([-1.0, 1.0], IMAGES)
        if scope == SEEDS:
            by_image -= by_image.mean()
        by_seed = np.clip(BY_SEED * rng.standard_normal((n, 1)), -3 * BY_SEED, 3 * BY_SEED)
        right[f"c{k}"] = uniform < easy + truth + by_image + by_seed
    packed = {
        (label, seed): row.tobytes()
        for label, rows in right.items()
        for seed, row in enumerate(np.packbits(rows, axis=1))
    }
    counts = {label: rows.sum(axis=1) for label, rows in right.items()}
    against = {}
    for label in (each for each in counts if each != "control"):
        pairs = pair((label, "control"), range(n), counts[label], counts["control"], IMAGES)
        against[label] = Arms(pairs, None, pairs, (), (), (), (0, 0))
    return against, Images(packed, IMAGES, None)


@pytest.mark.parametrize("n", [10, 30])
@pytest.mark.parametrize("scope", [SEEDS, SEEDS_AND_IMAGES])
@pytest.mark.parametrize("truth", [0.0, MARGIN])
@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_of_the_headline(estimand: str, truth: float, scope: str, n: int, ledger: Ledger) -> None:
    rng, asked = generator("verdict", truth, scope, n), replace(ASKED, estimand=estimand)
    wrong: Counter[str] = Counter()
    for _ in range(RUNS):
        against, images = study(rng, n, truth, scope)
        results, _ = judged(Decided, against, asked, frozenset(), images if scope == SEEDS_AND_IMAGES else None, n)
        headlines = [each[Headline] for each in results.values()]
        assert {(each.estimand, each.scope) for each in headlines} == {(estimand, scope)}
        told = {each.verdict for each in headlines}
        errors = {each for each in told if each in CLAIMED and not CLAIMED[each][0] < truth < CLAIMED[each][1]}
        wrong.update({"any": bool(errors), "small": bool(errors & set(SMALL)), "large": verdict.SUPERIOR in errors})
    method = f"headline verdict, {estimand} difference, over {scope.replace('_', ' ')}"
    data = f"{CONDITIONS} conditions, bits of {IMAGES} images"
    if truth == 0:
        ledger.check([Rate(method, "nothing differs: any is claimed to", data, n, ALPHA, wrong["any"], RUNS)])
        return
    ledger.check(
        [
            Rate(method, "at the margin: any is called superior", data, n, ALPHA / 2, wrong["large"], RUNS),
            Rate(method, "at the margin: any is called equivalent or negligible", data, n, ALPHA, wrong["small"], RUNS),
        ]
    )
