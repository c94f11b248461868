"""A study of thousands of trials lies in few files, and every command knows all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import analysis
from bench.record.segments import MOST_LOOSE
from bench.record.store import Store
from tests.end_to_end.conftest import Workplace
from tests.scale.fabricate import RATES, fabricate, study_text

SEEDS, IMAGES = 700, 160

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    made = Workplace(tmp_path_factory.mktemp("scale"))
    (made.folder / "scale.toml").write_text(study_text(SEEDS))
    assert fabricate(made.folder / "results/scale", SEEDS, IMAGES) == SEEDS * len(RATES)
    return made


def test_files_are_few(large: Workplace) -> None:
    trials = Store(large.folder / "results/scale").trials
    segments = list(trials.glob("part-*.parquet"))
    assert segments
    assert len(list(trials.iterdir())) - len(segments) <= MOST_LOOSE < SEEDS


def test_every_command_knows_every_trial(large: Workplace, tmp_path: Path) -> None:
    for command in (("plan", "scale.toml"), ("status", "results/scale")):
        out, _ = large.here(*command)
        assert re.search(rf"{SEEDS * len(RATES)} +(trials done|ok)\n", out), out
    packed = tmp_path / "all.parquet"
    large.here("export", "results/scale", str(packed))
    for table in (large.folder / "results/scale", packed):
        found = analysis.compare(table, "test_accuracy", "p0.0")
        assert {each.n_pairs for each in found.effects.values()} == {SEEDS}
