"""What the seeds of a study can test, said before the first trial."""

from __future__ import annotations

from pathlib import Path

from analysis.base.errors import TableError
from analysis.base.files import FIGURES
from analysis.methods.verdict import FEW
from analysis.wording.phrases import count
from analysis.wording.seeds import (
    least_differences,
    what_can_be_tested,
    what_is_found,
    what_single_runs_can_do,
    what_splits_can_test,
)
from analysis.wording.units import unit_of
from bench.base.errors import UsageError
from bench.schema.known_metrics import MEAN, TYPICAL
from bench.study.study import Study


def reach(study: Study, tasks: int = 1) -> list[str]:
    """Return which difference the planned seeds can test, and what single runs can do to its intervals.

    `tasks` is on how many the same conditions are compared: all comparisons are one family.
    Nothing for a study with only its control, and for one whose seeds are added until it is decided.
    """
    plan, size = study.analysis, _compared(study)
    if not size or plan.until is not None:
        return []
    seeds, estimand = len(study.seeds), plan.estimand or MEAN
    if plan.test_fraction is not None:
        return [what_splits_can_test(seeds, plan.test_fraction)]
    said = [what_can_be_tested(seeds, size, plan.alpha, estimand, tasks)]
    alone = what_single_runs_can_do(seeds, size * tasks, plan.alpha) if estimand == TYPICAL else None
    return said if alone is None else [*said, alone]


def found(study: Study, tasks: int = 1) -> str:
    """Return the table of what the planned seeds find, and more of them; nothing where `reach` has nothing to say."""
    plan, size = study.analysis, _compared(study)
    if not size or plan.until is not None or plan.test_fraction is not None:
        return ""
    margin = None if plan.margin is None else (plan.primary, plan.margin)
    return what_is_found(len(study.seeds), size * tasks, plan.alpha, plan.estimand or MEAN, margin)


def check_figure(file: Path) -> None:
    """Raise UsageError unless a figure can be written to a file of this name."""
    if file.suffix.lower() not in FIGURES:
        raise UsageError(f"--figure is {file}; allowed: a name that ends in {', '.join(FIGURES)}")


def draw(study: Study, tasks: int, file: Path) -> str:
    """Draw the power of a study by its number of seeds, at the spreads of the table; return what the marks mean.

    Raises
    ------
    UsageError
        The study has no margin or no fixed number of seeds, nothing can be shown, or the file cannot be written.
    """
    from analysis.answer.out_of_reach import POWER  # noqa: PLC0415 - drawing is slow to import
    from analysis.answer.power_curves import MOST_SEEDS, curves_of_spreads, typical_from  # noqa: PLC0415
    from analysis.figures.power_curves import of_study  # noqa: PLC0415
    from analysis.figures.power_file import write  # noqa: PLC0415
    from analysis.methods.power import Design  # noqa: PLC0415

    plan, size, seeds = study.analysis, _compared(study) * tasks, len(study.seeds)
    if plan.margin is None:
        raise UsageError("--figure is of the margin: set margin in [analysis]")
    if plan.until is not None or plan.test_fraction is not None:
        raise UsageError("--figure is of a fixed number of independent seeds; this study has until or test_fraction")
    estimand, unit = plan.estimand or MEAN, unit_of(plan.primary)
    if not FEW <= seeds <= MOST_SEEDS:
        raise UsageError(f"--figure shows {FEW} to {MOST_SEEDS:,} seeds; this study has {seeds:,}")
    least = least_differences(seeds, size, plan.alpha, estimand) if size else {}
    margin = unit.scale * plan.margin
    spreads = {
        f"SD {margin / each:.3g} {unit.difference}".rstrip(): margin / each
        for n, each in least.items()
        if n <= MOST_SEEDS
    }
    if not spreads:
        raise UsageError(f"--figure has nothing to show of {count(seeds, 'seed')} and {count(size, 'comparison')}")
    asked = Design(1.0, plan.alpha, POWER, size, estimand=estimand)
    plot, curves = of_study(unit.difference, typical_from(asked)), curves_of_spreads(asked, spreads, margin, seeds)
    try:
        return write(plot, curves, file)
    except TableError as error:
        raise UsageError(str(error)) from error


def _compared(study: Study) -> int:
    """Return how many conditions are compared with the control."""
    return sum(not each.stays_at_chance and each.label != study.analysis.control for each in study.conditions)
