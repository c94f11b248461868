"""What the page on own training code shows works as shown; commands too, in two languages."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.end_to_end.own_training_page import PAGE, ROOT, files_of, lay, python

COMMAND = """
import json, os
import numpy as np

with open(os.environ["BENCH_TRIAL"]) as file:
    trial = json.load(file)
data = np.random.default_rng(0)
x = data.normal(size=(300, 8))
y = x[:, 0] + data.normal(size=300) > 0
w = np.random.default_rng(trial["seeds"]["init"]).normal(size=8)
order, curves = np.random.default_rng(trial["seeds"]["order"]), []
for epoch in range(trial["settings"]["epochs"]):
    for index in order.permutation(200):
        w -= 0.5 * ((1 / (1 + np.exp(-x[index] @ w)) - y[index]) * x[index] + trial["settings"]["weight_decay"] * w)
    curves.append({"norm": float(np.sqrt(w @ w))})
correct = (x[200:] @ w > 0) == y[200:]
np.save(os.path.join(trial["folder"], "correct.npy"), correct)
with open(os.environ["BENCH_RESULT"], "w") as file:
    json.dump({"test_correct": os.path.join(trial["folder"], "correct.npy"), "curves": curves}, file)
"""


def outcomes(folder: Path) -> dict[tuple[str, int], Any]:
    """Return which test examples each trial got right; all have trained."""
    rows = [row for file in (folder / "trials").glob("*.parquet") for row in pq.read_table(file).to_pylist()]
    assert {row["status"] for row in rows} == {"ok"}, rows[0]["error"]
    return {(row["condition"], row["seed"]): (row["test_bits"], row["test_total"], row["epochs"]) for row in rows}


def test_the_twenty_lines_of_the_readme_are_those_of_the_page() -> None:
    page = files_of(PAGE)
    readme = files_of((ROOT / "README.md").read_text(encoding="utf-8"))
    assert readme == {name: page[name] for name in ("train.py", "study.toml")}
    assert len([line for line in readme["train.py"].splitlines() if line]) == 20


@pytest.mark.slow
def test_the_page_leads_to_a_report_and_a_training_that_saves_is_the_same(tmp_path: Path) -> None:
    lay(tmp_path, ("seeds = 16", "seeds = 2"))
    commands = re.findall(r"^python (-m .*)$", PAGE, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        python(tmp_path, *command.split())
    assert (tmp_path / "results/mine/report/index.html").exists()
    lay(tmp_path, ("seeds = 16", "seeds = 2"), ("train.py", "resumed.py"), ('"mine"', '"resumed"'))
    python(tmp_path, "-m", "bench", "run", "study.toml")
    found = outcomes(tmp_path / "results/mine")
    assert len(found) == 4
    assert outcomes(tmp_path / "results/resumed") == found
    python(tmp_path, "-m", "bench", "plan", "larger.toml")


@pytest.mark.slow
@pytest.mark.parametrize(
    "language",
    ["python", pytest.param("perl", marks=pytest.mark.skipif(not shutil.which("perl"), reason="there is no perl"))],
)
def test_a_command_in_any_language_trains_and_gives_the_same_again(tmp_path: Path, language: str) -> None:
    lay(tmp_path)
    (tmp_path / "command.py").write_text(COMMAND)
    study = tmp_path / "perl.toml"
    if language == "python":
        study.write_text(study.read_text().replace('["perl", "train.pl"]', '["python", "command.py"]'))
    for out in ("once", "again"):
        python(tmp_path, "-m", "bench", "run", "perl.toml", "--out", out)
    found = outcomes(tmp_path / "once")
    assert outcomes(tmp_path / "again") == found
    assert len(found) == 8
    assert all(epochs == 3 for _, _, epochs in found.values())
    assert len({bits for bits, _, _ in found.values()}) > 4, "seeds and conditions matter"
