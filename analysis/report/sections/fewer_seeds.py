"""What fewer seeds would have shown: how often their mean difference has the opposite sign."""

from __future__ import annotations

from analysis.report.document import Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.report.sign_agreement_grid import early_grid, early_words

TITLE = "What fewer seeds would have shown"


def section(_: Material, pool: Pool) -> Section | None:
    """Return the shares in words and as a table; None where no size of study is known."""
    judged = pool.primary.judged
    early = early_words(judged)
    return None if early is None else Section(TITLE, (Paragraph(early), early_grid(judged)))
