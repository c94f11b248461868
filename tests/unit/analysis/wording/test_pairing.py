"""Whether a way to pair takes more seeds than another: by the interval, never by the estimate alone."""

from __future__ import annotations

import pytest

from analysis.factorial.result import HeldAt
from analysis.factorial.worth_by_level import WorthByLevel
from analysis.methods.worth_of_pairing import WorthOfPairing
from analysis.wording.pairing import broken_law, correlation, names, seeds_beside, unpaired
from analysis.wording.pairing import worth as told
from bench.schema.rehearsal import BrokenLaw

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
    times, low, high = (f"{each:.{2 if needed[0] < 1 else 1}f}" for each in needed)
    assert said == (
        f"{verdict} at learning rate 0.1: “manual_seed” takes {times} times the seeds of “streams” (95% CI {low} to "
        f"{high}; 40 pairs)."
    )


def test_without_an_interval_nothing_is_claimed():
    assert seeds_beside(worth(2.0), "streams", 0.05).startswith("Not known at learning rate 0.1")
    assert names(worth()) == ("manual_seed", "learning rate 0.1")


def gain(seeds: float, low: float, high: float) -> WorthOfPairing:
    return WorthOfPairing(n=20, seeds_unpaired=seeds, seeds_unpaired_low=low, seeds_unpaired_high=high)


def test_pairing_saves_or_costs_where_its_interval_says_so_and_is_undecided_elsewhere():
    (saved,) = told({"half": gain(4.9, 2.1, 11.2)}, 0.05)
    assert saved == (
        "Pairing by seed saved seeds for “half”: an unpaired comparison needs 4.9 seeds in place of one (95% CI 2.1 to "
        "11.2; 20 pairs)."
    )
    (cost,) = told({"half": gain(0.65, 0.4, 0.9)}, 0.05)
    assert cost.startswith("Pairing costs here for “half”: an unpaired comparison needs 0.65 seeds in place of one")
    (undecided,) = told({"half": gain(4.9, 0.9, 30.0)}, 0.05)
    assert undecided.startswith("Undecided for “half” whether pairing saved seeds")
    (both,) = told({"half": gain(4.9, 2.1, 11.2), "book": gain(6.2, 3.0, 13.0)}, 0.05)
    assert both == "Pairing by seed saved seeds for “half” and “book”."


def test_a_rounded_end_never_contradicts_the_verdict():
    assert "(95% CI 1.04 to 3.00; 40 pairs)" in seeds_beside(worth(1.8, 1.04, 3.0), "streams", 0.05)
    assert "(95% CI 0.97 to 8.00; 20 pairs)" in told({"half": gain(2.8, 0.97, 8.0)}, 0.05)[0]
    assert unpaired(gain(0.04, 0.008, 0.2)) == "0.04 (0.01 to 0.20)"
    touching = WorthOfPairing(n=20, correlation=-0.22, correlation_low=-0.43, correlation_high=-0.004)
    assert correlation(touching) == "−0.220 (−0.430 to −0.004)"


def test_a_broken_law_says_what_it_means_for_the_answer_and_where():
    order = broken_law(BrokenLaw("shared-order", "the order is shared", "it is not", ("half", "book")))
    assert order.startswith(
        "Warning: the training code breaks shared-order (the order is shared), in “half” and “book”"
    )
    assert "The intervals hold, wider than they need be" in order
    assert order.endswith("Cause: it is not.")
    assert "the intervals do not hold" in broken_law(BrokenLaw("seed-used", "it is", "it is not"))
