"""The first screen: the answer in one line, the conditions as a table and as a figure, and what to keep in mind."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.answer.decision import DEPENDENT
from analysis.answer.headline import OF_ONE_RUN, ONE_RUN, OVER_IMAGES, SEQUENCE, SPLITS
from analysis.figures import forest
from analysis.methods.signed_rank_distribution import runs_at_an_end
from analysis.report.answer_grid import answer_grid
from analysis.report.conditions_control import conditions_control
from analysis.report.document import Block, Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.report.margin_control import margin_control
from analysis.report.paper_control import paper_control
from analysis.wording import bad_endings, failures, phrases, sentences
from analysis.wording.answers import answer
from analysis.wording.pairing import broken_law
from analysis.wording.phrases import OVER_SPLITS, count, holding, listed
from analysis.wording.resampling import does_not_hold
from analysis.wording.seeds import what_single_runs_can_do
from analysis.wording.units import unit_of
from analysis.wording.verdicts import meanings
from bench.schema.known_metrics import TYPICAL

FLAG = (
    "No test that takes them as independent decides anything; with the share of the examples that each holds out "
    "(--test-fraction) the approximate test of Nadeau and Bengio does."
)


def section(material: Material, pool: Pool) -> Section:
    """Return the answer to the study's question, and what it rests on."""
    whole = pool.primary
    if not whole.judged:
        return Section("Answer", (Paragraph(_alone(whole), "lead"),))
    blocks: list[Block] = [Paragraph(answer(whole), "lead")]
    if (endings := bad_endings.shown(whole)) is not None:
        blocks.append(Paragraph(endings))
    broke = [
        failures.failure(each) for each in whole.divergence.values() if each.n_diverged and not each.stays_at_chance
    ]
    if broke:
        blocks.append(Paragraph(f"Diverged: {listed(broke)}."))
    blocks.append(answer_grid(whole, pool.evidence))
    if (control := margin_control(whole, pool.evidence)) is not None:
        blocks.append(control)
    if pool is material.pools[0]:
        blocks.append(conditions_control(material))
    why = forest.missing(pool.evidence)
    blocks.append(Illustration(forest.PLOT, pool.evidence) if why is None else Paragraph(why))
    notes = [*map(broken_law, material.broken), *_notes(pool)]
    paper = paper_control(material, pool)
    return Section("Answer", (*blocks, *(Paragraph(each, "note") for each in notes), paper))


def _notes(pool: Pool) -> list[str]:
    """Return what qualifies the answer: what the intervals speak of, and where they may not hold."""
    whole, check = pool.primary, pool.evidence.self_check
    said = [_reach(pool), meanings(whole.judged)]
    said += sorted({_assumed(each.headline.assumes) for each in whole.judged if each.headline.assumes is not None})
    of_typical = [
        each.n_typical for each in whole.judged if each.headline.estimand == TYPICAL and each.headline.interval
    ]
    if of_typical and runs_at_an_end(fewest := min(of_typical), whole.alpha, len(whole.judged)) == 1:
        said.append(what_single_runs_can_do(fewest, len(whole.judged), whole.alpha) or "")
    if check is not None:
        said += [told for each in check.resampled if each.estimand == whole.estimand and (told := does_not_hold(each))]
    said += [
        f"{phrases.quoted(each.condition)}:{sentences.reason(each)}"
        for each in whole.judged
        if each.headline.reason not in (None, ONE_RUN, DEPENDENT)
    ]
    if at_chance := [phrases.quoted(each.label) for each in pool.evidence.at_chance]:
        said.append(f"Negative control, in no comparison above: {listed(at_chance)}.")
    return [each for each in said if each]


def _assumed(assumes: str) -> str:
    return f"The intervals assume {assumes}."


def _alone(whole: Comparison) -> str:
    """Return what can be said of a study with only its control."""
    unit = unit_of(whole.metric)
    own = whole.conditions[whole.control]
    control = phrases.quoted(whole.control)
    said = f"{control} is the only condition that is meant to train: there is nothing to compare it with. "
    if own.mean is None:
        return said + "None of its trials trained."
    spread = "" if own.sd is None else f", standard deviation {unit.tell(own.sd)}"
    return said + f"Mean {unit.name} {unit.tell(own.mean)} {unit.value}{spread} (n = {own.n})."


def _reach(pool: Pool) -> str:
    """Return what the intervals speak of."""
    totals = pool.distinct("test_total")
    told, example = pool.primary.scopes, pool.primary.example
    if not pool.primary.unit.independent:
        return holding(told, example, "conditions") if SPLITS in told else f"{OVER_SPLITS} {FLAG}"
    if len(told) > 1:
        return holding(told, example, "conditions")
    size = f" of {count(int(totals[0]), example)}" if len(totals) == 1 else ""
    if SEQUENCE in told:
        return (
            "Seeds were added until every condition was decided. The intervals are confidence sequences, which hold "
            f"however often one looks, for new seeds on this training set and this test set{size}."
        )
    if not set(told).isdisjoint(OVER_IMAGES):
        return (
            f"The intervals hold for all conditions at once, for new seeds and new test {pool.primary.drawn}s of the "
            "same kind, on this training set."
        )
    if not set(told).isdisjoint(OF_ONE_RUN):
        return f"{holding(told, example, 'conditions')} One seed says nothing about other seeds."
    return (
        f"The intervals hold for all conditions at once, for new seeds on this training set and this test set{size}. "
        f"They do not cover new test {example}s."
    )
