"""Whether what is required of every condition holds, by the headline of its comparison: a gate for changes of code."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Unpack

from analysis.answer.compare import compare
from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.headline import OVER_IMAGES, SEEDS, Headline
from analysis.answer.out_of_reach import report_design
from analysis.answer.sample_size import spread_of
from analysis.base.errors import TableError, nearest
from analysis.base.notes import of_each
from analysis.base.records import Record, to_json
from analysis.methods import verdict
from analysis.methods.verdict import Interval
from analysis.tables.asking import asked_of
from analysis.tables.base_and_head import BASE, HEAD, both_have, notes, side_by_side
from analysis.tables.metric import measure
from analysis.tables.question import Told
from analysis.tables.table import Table
from bench.schema.known_metrics import Direction

REQUIREMENTS = SUPERIOR, NOT_INFERIOR, EQUIVALENT = "superior", "not-inferior", "equivalent"
"""What may be required: better by more than the margin; not worse by as much; within the margin."""

HOLDS, OPPOSITE, NEITHER = "holds", "opposite", "neither"
"""What is shown of a requirement: that it is met, that it is not met, or none of the two."""

_WITHOUT_A_SIDE = "what is required needs to know which values are better: --higher-is-better or --lower-is-better"


@dataclass(frozen=True, kw_only=True)
class Required(Record):
    """What is shown of one condition.

    Parameters
    ----------
    condition : str
    outcome : {"holds", "opposite", "neither"}
    reason : str or None
        Why nothing is shown, where there is more to say than the interval does.
    effect : Effect
        Its comparison with the control.
    detectable : float or None
        How far from the bound a true difference is that as many pairs show with the power of a report's plans; of
        equivalence the least margin, where nothing changed. None where the spread is not known.
    """

    condition: str
    outcome: str
    reason: str | None
    effect: Effect
    detectable: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the outcome, the headline that it rests on, and the number of pairs."""
        return {
            "condition": self.condition,
            "outcome": self.outcome,
            "reason": self.reason,
            "n_pairs": self.effect.n_pairs,
            "detectable": self.detectable,
            "headline": to_json(self.effect.headline),
        }


@dataclass(frozen=True, kw_only=True)
class Gate(Record):
    """What is required, and what is shown of it.

    Parameters
    ----------
    require : {"superior", "not-inferior", "equivalent"}
    margin : float
        In the metric's own unit.
    control : str
        What the conditions are compared with; `BASE` where two versions are.
    conditions : tuple of Required
    comparisons : mapping of str to Comparison
        What all of it rests on: of one table its comparison, of two versions one of each condition.
    warnings : tuple of str
        What a reader must know.
    """

    require: str
    margin: float
    control: str
    conditions: tuple[Required, ...]
    comparisons: Mapping[str, Comparison]
    warnings: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """`HOLDS` where it holds of every condition, `OPPOSITE` where the opposite is shown of one, else `NEITHER`."""
        shown = {each.outcome for each in self.conditions}
        return OPPOSITE if OPPOSITE in shown else HOLDS if shown == {HOLDS} else NEITHER

    @property
    def comparison(self) -> Comparison:
        """The first comparison, whose question is that of all."""
        return next(iter(self.comparisons.values()))

    def to_json(self) -> dict[str, Any]:
        """Return outcome and requirement, then each condition, then the comparisons in full."""
        return {
            "outcome": self.outcome,
            "require": self.require,
            "margin": self.margin,
            "metric": self.comparison.metric,
            "control": self.control,
            "alpha": self.comparison.alpha,
            "direction": self.comparison.direction,
            "conditions": to_json(list(self.conditions)),
            "warnings": list(self.warnings),
            "comparisons": [each.to_json() for each in self.comparisons.values()],
        }


def gate(table: Table, metric: str, control: str, require: str, only: Sequence[str] = (), **told: Unpack[Told]) -> Gate:
    """Hold every condition of a table, or those in `only`, to what is required; see `analysis.answer.compare.compare`.

    Raises
    ------
    TableError
        No margin, no direction where one is needed, a condition that there is not, and the errors of `compare`.
    """
    margin = _margin(table, metric, control, require, told)
    whole = compare(table, metric, control, **told)
    inside = [each.condition for each in whole.judged]
    faults = [f"there is no condition {label!r} to be held to it{nearest(label, inside)}"
              for label in only if label not in inside]  # fmt: skip
    if not inside:
        faults.append(f"has no condition but the control {control!r} that could be held to it")
    if faults:
        raise TableError(table.source, faults)
    held = [_held(label, whole.effects[label], require, margin, len(inside)) for label in dict.fromkeys(only or inside)]
    return Gate(
        require=require,
        margin=margin,
        control=control,
        conditions=tuple(held),
        comparisons={str(table.source): whole},
        warnings=whole.warnings,
    )


def gate_versions(
    base: Table, head: Table, metric: str, require: str, only: Sequence[str] = (), **told: Unpack[Told]
) -> Gate:
    """Hold each condition in the version `head` to what is required of it against the version `base`, seed by seed.

    The conditions are one family. What is not given is the plan's of `base`: a change of code does not change the rule
    that it is judged by.
    """
    labels = both_have(base, head, only)
    for each in (base, head):
        measure(each, metric)
    asked = asked_of(base, metric, BASE, told)
    margin = _margin(base, metric, BASE, require, told)
    tables = {name: side_by_side(base, head, each, metric) for name, each in labels.items()}
    rest: Told = {
        **told,
        "direction": asked.direction,
        "estimand": asked.estimand,
        "bad_ending": asked.bad_ending,
        "family": len(tables),
        "seeds": min(base.seeds_of(label) for label, _ in labels.values()),
    }
    found = {name: compare(table, metric, BASE, **rest) for name, table in tables.items()}
    said = of_each(((name, text) for name, each in found.items() for text in each.warnings), tuple(found))
    return Gate(
        require=require,
        margin=margin,
        control=BASE,
        conditions=tuple(_held(name, each.effects[HEAD], require, margin, len(tables)) for name, each in found.items()),
        comparisons=found,
        warnings=tuple(dict.fromkeys([*notes(base, head, labels.values()), *said])),
    )


def shown(judged: Headline, require: str, margin: float, direction: Direction | None) -> str:
    """Return what the interval of a headline shows of a requirement; a bound at the margin counts as covering it.

    Parameters
    ----------
    judged : Headline
    require : str
        One of `REQUIREMENTS`.
    margin : float
        In the metric's own unit.
    direction : {"higher", "lower"} or None
        Which values are better; None is possible for `EQUIVALENT` alone.
    """
    if judged.verdict in (None, verdict.CANNOT_TEST) or judged.interval is None:
        return NEITHER
    found = Interval(
        -math.inf if judged.low is None else judged.low,
        math.inf if judged.high is None else judged.high,
        judged.low_90,
        judged.high_90,
    )
    benefit = found.mirrored() if direction == "lower" else found
    within, beyond = verdict.around(margin)
    if require == EQUIVALENT:
        inner = (benefit.low_90, benefit.high_90)
        holds = all(end is not None and -within < end < within for end in inner)
        opposite = benefit.low > beyond or benefit.high < -beyond
    elif require == SUPERIOR:
        holds, opposite = benefit.low > beyond, benefit.high < within
    else:
        holds, opposite = benefit.low > -within, benefit.high < -beyond
    return HOLDS if holds else OPPOSITE if opposite else NEITHER


def _held(name: str, effect: Effect, require: str, margin: float, family: int) -> Required:
    outcome = shown(effect.headline, require, margin, effect.direction)
    return Required(
        condition=name,
        outcome=outcome,
        reason=effect.headline.reason if outcome == NEITHER else None,
        effect=effect,
        detectable=_detectable(effect, require, family),
    )


def _detectable(effect: Effect, require: str, family: int) -> float | None:
    """Return what as many pairs of this spread show, one of `family` conditions; see `Required`."""
    design = report_design(effect, family)
    known = spread_of(effect, design.estimand)
    untested = effect.headline.verdict in (None, verdict.CANNOT_TEST)
    if known is None or untested or effect.headline.scope not in (SEEDS, *OVER_IMAGES):
        return None
    sd, pairs = known
    seen = replace(design, sd=sd, floor=effect.test_set_floor or 0.0, floor_df=effect.test_set_floor_df)
    return seen.least_margin(pairs) if require == EQUIVALENT else seen.detectable(pairs)


def _margin(table: Table, metric: str, control: str, require: str, told: Told) -> float:
    """Return the margin; raise TableError with all that is wrong with the requirement."""
    asked = asked_of(table, metric, control, told)
    faults = [] if require in REQUIREMENTS else [f"require is {require!r}; allowed: {', '.join(REQUIREMENTS)}"]
    if require in (SUPERIOR, NOT_INFERIOR) and asked.direction is None:
        faults.append(f"{metric}: {_WITHOUT_A_SIDE}")
    if asked.margin is None:
        faults.append("--margin is missing: it says how much is required")
    if faults or asked.margin is None:
        raise TableError(table.source, faults)
    return asked.margin
