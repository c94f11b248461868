"""What a number of seeds can test, and what single runs can do to its intervals, in words."""

from __future__ import annotations

from analysis.methods.signed_rank_distribution import fewest, runs_at_an_end
from analysis.methods.verdict import FEW
from analysis.wording.number_format import exact
from analysis.wording.phrases import count
from analysis.wording.units import plain, unit_of
from bench.schema.known_metrics import MEAN

TIMES = (1, 2, 4, 8)
"""How many times the seeds of a study are looked at for what they would find."""


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


def what_splits_can_test(splits: int, fraction: float) -> str:
    """Return what seeds that are splits of one data set can test, each holding out `fraction` of the examples."""
    return (
        f"The {count(splits, 'seed')} are splits of one data set, which share training data: the mean difference is "
        f"tested by Nadeau and Bengio's approximate test for splits that hold out {fraction:g} of the examples."
    )


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


def what_is_found(seeds: int, size: int, alpha: float, estimand: str, margin: tuple[str, float] | None) -> str:
    """Return as a table which true difference more and more seeds find on one test set.

    Nothing is known of the spread yet, so differences are in its units.

    Parameters
    ----------
    seeds : int
        Those planned, from which the table goes up.
    size : int
        Comparisons that are one family.
    alpha : float
    estimand : str
    margin : (str, float), optional
        Metric, and the smallest difference of it that matters: the table then says at which spread it is found.
    """
    from analysis.answer.out_of_reach import POWER  # noqa: PLC0415 - scipy's functions take a fifth of a second

    found = least_differences(seeds, size, alpha, estimand)
    lines = [f"  {n:>7,}  {least:>4.2f} SD{_hence(margin, least)}" for n, least in found.items()]
    if not lines:
        return ""
    also = "" if margin is None else ", and the largest SD at which they find the margin"
    head = (
        f"True difference that seeds find with {exact(100 * POWER):g}% power on this test set, in standard deviations "
        f"(SD) of the paired differences{also}:"
    )
    return "\n".join([head, *lines])


def least_differences(seeds: int, size: int, alpha: float, estimand: str) -> dict[int, float]:
    """Return, for the seeds planned and multiples of them, the true difference that is found, in SD of the differences.

    Numbers of seeds with which none is found are left out.
    """
    from analysis.answer.out_of_reach import POWER  # noqa: PLC0415 - as above
    from analysis.methods.power import Design  # noqa: PLC0415

    found = {}
    for n in (times * seeds for times in TIMES):
        leading = estimand if n >= fewest(alpha, size) else MEAN
        least = Design(1.0, alpha, POWER, size, estimand=leading).detectable(n) if n >= FEW else None
        if least is not None:
            found[n] = least
    return found


def _hence(margin: tuple[str, float] | None, least: float) -> str:
    """Return the largest standard deviation at which a margin is found."""
    if margin is None:
        return ""
    unit = unit_of(margin[0])
    return f"  {plain(unit.scale * margin[1] / least, unit.digits + 1)} {unit.difference}".rstrip()
