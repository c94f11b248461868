"""What a number of seeds can test, and what single runs can do to its intervals, in words."""

from __future__ import annotations

from analysis.methods.signed_rank_distribution import fewest, runs_at_an_end
from analysis.methods.verdict import FEW
from analysis.wording.phrases import count
from bench.schema.known_metrics import MEAN


def what_can_be_tested(seeds: int, size: int, alpha: float, estimand: str, tasks: int = 1) -> str:
    """Return which difference `seeds` can test in a family of `size` conditions on `tasks`, and what it assumes."""
    family = f"{count(seeds, 'seed')} and {count(size, 'condition')} beside the control"
    family += f" on {count(tasks, 'task')}" if tasks > 1 else ""
    if seeds < FEW:
        return f"With {family} nothing can be tested: a verdict takes {FEW} seeds."
    need = fewest(alpha, size * tasks)
    if estimand == MEAN:
        return f"With {family} the mean difference is tested, assuming normal differences."
    if seeds < need:
        return (
            f"With {family} the mean difference is tested, assuming normal differences: the typical difference takes "
            f"{need} seeds."
        )
    return f"With {family} the typical difference is tested, by an exact interval."


def what_single_runs_can_do(seeds: int, size: int, alpha: float) -> str | None:
    """Return how many bad runs can set an end of an interval of the typical difference; None where there is none."""
    runs = runs_at_an_end(seeds, alpha, size)
    if not runs:
        return None
    more = seeds
    while runs_at_an_end(more, alpha, size) <= runs:
        more += 1
    lone = "1 bad run alone" if runs == 1 else f"{runs} bad runs"
    return (
        f"{lone} can set an end of an interval of the typical difference with {count(seeds, 'seed')}; from {more} "
        f"seeds on it takes {runs_at_an_end(more, alpha, size)}."
    )
