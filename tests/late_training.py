"""How many epochs late test accuracy is the median of, from committed studies: ``python -m tests.late_training``."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analysis.answer.compare import family_of
from analysis.tables.loading import load
from analysis.tables.metric import measure
from analysis.tables.table import Table
from bench.schema.known_metrics import LATE, LATE_EPOCHS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/late-training.md"
COMMAND = f"python -m tests.late_training > {PAGE.relative_to(ROOT)}"

STUDIES = (
    "activations", "book-en", "book-zh-concise", "collapse", "epochs", "noises", "random-labels", "rates-surface",
    "test-time", "training-size", "weight-decay",
)  # fmt: skip
"""The committed studies, without the reference study: it is for what is concluded, not for how it is measured."""

WINDOWS = range(1, 9)
"""Up to the shortest training of these studies."""


@dataclass(frozen=True)
class Cost:
    """What a window of some epochs costs in one study, in percentage points.

    Parameters
    ----------
    sd : float
        Root mean square over conditions of the SD of paired differences from the control.
    lost : float
        Root mean square over conditions, control included, of the level lost against the last epoch alone: the
        median over seeds there less the median of late test accuracy.
    drop : float
        Mean over the same of the level lost.
    """

    sd: float
    lost: float
    drop: float

    @property
    def both(self) -> float:
        """Spread of one pair and level lost, together."""
        return math.hypot(self.sd, self.lost)


def cost(table: Table, window: int) -> Cost:
    """Return what the window costs in the study of a table."""
    plan = table.analysis
    assert plan is not None
    medians, pairs = {}, []
    for epochs in (1, window):
        late = replace(table, late_epochs=epochs)
        arms = measure(late, LATE).arms
        medians[epochs] = np.array([np.median(arms[each].value) for each in arms if each not in table.stays_at_chance])
        pairs = [each.complete for each in family_of(late, LATE, plan.control)]
    variances = [float(np.var(each.differences / each.scale, ddof=1)) for each in pairs]
    lost = 100 * (medians[1] - medians[window])
    return Cost(100 * math.sqrt(np.mean(variances)), math.sqrt(np.mean(lost**2)), float(lost.mean()))


def costs() -> dict[int, list[Cost]]:
    """Return the cost of every window in every study."""
    tables = [load(ROOT / "results" / name) for name in STUDIES]
    return {window: [cost(table, window) for table in tables] for window in WINDOWS}


def against_one(found: dict[int, list[Cost]], window: int, quantity: str) -> float:
    """Return a quantity of a window relative to that of one epoch: the geometric mean over the studies."""
    pairs = zip(found[window], found[1], strict=True)
    return float(np.exp(np.mean([np.log(getattr(mine, quantity) / getattr(one, quantity)) for mine, one in pairs])))


def least(found: dict[int, list[Cost]], quantity: str) -> int:
    """Return the window in which a quantity is least."""
    return min(found, key=lambda window: against_one(found, window, quantity))


def near(found: dict[int, list[Cost]]) -> list[int]:
    """Return the windows in which spread and level lost together come within a tenth of the least."""
    best = against_one(found, least(found, "both"), "both")
    return [window for window in found if against_one(found, window, "both") <= 1.1 * best]


def page() -> str:
    """Return the page."""
    found = costs()
    rows = "\n".join(
        f"| {window} | {against_one(found, window, 'sd'):.2f} | {np.mean([each.drop for each in found[window]]):.2f} "
        f"| {against_one(found, window, 'both'):.2f} |"
        for window in found
    )
    return f"""\
# Late test accuracy

Made by `{COMMAND}`; do not edit. A test compares this page with what that
command writes.

`late_test_accuracy` is the median of a trial's test accuracies over the last E epochs. E is `[analysis] late_epochs`
of the study, or `--late-epochs`; by default it is {LATE_EPOCHS}. Every command that takes `--metric` takes it, and the
report compares it where a results folder has curves.

**What it estimates.** The level of a network late in training, not that of its final weights. With plain SGD at a
constant learning rate the test accuracy of single epochs jumps; the median removes a jump of the last step, so that
fewer seeds show the same difference. A network that is used after its last epoch still has that jump: `test_accuracy`
is the metric for it.

**Where it is biased.** While accuracy still rises, the median lies below the level at the end, the more so the larger E
is. A difference between two conditions is biased only as far as they rise at unequal speed near the end. A run
that collapses within the last epochs may still have a high median; whether it diverged is judged by its last epoch.

**How E was chosen.** On the {len(STUDIES)} committed studies other than the reference study. The SD of paired
differences is divided by that at E = 1; its column has the geometric mean over studies. The level lost is the median
over seeds at the last epoch less that of late test accuracy: the mean over conditions and studies, in percentage
points. The last column combines both: the root of SD² + (level lost)², again relative to E = 1. It is least at
E = {least(found, "both")}; E from {min(near(found))} to {max(near(found))} come within a tenth of that. The SD alone is
least at E = {least(found, "sd")}, at the price of level.

| E | SD of differences, relative | level lost, points | both, relative |
|---:|---:|---:|---:|
{rows}

Studies: {", ".join(f"[{name}](../results/{name}/study.toml)" for name in STUDIES)}.

The counts of test images are kept as whole numbers, doubled where E is even, so that equal medians are ties. A trial
without a curve, or with fewer than E epochs, has no value: it is listed as left out, with the reason. Where no trial
has one, the command stops.
"""


if __name__ == "__main__":
    print(page(), end="")
