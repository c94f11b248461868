"""What pairing by seed is worth beside another way to pair, in words."""

from __future__ import annotations

from analysis.factorial.result import Level
from analysis.factorial.worth_by_level import WorthByLevel
from analysis.wording.factorial import tell
from analysis.wording.number_format import level
from analysis.wording.sentences import quoted
from analysis.wording.units import plain


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
    low, high = each.seeds_needed_low, each.seeds_needed_high
    told = "More seeds" if low > 1 else "Fewer seeds" if high < 1 else "Undecided"
    return (
        f"{told}{at}: {quoted(name)} takes {plain(each.seeds_needed, 1)} times the seeds of {quoted(tell(reference))} "
        f"({level(alpha)} CI {plain(low, 1)} to {plain(high, 1)}; {each.n} pairs)."
    )
