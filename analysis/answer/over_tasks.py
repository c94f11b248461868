"""The answer over several tasks: one object that tables and sentences are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.answer.comparison import Comparison
from analysis.answer.directed import Directed
from analysis.base.records import Record, to_json
from analysis.methods.new_tasks import NewTasks
from analysis.methods.omnibus import Omnibus
from analysis.methods.ranks_over_tasks import PairOverTasks
from analysis.methods.scores_over_tasks import BOOTSTRAP_SEED, RESAMPLES, ScoresOverTasks
from analysis.methods.sign_flip import EXACT_UP_TO, FLIP_SEED, RANDOM_FLIPS
from analysis.methods.these_tasks import TheseTasks

TASKS = "tasks"
"""The scope where the task is the unit: a task with too few seeds for an interval counts as one value."""

OF_A_TASK = (
    "n_seeds",
    "estimand",
    "blocks",
    "comparisons",
    "divergence",
    "bad_endings",
    "conditions",
    "dropped",
    "warnings",
)
"""Keys of a comparison that each task has."""


@dataclass(frozen=True, kw_only=True)
class AcrossTasks(Record):
    """One condition against the control over tasks.

    Parameters
    ----------
    condition : str
    n_tasks : int
        Tasks that have the condition.
    scope : str or None
        ``seeds_and_images`` where the images of every task are known, ``seeds_and_groups`` where those of every task
        lie in groups, ``seeds_and_images_or_groups`` where those of some do, else ``seeds``, or ``splits`` of the data
        of each task: what varies within a task; ``tasks`` where seeds are too few for that, and new tasks alone are
        spoken of.
        None where nothing is shown.
    these : TheseTasks
        On average over these very tasks.
    new : NewTasks
        Over tasks of this kind, of which these are a sample.
    p_wilcoxon : float or None
        Two-sided p of the signed ranks of the tasks' estimates, unadjusted.
    """

    condition: str
    n_tasks: int
    scope: str | None
    these: TheseTasks
    new: NewTasks
    p_wilcoxon: float | None = None


@dataclass(frozen=True, kw_only=True)
class ComparisonOverTasks(Directed):
    """Every condition against the control on several tasks, and over them, on one metric.

    Parameters
    ----------
    metric, control : str
    alpha : float
        Error rate of the family of conditions over tasks, and of that of conditions and tasks on each task.
    margin : float or None
        Smallest difference that matters: in the metric's own unit, on the scale log-ratio a ratio minus 1.
    bad_ending, role
        As a comparison has them.
    estimand : str
        The centre of the differences that leads, on every task.
    scale : {"raw", "log-ratio"}
        Whether differences are of values, or of their logarithms.
    n_seeds : int
        Seeds of the task that has fewest.
    warnings : tuple of str
        What a reader must know, of tasks and over them.
    tasks : mapping of task to Comparison
    across : mapping of condition to AcrossTasks
        Every condition but the control and the negative controls.
    scores : tuple of ScoresOverTasks
    pairs : tuple of PairOverTasks
    """

    metric: str
    control: str
    alpha: float
    margin: float | None
    bad_ending: float | None
    role: str | None
    estimand: str
    scale: str
    n_seeds: int
    warnings: tuple[str, ...]
    tasks: Mapping[str, Comparison]
    across: Mapping[str, AcrossTasks]
    scores: tuple[ScoresOverTasks, ...]
    pairs: tuple[PairOverTasks, ...]
    example: str = "image"

    def __repr__(self) -> str:
        return (
            f"<Comparison of {', '.join(self.across) or 'no condition'} with {self.control} on {self.metric} over "
            f"{len(self.tasks)} tasks: alpha {self.alpha:g}, margin {self.margin}>"
        )

    @property
    def of_splits(self) -> bool:
        """Whether the blocks of a task are splits of one data set."""
        return any(not each.unit.independent for each in self.tasks.values())

    def to_json(self) -> dict[str, Any]:
        """Return the object of the results contract; what belongs to a task is in its object of ``tasks``."""
        keys = ("metric", "control", "alpha", "margin", "bad_ending", "direction", "lower_is_better", "role", "n_seeds")
        each = {name: whole.to_json() for name, whole in self.tasks.items()}
        return {
            **{key: getattr(self, key) for key in keys},
            "estimand": self.estimand,
            "scale": self.scale,
            "test_fraction": next((each.test_fraction for each in self.tasks.values()), None),
            "random_flips": {"number": RANDOM_FLIPS, "seed": FLIP_SEED, "exact_up_to": EXACT_UP_TO},
            "bootstrap": {"resamples": RESAMPLES, "seed": BOOTSTRAP_SEED},
            "dropped": [{"task": name, **row} for name, found in each.items() for row in found["dropped"]],
            "warnings": to_json(self.warnings),
            "omnibus": to_json(Omnibus()),
            "dose_response": None,
            "selection": None,
            "comparisons": [],
            "divergence": [],
            "bad_endings": [],
            "conditions": [],
            "tasks": [{"task": name} | {key: found[key] for key in OF_A_TASK} for name, found in each.items()],
            "across_tasks": to_json(list(self.across.values())),
            "scores": to_json(self.scores),
            "pairs": to_json(self.pairs),
        }
