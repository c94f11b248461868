"""Sentences to paste into a paper, as LaTeX and as Markdown, and the paragraph that checklists ask for."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.report import latex
from analysis.report.document import Control
from analysis.report.gather import Material, Pool
from analysis.wording import markdown, paper
from analysis.wording.controls import CHECKLIST, COPIED, COPY, IN_A_PAPER


def paper_control(material: Material, pool: Pool) -> Control:
    """Return a sentence for each condition, and the paragraph on seeds, intervals and compute."""
    whole = pool.primary
    texts = [(each.condition, paper.sentence(each, whole)) for each in whole.judged]
    texts.append((CHECKLIST, paper.checklist(whole, len(pool.table.frame), _seconds(pool), _machines(material, pool))))
    return _control(texts)


def paper_over_tasks(whole: ComparisonOverTasks) -> Control:
    """Return what each condition shows of these tasks, and of new ones."""
    return _control([(each.condition, paper.over_tasks(each, whole)) for each in whole.across.values()])


def _control(texts: Sequence[tuple[str, str]]) -> Control:
    return Control(
        name="paper",
        label=IN_A_PAPER,
        data={
            "texts": [[name, latex.escaped(each), markdown.escaped(each)] for name, each in texts],
            "formats": ["LaTeX", "Markdown"],
            "button": COPY,
            "copied": COPIED,
        },
    )


def _seconds(pool: Pool) -> float | None:
    """Return the training time of all trials together; None where some trial that ended has none."""
    seconds = pool.numbers("train_seconds")
    return float(seconds.sum()) if len(seconds) and bool((seconds > 0).all()) else None


def _machines(material: Material, pool: Pool) -> list[str]:
    """Return the processors that the environments name: of a pool on CUDA the GPUs, else the CPUs."""
    kind = "gpu" if "cuda" in pool.distinct("device") else "cpu"
    parts = (each.get(kind) for each in material.environments.values())
    names = (part.get("model") or part.get("name") for part in parts if isinstance(part, dict))
    return sorted({str(each) for each in names if each})
