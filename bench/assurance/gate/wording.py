"""What the gate prints: the verdict of each benchmark, what this run could have seen, and what changed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from bench.assurance.gate.numbers import Numbers
from bench.assurance.gate.verdict import ALPHA, POWER, Estimate, Verdict

SHOWN_DIFFERENCES = 40
TIME = "time"


def percent(log_ratio: float) -> str:
    """Return a log ratio as a signed change in per cent."""
    return f"{math.expm1(log_ratio):+.1%}"


def interval(seen: Estimate) -> str:
    """Return the estimate with its interval."""
    return f"{percent(seen.mean)} [{percent(seen.low)}, {percent(seen.high)}]"


def name_of(benchmark: str) -> str:
    """Return a benchmark's name without file and prefix."""
    return benchmark.rpartition("::")[2].removeprefix("test_")


def speed(
    verdicts: Sequence[Verdict],
    control: Estimate,
    control_again: Estimate | None = None,
    control_name: str = "products",
    quantity: str = TIME,
) -> str:
    """Return a line for each benchmark: a quantity of HEAD against that of the base, positive is slower, or more."""
    level = 1 - 2 * ALPHA
    short = Counter(name_of(each.benchmark) for each in verdicts)
    slower, slowdown = ("slower", "slowdown") if quantity == TIME else ("more", "increase")
    lines = [
        f"{quantity} of HEAD against the base, + is {slower}, with the {level:.0%} t interval of {control.n} rounds"
    ]
    for each in verdicts:
        name = name_of(each.benchmark)
        line = f"  {name if short[name] == 1 else each.benchmark:<20} {each.verdict:<12}"
        if each.first is not None:
            line += f" {interval(each.first):<28}"
        if each.fresh is not None:
            line += f" fresh rounds {interval(each.fresh)}"
        if each.visible is not None:
            line += f" visible from {each.visible:+.1%}"
        lines.append(line + (f" ({each.why})" if each.why else ""))
    again = f" fresh rounds {interval(control_again)}" if control_again else ""
    lines.append(f"  {f'control ({control_name})':<20} {'':<12} {interval(control):<28}{again}".rstrip())
    margin = 100 * math.expm1(control.margin)
    seen = [each.visible for each in verdicts if each.visible is not None]
    if seen:
        least = f"{min(seen):.1%}"
        least += f" in the steadiest benchmark, {max(seen):.1%} in the noisiest" if len(seen) > 1 else ""
        lines.append(
            f"smallest {slowdown} that this run could have seen ({POWER:.0%} power, against a margin of"
            f" {margin:.3g}%): {least}"
        )
    elif judged := [each for each in verdicts if each.first is not None]:
        lines.append(f"this run could have seen no {slowdown}, however large: {judged[0].why}")
    return "\n".join(lines)


def numbers(found: Numbers) -> str:
    """Return whether numbers changed, and column by column which."""
    left_out = "trial_id and code_hash, which name the sources, and columns that depend on the run left out"
    lines = [f"numbers NOT COMPARED: {found.refused}"] if found.refused else []
    if found.changed:
        lines.append(f"NUMBERS CHANGED: {len(found.differences)} columns differ ({found.trials} trials; {left_out})")
        lines += [f"  {each.told()}" for each in found.differences[:SHOWN_DIFFERENCES]]
        if (more := len(found.differences) - SHOWN_DIFFERENCES) > 0:
            lines.append(f"  and {more} columns more")
    elif not found.refused:
        lines.append(f"numbers unchanged, to the bit, in {found.trials} trials and their curves ({left_out})")
    return "\n".join([*lines, *(f"  {note}" for note in found.notes)])
