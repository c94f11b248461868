"""What pairing by seed was worth, and what works against it."""

from __future__ import annotations

from analysis.methods.worth_of_pairing import WorthOfPairing
from analysis.phrasebook.entry import Entry, called
from analysis.wording import pairing
from bench.schema.rehearsal import BrokenLaw

LAWS = (
    BrokenLaw(
        "shared-order",
        "conditions of a seed see the same examples in the same order",
        "the batch order changes with the condition from epoch 2 on (none, half), since something that only one of "
        "them does draws from the same generator: the DataLoader draws from the global generator; give it "
        "`generator=trial.generator('order')`",
        ("half", "book"),
    ),
    BrokenLaw("seed-used", "another seed gives another training", "another seed gives the same numbers"),
    BrokenLaw("masks-fresh", "each step has masks of its own", "the masks are the same in each epoch", ("half",)),
)


def worth(correlation: float, seeds: float, low: float, high: float) -> WorthOfPairing:
    """Return what pairing 20 seeds is worth."""
    return WorthOfPairing(
        n=20,
        correlation=correlation,
        correlation_low=correlation - 0.1,
        correlation_high=correlation + 0.1,
        seeds_unpaired=seeds,
        seeds_unpaired_low=low,
        seeds_unpaired_high=high,
    )


SAVES, MORE = worth(0.8, 4.9, 2.1, 11.2), worth(0.85, 6.2, 3.0, 13.0)
COSTS, OPEN = worth(-0.5, 0.65, 0.4, 0.9), worth(0.1, 1.2, 0.7, 1.7)


def entries() -> tuple[Entry, ...]:
    """Return what is written of pairing."""
    return (
        called(pairing.broken_law, *[(each,) for each in LAWS]),
        called(
            pairing.worth,
            ({"half": SAVES}, 0.05),
            ({"half": SAVES, "book": MORE}, 0.05),
            ({"half": COSTS}, 0.05),
            ({"half": SAVES, "book": COSTS, "noise": OPEN}, 0.05),
        ),
        called(pairing.correlation, (SAVES,), (WorthOfPairing(n=20),)),
        called(pairing.unpaired, (SAVES,)),
    )
