"""The report of a folder whose seeds are folds: no word of new seeds, and only what holds of splits."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.report.compose import compose
from analysis.report.gather import gather
from analysis.wording.phrases import OVER_SPLITS
from bench import schema
from tests.results import write

pytestmark = pytest.mark.slow

OF_SEEDS = re.compile(r"new seeds|other seeds|more seeds|one seed each|exact limits|t interval over")


@pytest.fixture
def folder(make_folder) -> Path:
    """Return a folder in which each seed is a fold, as training code of one's own may return it."""
    made = make_folder(labels=("none", "book", "dropout-0.5"), seeds=8)
    for file in (made / schema.TRIALS_FOLDER).glob("*.parquet"):
        row = pq.read_table(file)
        write(file, row.append_column("fold", row["seed"].cast(pa.float64())))
    return made


@pytest.mark.parametrize("fraction", [None, 0.125])
def test_a_report_over_splits_says_nothing_of_seeds(folder: Path, fraction: float | None) -> None:
    made = compose(gather(folder, {"test_fraction": fraction}))
    said = str(made.parts)
    assert not OF_SEEDS.search(said), said[max(0, OF_SEEDS.search(said).start() - 300) :][:400]
    titles = [each.heading for part in made.parts for each in part.sections]
    assert "Answer" in titles and "What would reduce the uncertainty" not in titles
    assert "Nadeau and Bengio (2003)" in said
    assert (OVER_SPLITS in said, "approximate CI" in said) == (fraction is None, fraction is not None)
