"""Whether a way to pair takes more seeds than another: by the interval, never by the estimate alone."""

from __future__ import annotations

import pytest

from analysis.factorial.result import HeldAt
from analysis.factorial.worth_by_level import WorthByLevel
from analysis.wording.pairing import names, seeds_beside

AT = (HeldAt(factor="seeding", level="manual_seed"), HeldAt(factor="learning_rate", level=0.1))


def worth(needed: float | None = None, low: float | None = None, high: float | None = None) -> WorthByLevel:
    return WorthByLevel(n=40, at=AT, reference="streams", seeds_needed=needed, seeds_needed_low=low,
                        seeds_needed_high=high)  # fmt: skip


@pytest.mark.parametrize(
    ("needed", "verdict"),
    [((5.6, 2.5, 12.9), "More seeds"), ((0.5, 0.3, 0.8), "Fewer seeds"), ((5.6, 0.9, 30.0), "Undecided"),
     ((0.5, 0.3, 1.2), "Undecided")],
)  # fmt: skip
def test_the_verdict_is_that_of_the_interval(needed, verdict):
    said = seeds_beside(worth(*needed), "streams", 0.05)
    assert said == (
        f"{verdict} at learning rate 0.1: “manual_seed” takes {needed[0]:.1f} times the seeds of “streams” (95% CI "
        f"{needed[1]:.1f} to {needed[2]:.1f}; 40 pairs)."
    )


def test_without_an_interval_nothing_is_claimed():
    assert seeds_beside(worth(2.0), "streams", 0.05).startswith("Not known at learning rate 0.1")
    assert names(worth()) == ("manual_seed", "learning rate 0.1")
