"""From material to document: title, question, facts, and the registered sections in their order."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.report.document import Document, Part
from analysis.report.gather import Material
from analysis.report.sections.order import OF_STUDY, entries
from analysis.wording.phrases import listed, quoted, ranges
from analysis.wording.units import unit_of

MOST_LETTERS = 60
"""Letters that the names of conditions may take up in the question; above that they are counted."""


def compose(material: Material) -> Document:
    """Return the whole report as plain data."""
    parts = [
        Part(
            f"On {pool.name}" if pool.name else "",
            pool.name,
            tuple(made for entry in entries(pool.primary) if (made := entry.section(material, pool)) is not None),
        )
        for pool in material.pools
    ]
    across = "Across all of these" if len(parts) > 1 else ""
    whole = Part(across, "", tuple(made for section in OF_STUDY if (made := section(material)) is not None))
    return Document(
        title=f"Study {material.study}" if material.plan is not None else material.study,
        question=question(material),
        facts=_facts(material),
        parts=(*parts, whole),
    )


def question(material: Material) -> str:
    """Return what the study asks."""
    control, metric = quoted(material.analysis.control), unit_of(material.analysis.primary).name
    asked = [quoted(each.label) for each in material.pools[0].evidence.trained if not each.is_control]
    if not asked:
        return f"How does {control} do on {metric}?"
    if len(asked) == 1:
        return f"Does {asked[0]} change {metric} compared with {control}, by how much, and how sure is that?"
    start = f"Do {listed(asked)}" if len(listed(asked)) <= MOST_LETTERS else f"Do {len(asked)} conditions"
    return f"{start} change {metric} compared with {control}, by how much, and how sure is that?"


def _facts(material: Material) -> tuple[tuple[str, str], ...]:
    pools = material.pools
    done = sum(len(pool.table.frame) for pool in pools)
    facts = [
        ("conditions", str(len(pools[0].table.conditions))),
        ("seeds", _seeds(max((pool.table.seed_names or pool.table.seeds for pool in pools), key=len))),
        ("trials", f"{done:,}" if material.plan is None else f"{done:,} of {len(material.plan.get('trials', [])):,}"),
    ]
    examples = f"{pools[0].primary.example}s"
    counted = (("epochs", "epochs"), ("train_total", f"training {examples}"), ("test_total", f"test {examples}"))
    for name, told in counted:
        values = pools[0].distinct(name)
        if len(values) == 1:
            facts.append((told, f"{int(values[0]):,}"))
    data = material.settings.get("data", {})
    if isinstance(data, dict) and data.get("name"):
        facts.insert(0, ("data", str(data["name"])))
    return tuple(facts)


def _seeds(seeds: Sequence[int | str]) -> str:
    """Return how many seeds there are, and which."""
    return f"{len(seeds)} ({ranges(seeds)})"
