"""Regularisers together are autograd's training in the documented order, in float64; and alone what they are stacked.

Every pair that a study may combine is trained twice: by plain SGD, and by one of the other recipes in turn.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from bench.data import DATA_SETS
from bench.data.split import Split
from bench.engines.epochs import run_epochs
from bench.engines.stacked.train import StackedEngine
from bench.record.outcome import Outcome, Score
from bench.record.trials import Recipe
from bench.regularisers import REGULARISERS
from tests.conftest import condition, stack
from tests.oracles.combined import HEIGHT, WIDTH, Setting, Together

RECIPE = Recipe("tiny", 29, 16, (7, 6), "default", 2, 8, 0.3)
"""Three batches of eight and one of five, twice."""
RECIPES = [
    replace(RECIPE, activation="tanh", optimiser="momentum", learning_rate=0.05, schedule="cosine"),
    replace(RECIPE, activation="gelu", normalisation="layer"),
    replace(RECIPE, activation="tanh", normalisation="batch", optimiser="adam", learning_rate=0.01),
    replace(RECIPE, activation="sigmoid", optimiser="adam", learning_rate=0.01, schedule="linear"),
    replace(RECIPE, normalisation="batch", optimiser="momentum", learning_rate=0.05, schedule="linear"),
]
OF_SMALL_IMAGES = {"shift": 1.0, "cutout": 2.0}
"""Strengths of those that would leave nothing of an image of 4 by 3."""


def named(recipe: Recipe) -> str:
    return "-".join((recipe.activation, recipe.normalisation, recipe.optimiser))


KEEPERS = [name for name, record in REGULARISERS.items() if record.keeper]
NOISES = [name for name, record in REGULARISERS.items() if record.hidden]


def setting(*names: str) -> Setting:
    """Return the named regularisers at typical strengths: half of it in the second hidden layer."""
    strengths = {name: OF_SMALL_IMAGES.get(name, REGULARISERS[name].typical) for name in names}
    return {
        name: (strength, strength / 2) if REGULARISERS[name].each == "layer" else (strength,)
        for name, strength in strengths.items()
    }


def may_combine(*names: str) -> bool:
    """Tell whether a study may name them in one condition: one keeper at most."""
    return len(set(names) & set(KEEPERS)) <= 1


PAIRS = [pair for pair in itertools.combinations(REGULARISERS, 2) if may_combine(*pair)]
TRIPLES = [
    ("sam", "dropconnect", "mixup"),
    ("sam", "gradient_clipping", "dropout"),
    ("gradient_clipping", "gradient_noise", "weight_decay"),
    ("weight_decay", "l1", "decoupled_decay"),
    ("decoupled_decay", "gradient_clipping", "max_norm"),
    ("shift", "cutout", "mixup"),
    ("mixup", "label_smoothing", "input_dropout"),
    ("dropout", "test_passes", "ema"),
    ("late_dropout", "early_stopping", "test_passes"),
    ("sam", "max_norm", "swa"),
]
EDGES: list[tuple[dict[str, Any], Setting]] = [
    ({}, {"dropout": (1.0, 0.5), "sam": (0.05,), "gradient_clipping": (0.1,)}),
    ({"normalisation": "batch"}, {"dropout": (0.0, 1.0), "dropconnect": (1.0, 0.5), "test_passes": (2.0,)}),
    ({"normalisation": "layer"}, {"input_dropout": (1.0,), "label_smoothing": (1.0,), "sam": (0.05,)}),
    ({}, {"shift": (5.0,), "cutout": (3.0,), "flip": (1.0,)}),
    ({"batch_size": 1}, {"mixup": (0.05,), "sam": (0.05,), "dropout": (0.5, 0.5)}),
    ({"batch_size": 100}, {"mixup": (8.0,), "sam": (0.05,), "dropout": (0.5, 0.5)}),
    ({"epochs": 5, "schedule": "cosine"}, {"early_dropout": (0.5, 0.2), "linear_dropout": (0.2, 0.5)}),
    ({"epochs": 7, "normalisation": "batch"}, {"swa": (0.35,), "late_dropout": (0.2, 0.5), "test_passes": (2.0,)}),
    ({"epochs": 7, "normalisation": "batch", "learning_rate": 1.0}, {"early_stopping": (1.0,), "dropout": (0.5, 0.0)}),
    ({"hidden": (9,)}, {"dropconnect": (0.3,), "dropout": (0.5,), "max_norm": (0.5,), "gradient_noise": (0.01,)}),
    ({"hidden": (5, 1, 4)}, {"dropconnect": (0.3, 0.2, 0.1), "dropout": (0.5, 0.0, 0.2), "sam": (0.05,)}),
]
"""Ends of ranges, images that are left behind, batches of one and of all, other epochs and depths."""


def every(keeper: str) -> Setting:
    """Return all at once, with one of those that choose the weights; noises that multiply are weaker."""
    all_of_them = setting(*[name for name in REGULARISERS if name == keeper or name not in KEEPERS])
    return all_of_them | dict.fromkeys(NOISES, (0.1, 0.05))


@pytest.fixture(scope="module")
def split() -> Split:
    rng = np.random.default_rng(5)
    kinds = rng.uniform(size=(5, HEIGHT * WIDTH))

    def part(count: int) -> tuple[Tensor, Tensor]:
        labels = rng.integers(0, 5, count)
        return torch.from_numpy((kinds[labels] + rng.uniform(size=(count, HEIGHT * WIDTH))) / 2), torch.from_numpy(
            labels
        )

    return Split(*part(29), *part(16), *part(33), classes=5)


@pytest.fixture(autouse=True)
def tiny_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DATA_SETS, "tiny", replace(DATA_SETS["fashion_mnist_sample"], image=(HEIGHT, WIDTH)))


def trained(recipe: Recipe, split: Split, *settings: Setting) -> tuple[StackedEngine, list[Outcome]]:
    labelled = [condition(str(index), **each) for index, each in enumerate(settings)]
    engine = StackedEngine(stack(*labelled, recipe=recipe), split)
    return engine, run_epochs(engine, recipe.epochs, lambda: None)


def tensors(engine: StackedEngine, network: int) -> list[Tensor]:
    return [each[network].clone() for each in (*engine.hooks.tensors, *engine.evaluation.buffers)]


def scores(outcome: Outcome) -> list[Score]:
    assert outcome.train is not None
    assert outcome.validation is not None
    return [*outcome.running, *outcome.test, outcome.train, outcome.validation]


def assert_near(found: list[Tensor], expected: list[Tensor], tolerance: float) -> None:
    """Assert equality, to `tolerance` of the largest number of each tensor."""
    for one, other in zip(found, expected, strict=True):
        assert (one - other).abs().max() <= tolerance * other.abs().max()


def tolerance_of(recipe: Recipe) -> float:
    """Return how near the numbers must be.

    A batch normalisation takes the biases before it away again: their gradient is rounding, at most 1e-15, which Adam
    divides by its epsilon of 1e-8. Eight steps of 0.01 are then 1e-8 away, of biases and running means from 0.1 on.
    """
    return 1e-7 if recipe.optimiser == "adam" and recipe.normalisation == "batch" else 1e-10


def assert_is_autograds(together: Setting, recipe: Recipe, split: Split) -> None:
    expected, tolerance = Together(together, recipe, split).train(), tolerance_of(recipe)
    engine, (outcome,) = trained(recipe, split, together)
    assert_near(tensors(engine, 0), expected.weights, tolerance)
    with engine.evaluation.weights():
        assert_near(tensors(engine, 0), expected.evaluated, tolerance)
    assert outcome.train is not None
    assert outcome.train.loss == pytest.approx(expected.train, rel=tolerance)
    for losses, scores in ((expected.running, outcome.running), (expected.tests, outcome.test)):
        assert [each.loss for each in scores] == pytest.approx(losses, rel=tolerance)
    for score, hits in zip(outcome.test, expected.hits, strict=True):
        assert torch.equal(score.correct, hits)


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_a_pair_is_autograds(pair: tuple[str, str], split: Split) -> None:
    for recipe in (RECIPE, RECIPES[PAIRS.index(pair) % len(RECIPES)]):
        assert_is_autograds(setting(*pair), recipe, split)


@pytest.mark.slow
@pytest.mark.parametrize("triple", TRIPLES, ids="+".join)
def test_a_triple_is_autograds(triple: tuple[str, ...], split: Split) -> None:
    for recipe in (RECIPE, RECIPES[TRIPLES.index(triple) % len(RECIPES)]):
        assert_is_autograds(setting(*triple), recipe, split)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", [RECIPE, *RECIPES], ids=named)
@pytest.mark.parametrize("keeper", KEEPERS)
def test_all_at_once_are_autograds(keeper: str, recipe: Recipe, split: Split) -> None:
    assert_is_autograds(every(keeper), recipe, split)


@pytest.mark.slow
@pytest.mark.parametrize(("changes", "together"), EDGES, ids=str)
def test_at_the_edges_it_is_autograds(changes: dict[str, Any], together: Setting, split: Split) -> None:
    assert_is_autograds(together, replace(RECIPE, **changes), split)


@pytest.mark.slow
@pytest.mark.parametrize("name", REGULARISERS)
def test_a_pair_is_the_same_alone_and_stacked_with_other_pairs(name: str, split: Split) -> None:
    """To the bit, in float32: the pairs that it is first in, none of them, and all at once."""
    images = {part: getattr(split, part).float() for part in ("train_images", "validation_images", "test_images")}
    single = replace(split, **images)
    pairs = [setting(*pair) for pair in PAIRS if name == pair[0]]
    recipe = [RECIPE, *RECIPES][list(REGULARISERS).index(name) % (1 + len(RECIPES))]
    settings = [{}, *pairs, every("ema"), every("early_stopping")]
    stacked, outcomes = trained(recipe, single, *settings)
    for index, each in enumerate(settings):
        alone, (outcome,) = trained(recipe, single, each)
        assert all(map(torch.equal, tensors(stacked, index), tensors(alone, 0)))
        for one, other in zip(scores(outcome), scores(outcomes[index]), strict=True):
            assert one.loss == other.loss
            assert torch.equal(one.correct, other.correct)
