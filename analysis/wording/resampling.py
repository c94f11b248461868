"""How often intervals miss on resampled seeds, in words."""

from __future__ import annotations

from analysis.methods.resampling import RESAMPLES, Resampled
from analysis.wording.number_format import level
from bench.schema.known_metrics import MEAN, TYPICAL

NAMES = {TYPICAL: "typical difference", MEAN: "mean difference"}
HOLDS, DOES_NOT_HOLD, NOT_KNOWN = "holds", "does not hold", "not known"


def outcome(found: Resampled) -> str:
    """Return whether the intervals hold, in a word or three."""
    return {True: HOLDS, False: DOES_NOT_HOLD, None: NOT_KNOWN}[found.holds]


def does_not_hold(found: Resampled) -> str | None:
    """Return the sentence for intervals that miss too often; None where they do not."""
    if found.holds is not False or found.achieved is None:
        return None
    return (
        f"The {level(found.nominal)} level of the intervals of the {NAMES[found.estimand]} does not hold on data like "
        f"these: an interval misses in {100 * found.achieved:.0f}% of {RESAMPLES:,} studies of {found.n} resampled "
        "seeds."
    )
