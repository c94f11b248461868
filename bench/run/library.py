"""The choice of the library that multiplies, for the trials of a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bench.base import multiplying
from bench.base.libraries import held_back
from bench.base.matrix_products import USUAL
from bench.data import DATA_SETS
from bench.record.experiment import Experiment
from bench.record.origins import present
from bench.record.trials import Trial
from bench.schema import Arithmetic


def choose_library(trials: Iterable[Trial], made_with: Iterable[Arithmetic] = ()) -> list[str]:
    """Let this process multiply by what is fastest here for these trials; by numpy where they take but a minute.

    Give all trials of a study, done or not, and what those that are done were made with: a run that goes on with a
    study multiplies as the one before, and so does a second runner, however busy the machine is while it measures.
    Returns sentences on what multiplies instead of numpy, and on what may hold the products back, where it matters.
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
    if not is_worth_it:
        multiplying.use({})
        return []
    multiplying.use(multiplying.fastest(rows, _known(made_with)))
    said = {"warning": held_back(), "note": _others()}
    return [f"{kind}: {each}" for kind, each in said.items() if each]


def _known(made_with: Iterable[Arithmetic]) -> multiplying.Chosen:
    """Return what was chosen before where numbers were computed as here."""
    here, known = present(), {}
    for made in made_with:
        if made.by_numpy == here:
            for layer, library in made.layers:
                known.setdefault(layer, library)
    return known


def _others() -> str | None:
    """Return a sentence on the layers that numpy does not multiply, None where it does all."""
    found = [
        f"{inputs} x {outputs} by {library}"
        for (inputs, outputs), library in multiplying.chosen().items()
        if library != USUAL
    ]
    return f"faster here than numpy, and chosen: layers of {', '.join(found)}" if found else None
