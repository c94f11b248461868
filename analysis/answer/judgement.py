"""Every method applied to every comparison, and what is decided on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analysis.answer.decision import Decision, decisions
from analysis.answer.effect import methods_of
from analysis.answer.headline import Family, headline
from analysis.base.notes import of_each
from analysis.base.records import Record
from analysis.methods.mean_family import MeanFamily
from analysis.methods.result import Finding, Gains, Results, Sample
from analysis.methods.typical import Typical
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question

OUTSIDE = "negative control: in no family, without adjusted p, simultaneous interval and verdict"


def judged(
    kind: type[Record],
    against: Mapping[str, Arms],
    asked: Question,
    exempt: frozenset[str],
    gains: Gains | None,
    seeds: int,
) -> tuple[dict[str, Results], list[str]]:
    """Apply the methods of a kind of comparison, and decide.

    Parameters
    ----------
    kind : type of Record
        `Effect`, or `Contrast`: its bases are the methods.
    against : mapping of condition to Arms
        All conditions but the control.
    asked : Question
    exempt : frozenset of str
        Negative controls: in no family.
    gains : Gains or None
        What is gained at each test image, where the table says which ones each trial got right.
    seeds : int
        Planned seeds; without a plan, distinct seeds of the control.

    Returns
    -------
    The results of each condition, its `Decision` and `Headline` among them, and the warnings.
    """
    inside = {label: each for label, each in against.items() if label not in exempt}
    complete = {label: each.complete for label, each in against.items()}
    every = [each.every for each in against.values()]
    sample = Sample(asked, list(complete.values()), [complete[label] for label in inside], gains, every)
    results, warnings = _measured(kind, sample)
    decided = decisions(inside, {label: results[label][MeanFamily] for label in inside}, sample.with_images, asked)
    family = Family(asked.seeds or seeds, asked.family or len(inside))
    for label, arms in against.items():
        found = results[label].having(decided.get(label, Decision()))
        found = found.having(headline(found, arms, asked, family))
        results[label] = found if asked.direction else _without_benefit(found)
    return results, warnings


def _without_benefit(found: Results) -> Results:
    """Return results in which only the headline has a verdict: what would be a benefit is not known."""
    return found.having(Decision(), replace(found[Typical], verdict_typical=None, verdict_typical_crossed=None))


def _measured(kind: type[Record], sample: Sample) -> tuple[dict[str, Results], list[str]]:
    """Return what each method finds; nothing where it looks at the family and a comparison is in none."""
    records: dict[str, list[Record]] = {pairs.condition: [] for pairs in sample.everyone}
    warnings: list[tuple[str, str]] = []
    for method in methods_of(kind):
        found = method.compute(sample)
        outside = {label: Finding(method(), (OUTSIDE,)) for label in records if label not in found}
        for label, finding in (outside | dict(found)).items():
            records[label].append(finding.result)
            warnings += [(label, text) for text in finding.warnings]
    return {label: Results.of(*each) for label, each in records.items()}, [*of_each(warnings, records)]
