"""What a measurement of speed shows, in words: from the same object as table and figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analysis.methods import verdict
from analysis.throughput.result import FEW_BLOCKS, Speed, SpeedComparison
from analysis.wording.number_format import digits, level, margin_text, p_value
from analysis.wording.phrases import quoted
from analysis.wording.verdicts import OPEN, tone_of

SHORT = {
    verdict.SUPERIOR: "faster",
    verdict.POSITIVE_BUT_NEGLIGIBLE: "faster, negligibly",
    verdict.POSITIVE_UNCLEAR: "faster, size open",
    verdict.EQUIVALENT: "as fast",
    verdict.INCONCLUSIVE: "undecided",
    verdict.NEGATIVE_UNCLEAR: "slower, size open",
    verdict.NEGATIVE_BUT_NEGLIGIBLE: "slower, negligibly",
    verdict.INFERIOR: "slower",
    verdict.CANNOT_TEST: "cannot be tested",
}

CLAIMS = {
    verdict.SUPERIOR: "{name} is faster than {control}",
    verdict.POSITIVE_BUT_NEGLIGIBLE: "{name} is faster than {control}, by too little to matter",
    verdict.POSITIVE_UNCLEAR: "{name} is faster than {control}, perhaps by too little to matter",
    verdict.EQUIVALENT: "{name} is as fast as {control} within {margin}%",
    verdict.INCONCLUSIVE: "It is undecided whether {name} is slower or faster than {control}",
    verdict.NEGATIVE_UNCLEAR: "{name} is slower than {control}, perhaps by too little to matter",
    verdict.NEGATIVE_BUT_NEGLIGIBLE: "{name} is slower than {control}, by too little to matter",
    verdict.INFERIOR: "{name} is slower than {control}",
}


def short(entry: SpeedComparison) -> str:
    """Return a verdict in a word or three."""
    if entry.n_blocks < FEW_BLOCKS:
        return "too few blocks"
    return SHORT[entry.verdict]


def tone(entry: SpeedComparison) -> str:
    """Return the tone of a verdict."""
    return OPEN if entry.n_blocks < FEW_BLOCKS else tone_of(entry.verdict)


def percents(ratios: Sequence[float], margin: float, minus: str = "-") -> list[str]:
    """Return ratios of time as changes in per cent, signed, with the digits that keep them on their true side.

    Sides are those of no change and of both ends of the margin, which as ratios are not mirror images. `minus` is the
    sign of a negative change.
    """
    told = [100 * (ratio - 1) for ratio in ratios]
    ends = (100 * margin, 100 * margin / (1 + margin))
    count, settled = 1, False
    while not settled:  # digits enough for one end may be too few, or round to the wrong side, for the other
        before = count
        for end in ends:
            count = digits(told, end, count)
        settled = count == before
    signed = [f"{each:+.{count}f}%" if float(f"{each:.{count}f}") else f"{0:.{count}f}%" for each in told]
    return [each.replace("-", minus) for each in signed]


def sentence(entry: SpeedComparison, margin: float, minus: str = "-") -> str:
    """Return the one sentence that says what a comparison shows, with its n and interval; `minus` is the sign."""
    name, control, n = quoted(entry.condition), quoted(entry.control), entry.n_blocks
    if entry.ratio is None:
        return f"{name} cannot be compared with {control}: there is no block in which both were alone on the machine."
    ends = entry.simultaneous
    if n < FEW_BLOCKS or entry.verdict == verdict.CANNOT_TEST or ends is None:
        change = percents([entry.ratio], margin, minus)[0]
        why = entry.verdict_reason if n >= FEW_BLOCKS else "too few blocks for a verdict"
        return f"{name}: {change} time against {control}, n = {count(n, 'block')}: {why}."
    claim = CLAIMS[entry.verdict].format(name=name, control=control, margin=margin_text(100 * margin))
    p = entry.adjusted_p
    fewer = "" if entry.n_max_t in (None, n) else f" on the {entry.n_max_t} blocks that all conditions share"
    significance = "" if p is None else f", adjusted {p_value(p)}{fewer}"
    change, low, high = percents([entry.ratio, *ends], margin, minus)
    return f"{claim}: {change} time ({level(entry.alpha)} interval {low} to {high}{significance}, n = {n} blocks)."


def basis(speed: Speed) -> str:
    """Return what was measured and how."""
    workers = "one process, " if speed.workers == 1 else f"{speed.workers} processes at once, one per core, each "
    return (
        f"Measured on {speed.device} in {speed.precision}, {speed.started_at[:10]}: {workers}training "
        f"{speed.stack_size} networks of one condition for {speed.steps:,} steps of {speed.batch_size} images "
        f"a slot; {speed.n_blocks} blocks, every condition once in each, in balanced random order. "
        "Changes are ratios of geometric means, paired by block; intervals hold for all conditions at once. Times "
        f"within a factor of {1 + speed.margin:g} count as equal."
    )


def used(speed: Speed) -> str:
    """Return how many slots count and what became of the others."""
    out = speed.n_slots - speed.n_exclusive
    rule = (
        f"A slot counts where other load was at most {speed.load_limit:g} cores and the matrix products timed "
        f"before and after it took within {100 * speed.bound_tolerance:g}% of their usual time."
    )
    said = f"{speed.n_exclusive} of {speed.n_slots} slots were alone on the machine. {rule}"
    if out:
        said += f" The other {out} {'is' if out == 1 else 'are'} in the table, but not used."
    if speed.earlier_measurements:
        number = speed.earlier_measurements
        said += f" {number} earlier {'measurement is' if number == 1 else 'measurements are'} not used."
    return said


def left_out(speed: Speed) -> dict[str, int]:
    """Return how many slots were left out for which kind of reason: what stands before its colon."""
    found: Counter[str] = Counter()
    for each in speed.left_out:
        found[each.reason.partition(":")[0]] += each.slots
    return dict(found.most_common())


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it takes one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
