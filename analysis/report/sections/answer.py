"""The answer: what the first comparison shows, what all of them show, and what becomes of the gap."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.headline import SEEDS_AND_IMAGES, SEQUENCE
from analysis.report.document import Item, Listing, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.report.typical_grid import mean_words
from analysis.wording import sentences
from analysis.wording.phrases import count, family
from analysis.wording.resampling import does_not_hold
from analysis.wording.style import PAGE
from analysis.wording.units import unit_of
from analysis.wording.verdicts import short, tone


def section(material: Material, pool: Pool) -> Section:
    """Return the answer to the study's question, then what each of the other conditions shows."""
    whole = pool.primary
    judged = whole.judged
    if not judged:
        return Section("Answer", (Paragraph(_alone(whole), "lead"),))
    blocks: list[Paragraph | Listing] = [Paragraph(_said(judged[0], whole), "lead")]
    of_all = family(whole) if len(judged) > 1 else None
    said = (mean_words(judged[0]), of_all, _gap(pool, judged[0].condition), *_not_holding(pool))
    blocks += [Paragraph(each) for each in said if each is not None]
    blocks.append(Paragraph(_reach(pool), "note"))
    others = tuple(_item(each, whole) for each in whole.effects.values() if each is not judged[0])
    if others:
        blocks += [Paragraph("The other conditions:"), Listing(others)]
    return Section("Answer", tuple(blocks))


def _not_holding(pool: Pool) -> list[str | None]:
    """Return what resampled seeds say of intervals that miss too often, of the estimand that leads."""
    check = pool.evidence.self_check
    return (
        []
        if check is None
        else [does_not_hold(each) for each in check.resampled if each.estimand == pool.primary.estimand]
    )


def _alone(whole: Comparison) -> str:
    """Return what can be said of a study with only its control."""
    unit = unit_of(whole.metric)
    own = whole.conditions[whole.control]
    control = sentences.quoted(whole.control)
    said = f"{control} is the only condition that is meant to train: there is nothing to compare it with. "
    if own.mean is None:
        return said + "None of its trials trained."
    spread = "" if own.sd is None else f", standard deviation {unit.tell(own.sd)}"
    return said + f"Mean {unit.name} {unit.tell(own.mean)} {unit.value}{spread} (n = {own.n})."


def _gap(pool: Pool, condition: str) -> str | None:
    """Return the sentence about the clean gap of the condition that leads."""
    whole = pool.evidence.comparisons.get("generalisation_gap")
    if whole is None or whole is pool.primary:
        return None
    mine = whole.effects[condition]
    return sentences.headline(mine, PAGE) if mine.n_pairs else None


def _reach(pool: Pool) -> str:
    """Return what the intervals speak of."""
    totals = pool.distinct("test_total")
    images = f" of {count(int(totals[0]), 'image')}" if len(totals) == 1 else ""
    told = pool.primary.scopes
    if SEQUENCE in told:
        return (
            "Seeds were added until every condition was decided. The intervals are confidence sequences, which hold "
            f"however often one looks: for other seeds, on this one training set and this one test set{images}."
        )
    if SEEDS_AND_IMAGES in told:
        return (
            "These intervals say what other seeds and other test images of the same kind would give, for this one "
            f"training set. Its test set{images} is one sample of them; how much it costs is shown further down."
        )
    return (
        f"These intervals say what other seeds would give on this one training set and this one test set{images}. How "
        "the result would change on new test images is another question, and not answered here."
    )


def _item(effect: Effect, whole: Comparison) -> Item:
    return Item(_said(effect, whole), short(effect), tone(effect))


def _said(effect: Effect, whole: Comparison) -> str:
    """Return what `analysis.wording.sentences` says of an effect, failure rates where anything diverged."""
    return " ".join(sentences.sentences(effect, whole.divergence, PAGE, only_failures=True))
