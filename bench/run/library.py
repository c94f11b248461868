"""The choice of the library that multiplies, for the trials of a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bench.base import multiplying
from bench.base.libraries import held_back
from bench.data import DATA_SETS
from bench.record.experiment import Experiment
from bench.record.trials import Trial


def choose_library(trials: Iterable[Trial]) -> str | None:
    """Let this process multiply by what is fastest here for these trials; by numpy where they take but a minute.

    Give all trials of a study, done or not: a run that goes on with it is to choose as the first one did. Returns a
    sentence on what may hold the products back, where it matters.
    """
    work: Counter[tuple[int, ...]] = Counter()
    rows: dict[tuple[int, ...], int] = {}
    for trial in trials:
        recipe = trial.recipe
        if isinstance(recipe, Experiment) or (trial.device, trial.precision) != ("cpu", "float32"):
            continue
        data_set = DATA_SETS[recipe.data]
        sizes = (data_set.pixels, *recipe.hidden, data_set.classes)
        work[sizes] += recipe.epochs * recipe.train_size
        rows.setdefault(sizes, recipe.batch_size)
    is_worth_it = multiplying.is_worth_it(work)
    multiplying.use(multiplying.fastest(rows) if is_worth_it else {})
    return held_back() if is_worth_it else None
