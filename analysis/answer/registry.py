"""The registry of statistical methods: a new one is its function, and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analysis.answer.decision import KEYS as DECISION_KEYS
from analysis.answer.decision import decisions
from analysis.answer.headline import headline
from analysis.methods import multiplicity, signed_rank, simultaneous
from analysis.methods.effect_size import effect_size
from analysis.methods.influence import influence
from analysis.methods.paired_t import difference, equivalence, pairing_gain, t_test
from analysis.methods.probability_of_superiority import improvement
from analysis.methods.result import Finding
from analysis.methods.sign_agreement import opposite_sign
from analysis.methods.summary import summary_of_differences
from analysis.methods.two_way_interval import Gains, over_images
from analysis.tables.pairing import Pairs
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question

PER_PAIR: tuple[Callable[[Pairs, Question], Finding], ...] = (
    lambda pairs, _: difference(pairs),
    lambda pairs, asked: t_test(pairs, asked.alpha),
    lambda pairs, asked: equivalence(pairs, asked.alpha, asked.margin),
    lambda pairs, asked: effect_size(pairs, asked.alpha),
    lambda pairs, _: pairing_gain(pairs),
    lambda pairs, _: signed_rank.wilcoxon(pairs),
    lambda pairs, asked: signed_rank.hodges_lehmann(pairs, asked.alpha),
    lambda pairs, asked: improvement(pairs, asked.alpha, asked.lower_is_better),
    lambda pairs, _: opposite_sign(pairs),
    lambda pairs, _: influence(pairs),
    lambda pairs, _: summary_of_differences(pairs),
)
"""Methods that look at one comparison."""

TOGETHER: tuple[Callable[[Sequence[Pairs]], Mapping[str, Finding]], ...] = (multiplicity.sign_flip_tests,)
"""Methods that look at each comparison alone, and are faster over all of them at once."""

OVER_FAMILY: tuple[Callable[[Sequence[Pairs], Question], Mapping[str, Finding]], ...] = (
    lambda family, _: multiplicity.max_t(family),
    lambda family, _: multiplicity.adjusted_t(family),
    lambda family, asked: simultaneous.intervals(family, asked.alpha),
)
"""Methods whose numbers depend on the whole family."""

FAMILY_KEYS = (*multiplicity.KEYS, *simultaneous.KEYS, *DECISION_KEYS)
"""Keys that are null for a condition outside the family."""

OUTSIDE = "meant to stay at chance: in no family, so adjusted p, simultaneous intervals and verdict are null"


Method = Callable[[Pairs, Question], Finding]


def apply(
    against: Mapping[str, Arms],
    asked: Question,
    exempt: frozenset[str],
    images: Gains | None,
    per_pair: Sequence[Method] = PER_PAIR,
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Apply every method and decide.

    Parameters
    ----------
    against : mapping of condition to Arms
        All conditions but the control.
    asked : Question
    exempt : frozenset of str
        Conditions that are meant to stay at chance: in no family.
    images : Gains or None
        What is gained at each test image, where the table says which ones each trial got right.
    per_pair : sequence of methods
        Those of `PER_PAIR` that have a meaning for what is compared.

    Returns
    -------
    The values of each condition under their key names, and the warnings.
    """
    inside = {label: each for label, each in against.items() if label not in exempt}
    everyone = [each.complete for each in against.values()]
    family = [each.complete for each in inside.values()]
    found: list[Mapping[str, Finding]] = [
        {pairs.condition: method(pairs, asked) for pairs in everyone} for method in per_pair
    ]
    found += [method(everyone) for method in TOGETHER]
    found.append(over_images(everyone, list(inside), images, asked))
    found += [{label: Finding(dict.fromkeys(FAMILY_KEYS), (OUTSIDE,)) for label in against if label in exempt}]
    found += [method(family, asked) for method in OVER_FAMILY]
    values: dict[str, dict[str, Any]] = {label: {} for label in against}
    warnings = []
    for by_label in found:
        for label, finding in by_label.items():
            values[label] |= finding.values
            warnings += [f"{label}: {text}" for text in finding.warnings]
    for label, decided in decisions(inside, values, asked).items():
        values[label] |= decided
    for pairs in everyone:
        values[pairs.condition]["headline"] = headline(values[pairs.condition], pairs, asked, len(family))
    return values, warnings
