"""What pairing by seed is worth, alone and beside another way to pair, and what works against it, in words."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.factorial.result import Level
from analysis.factorial.worth_by_level import WorthByLevel
from analysis.methods.worth_of_pairing import WorthOfPairing
from analysis.wording.factorial import tell
from analysis.wording.number_format import NOTHING, digits, level
from analysis.wording.phrases import listed, quoted
from analysis.wording.units import plain, signed
from bench.schema.rehearsal import BrokenLaw

LESS_ALIKE = "The intervals hold, wider than they need be: trials of one seed share less than they could."
CONSEQUENCES = {
    "shared-init": LESS_ALIKE,
    "shared-order": LESS_ALIKE,
    "seed-used": "Seeds that repeat one training are no sample of trainings: the intervals do not hold.",
    "repeatable": "A trial that is trained again gives other numbers.",
    "settings-read": "A difference between conditions that train alike says nothing of the setting.",
}
"""What a broken law means for the answer, by its name."""


def names(each: WorthByLevel) -> tuple[str, str]:
    """Return what sets a combination apart from its reference, and what they have in common."""
    first, *others = each.at
    return tell(first.level), ", ".join(f"{one.factor.replace('_', ' ')} {tell(one.level)}" for one in others)


def seeds_beside(each: WorthByLevel, reference: Level, alpha: float) -> str:
    """Return whether one way to pair takes more seeds than the reference, and how many times as many."""
    name, rest = names(each)
    at = f" at {rest}" if rest else ""
    if each.seeds_needed is None or each.seeds_needed_low is None or each.seeds_needed_high is None:
        return f"Not known{at}: how many seeds {quoted(name)} takes beside {quoted(tell(reference))}."
    told = "More seeds" if each.seeds_needed_low > 1 else "Fewer seeds" if each.seeds_needed_high < 1 else "Undecided"
    times, low, high = _seeds(each.seeds_needed, each.seeds_needed_low, each.seeds_needed_high)
    return (
        f"{told}{at}: {quoted(name)} takes {times} times the seeds of {quoted(tell(reference))} "
        f"({level(alpha)} CI {low} to {high}; {each.n} pairs)."
    )


def broken_law(law: BrokenLaw) -> str:
    """Return a warning: which law the training code breaks, in which conditions, why, and what to do."""
    where = f", in {listed([quoted(each) for each in law.conditions])}" if law.conditions else ""
    follows = CONSEQUENCES.get(law.name, "What was trained may not be what its author meant.")
    return f"Warning: the training code breaks {law.name} ({law.holds}){where}. {follows} Cause: {law.message}."


def worth(found: Mapping[str, WorthOfPairing], alpha: float) -> list[str]:
    """Return for which conditions pairing saved seeds, for which it cost some, and for which that is undecided."""
    saved, cost, undecided = dict[str, WorthOfPairing](), dict[str, WorthOfPairing](), dict[str, WorthOfPairing]()
    for label, each in found.items():
        low, high = each.seeds_unpaired_low or 0.0, each.seeds_unpaired_high or 0.0
        (saved if low > 1 else cost if 0 < high < 1 else undecided)[label] = each
    said = []
    if saved:
        said.append(f"Pairing by seed saved seeds for {_names(saved)}{_instead(saved, alpha)}.")
    if cost:
        opposed = ", since the two trials of a seed vary in opposite directions"
        said.append(f"Pairing costs here for {_names(cost)}{_instead(cost, alpha)}{opposed}.")
    if undecided:
        said.append(f"Undecided for {_names(undecided)} whether pairing saved seeds{_instead(undecided, alpha)}.")
    return said


def _names(found: Mapping[str, WorthOfPairing]) -> str:
    return listed([quoted(each) for each in found])


def _instead(found: Mapping[str, WorthOfPairing], alpha: float) -> str:
    """Return the number of one condition; those of several stand in a table."""
    if len(found) > 1:
        return ""
    (each,) = found.values()
    seeds, low, high = _seeds(each.seeds_unpaired, each.seeds_unpaired_low, each.seeds_unpaired_high)
    ends = f"{level(alpha)} CI {low} to {high}; {each.n} pairs"
    return f": an unpaired comparison needs {seeds} seeds in place of one ({ends})"


def _seeds(*numbers: float | None) -> list[str]:
    """Return numbers of seeds beside one, alike, with as many decimals as show which of them are below one."""
    known = [each for each in numbers if each is not None]
    count = digits(known, 1.0, 2 if known and known[0] < 1 else 1)
    return [plain(each, count) for each in numbers]


def correlation(found: WorthOfPairing) -> str:
    """Return the correlation of pairs with its interval."""
    numbers = (found.correlation, found.correlation_low, found.correlation_high)
    count = digits([each for each in numbers if each is not None], None, 2)
    return _with(*(signed(each, count) for each in numbers))


def unpaired(found: WorthOfPairing) -> str:
    """Return how many unpaired seeds one in pairs is worth, with its interval."""
    return _with(*_seeds(found.seeds_unpaired, found.seeds_unpaired_low, found.seeds_unpaired_high))


def needed(found: WorthOfPairing) -> str:
    """Return how many times as many seeds as the reference it takes, with its interval."""
    return _with(*_seeds(found.seeds_needed, found.seeds_needed_low, found.seeds_needed_high))


def _with(centre: str, low: str, high: str) -> str:
    return centre if NOTHING in (low, high) else f"{centre} ({low} to {high})"
