"""scikit-learn: every random state of an estimator, nested ones and those of splitters too, from a trial's streams."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.adapters import library
from bench.engines.own.streams import seed_of
from bench.engines.own.trial import Trial

clone = library("sklearn.base", extra="sklearn").clone


def seeded(trial: Trial, estimator: Any, stream: str = "init") -> Any:
    """Return a clone whose every ``random_state`` is an integer of its own, made of stream and parameter path.

    A splitter among the parameters (``cv=KFold(shuffle=True)``), which scikit-learn does not look into, gets one of
    the stream ``order``. Random states that the estimator has are replaced.
    """
    made = clone(estimator)
    for path, value in made.get_params(deep=True).items():
        if path.rpartition("__")[2] == "random_state":
            made.set_params(**{path: random_state(trial, stream, path)})
        elif hasattr(value, "random_state") and not hasattr(value, "get_params"):
            value.random_state = random_state(trial, "order", path)
    return made


def random_state(trial: Trial, stream: str, name: str = "") -> int:
    """Return an integer below 2^32 of a stream, another for each name: ``train_test_split(random_state=...)``."""
    entropy = [seed_of(trial.seeds, trial.seed, stream, 0), *name.encode()]
    return int(np.random.SeedSequence(entropy).generate_state(1)[0])
