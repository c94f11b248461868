"""What README and docs show works as shown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from PIL import Image

import analysis
from analysis.cli import main as analysis_main
from analysis.tables.pairing import pair
from analysis.tables.question import Question
from analysis.tables.table import load
from bench.base.draws import Position
from bench.checks.dropout.laws import LAWS
from bench.checks.plugin.laws import LAWS as PLUGIN_LAWS
from bench.checks.training.check import LAWS as TRAINING_LAWS
from bench.cli import main
from bench.commands import handbook
from bench.data.split import Split
from bench.engines.stacked.train import train_stack
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Draw
from bench.study.study import read_study
from tests.conftest import condition, stack

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(text: str, language: str, words: str = "") -> str:
    """Return the first block in a language, of those that contain the words."""
    found = [each for each in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL) if words in each]
    assert found, f"no {language} block with {words}"
    return found[0]


def test_the_study_in_the_readme_is_valid() -> None:
    study = read_study(tomllib.loads(block(README, "toml")), "README.md")
    assert len(study.trials()) == 60


@pytest.mark.slow
def test_the_study_on_the_page_on_tasks_is_run_by_its_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/tasks.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "many.toml").write_text(block(page, "toml").replace("seeds = 6", "seeds = 1"))
    commands = re.findall(r"^python -m bench ([^#\n]*?) *(?:#.*)?$", page, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["plan", "run", "status"]
    for command in [*commands, "export results/many all.parquet"]:
        more = ["--executor", "serial"] if command.startswith("run") else []
        assert main([*command.split(), *more]) == 0, command
    assert "task small" in capsys.readouterr().out
    assert (tmp_path / "results/many/whole/plan.json").exists()


@pytest.mark.slow
def test_the_example_of_the_page_on_two_commits_ends_as_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs/ab.md").read_text(encoding="utf-8")
    paths = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    author = {
        f"GIT_{who}_{what}": "test@example.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    command, environment = ["bash", "-e", "-c", block(page, "sh")], os.environ | paths | author
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 4, run.stderr
    printed, shown = (
        next(line.split() for line in text.splitlines() if line.startswith("  comparisons"))
        for text in (run.stdout, page)
    )
    assert printed[:2] == shown[:2] == ["comparisons", "regressed"]
    assert float(printed[2].strip("%")) == pytest.approx(float(shown[2].strip("%")), abs=1)


@pytest.mark.slow
def test_the_blocks_of_the_page_on_python_run_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code in re.findall(r"```python\n(.*?)```", (ROOT / "docs/python.md").read_text(encoding="utf-8"), re.DOTALL):
        exec(code, names)
    assert names["effect"].headline.verdict == "superior"
    assert (tmp_path / "results/smoke/plan.json").exists()


def test_each_target_of_the_makefile_is_there_once_and_told_by_help() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):", text, re.MULTILINE)
    (phony,) = re.findall(r"^\.PHONY: (.*)", text, re.MULTILINE)
    assert sorted(targets) == sorted(phony.split())
    assert set(targets) == set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))
    said = subprocess.run(["make", "-n", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stderr == ""


def test_the_script_in_the_page_on_slurm_is_what_its_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs/slurm.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^python -m bench (slurm .*) > ", page, re.MULTILINE)
    assert main(command.split()) == 0
    printed = capsys.readouterr().out.replace(sys.executable, "/home/me/dropout-bench/.venv/bin/python")
    assert printed.replace(str(Path.cwd()), "/home/me/dropout-bench") == block(page, "bash")


@pytest.mark.slow
def test_the_commands_in_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)(?=[ `\n])", README)) - {"it"} <= targets
    programs = {"bench": main, "analysis": analysis_main}
    for package, command in set(re.findall(r"python -m (bench|analysis) ([a-z-]+)", README)):
        with pytest.raises(SystemExit) as ended:
            sys.exit(programs[package]([command, "--help"]))
        assert ended.value.code == 0, command


def test_the_page_of_the_regularisers_is_made_from_the_registries() -> None:
    assert (ROOT / "docs/regularisers.md").read_text(encoding="utf-8") == handbook.page()
    for name in REGULARISERS:
        assert f"`{name}` |" in handbook.page()


def test_the_page_of_the_data_sets_is_made_from_the_registry() -> None:
    assert (ROOT / "docs/data.md").read_text(encoding="utf-8") == handbook.data_page()


@pytest.mark.slow
def test_the_plug_in_of_the_data_page_is_a_data_set(tmp_path: Path) -> None:
    text = block((ROOT / "docs/data.md").read_text(encoding="utf-8"), "python")
    (tmp_path / "moons.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "bench", "check-plugin", str(tmp_path / "moons.py")]
    said = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True, text=True
    )
    assert "moons" in said.stdout


def test_every_link_of_the_documents_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "results/README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.slow
def test_the_findings_are_what_the_command_writes_from_the_committed_results(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (tmp_path / "results").symlink_to(ROOT / "results")
    (docs / "findings.toml").write_bytes((ROOT / "docs/findings.toml").read_bytes())
    command = [sys.executable, "-m", "analysis", "findings", "docs/findings.toml"]
    subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
    assert (docs / "findings.md").read_text() == (ROOT / "docs/findings.md").read_text()
    drawn = sorted(each.name for each in (docs / "figures").iterdir())
    assert drawn == sorted(each.name for each in (ROOT / "docs/figures").iterdir())
    assert [name for name in drawn if not look_alike(docs / "figures" / name, ROOT / "docs/figures" / name)] == []


def look_alike(one: Path, other: Path) -> bool:
    """Return whether hardly a pixel of two pictures differs: another machine may round the edge of a letter."""
    first, second = (np.asarray(Image.open(each).convert("RGB"), int) for each in (one, other))
    return first.shape == second.shape and bool((abs(first - second).max(axis=2) > 8).mean() < 5e-4)


def test_the_numbers_of_the_reference_study_in_the_readme_are_those_of_the_findings() -> None:
    said = re.search(r"\*The \[reference study\].*?\*\n", README, re.DOTALL)
    assert said is not None
    numbers = re.findall(r"[+−]?\d+\.\d+%?|\d+% \(\d+% to \d+%\)", said[0].replace("\n", " "))
    assert len(numbers) >= 11
    rows = load(ROOT / "results/reference").frame
    worst = rows[rows["condition"] == "none"]["test_correct"].min()
    known = (ROOT / "docs/findings.md").read_text() + f" {worst / 100:.1f}%"
    assert [each for each in numbers if each not in known] == []


def test_what_streams_are_worth_is_told_as_the_findings_have_it() -> None:
    findings = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8").splitlines()
    page = (ROOT / "docs" / "own-training.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(("| seeds by", "| streams", "| manual"))]
    assert len(rows) == 5
    assert [line for line in rows if line not in findings] == []
    measured = [line for line in findings if line.startswith("| manual") and "epochs" in line]
    times = [float(line.split("|")[-2].split()[0]) for line in measured]
    spread = f"{min(times):.0f} to {max(times):.0f} times as many"
    assert spread in README
    assert spread in (ROOT / "docs" / "check-training.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_analysis_alone_works_on_a_plain_csv(tmp_path: Path) -> None:
    """The README's command, on a table of somebody's own runs."""
    noise = np.random.default_rng(0).normal(0, 0.002, (2, 8))
    lines = ["condition,seed,test_accuracy"]
    lines += [f"none,{seed},{0.85 + noise[0, seed]:.4f}" for seed in range(8)]
    lines += [f"mine,{seed},{0.87 + noise[1, seed]:.4f}" for seed in range(8)]
    (tmp_path / "my-runs.csv").write_text("\n".join(lines))
    (command,) = re.findall(r"^python -m analysis compare .*$", README, re.MULTILINE)
    arguments = [*command.split()[1:], "--json", "-"]
    said = subprocess.run([sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True)
    (comparison,) = json.loads(said.stdout)["comparisons"]
    assert comparison["verdict"] == "superior"
    assert comparison["n_pairs"] == 8


@pytest.mark.slow
def test_the_layer_in_the_readme_is_found_wrong_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_layers.py").write_text(block(README, "python", "class Dropout"), encoding="utf-8")
    (command,) = re.findall(r"^python -m bench (check-dropout .*)$", README, re.MULTILINE)
    assert main(command.split()) == 1
    said = capsys.readouterr().out.splitlines()
    assert set(block(README, "text").splitlines()) <= set(said)


def test_every_law_has_its_line_in_the_docs() -> None:
    page = (ROOT / "docs/checking-a-layer.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z-]+[0-9]?)`", page)) | {
        f"rate{tail}" for tail in re.findall(r"`(-by-[a-z]+)`", page)
    }
    assert {law.key for law in LAWS} <= named


def test_every_law_of_a_training_has_its_line_in_the_docs() -> None:
    page = (ROOT / "docs/check-training.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z-]+`.*?) (=?) ?\|", page, re.MULTILINE)
    named = {name: equals == "=" for names, equals in rows for name in re.findall(r"`([a-z-]+)`", names)}
    assert named == {law.key: law.equal_bits for law in TRAINING_LAWS}


@pytest.mark.slow
def test_the_training_in_the_docs_is_found_wrong_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/check-training.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(block(page, "python"), encoding="utf-8")
    (command,) = re.findall(r"^python -m bench (check-training .*)$", page, re.MULTILINE)
    assert main(command.split()) == 1
    assert set(block(page, "text").splitlines()) <= set(capsys.readouterr().out.splitlines())


def executed(number: int) -> ModuleType:
    """Return a Python block of the page on extending, by its place there, as a module."""
    page = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    module = ModuleType("example")
    code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[number]
    exec(compile(code, "docs/extending.md", "exec", dont_inherit=True), vars(module))
    return module


def test_the_figure_in_the_docs_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.report.sections.order.PLOTS", (executed(1).PLOT,))
    compared = analysis.compare(ROOT / "results/book-en")
    (axes,) = compared.plot("interval-widths").axes
    widths = [each.ci_high - each.ci_low for each in compared.effects.values() if each.ci_low is not None]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(widths)
    assert widths


def test_the_method_in_the_docs_computes_what_it_says() -> None:
    record = executed(2).TrimmedMean
    zeros, treated = np.zeros(10, np.int64), np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 1000])
    question = Question("test_accuracy", "none", 0.05, None, direction="higher")
    made = record.of(pair(("x", "none"), range(10), treated, zeros, scale=100), question)
    assert made.result.trimmed_mean == pytest.approx(0.055)  # the mean of 3 to 8 is 5.5
    assert record.of(pair(("x", "none"), [], zeros[:0], zeros[:0]), question).warnings


def test_every_law_of_a_plug_in_has_its_line_in_the_docs() -> None:
    page = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    assert [f"`{law.key}` | {law.says}" for law in PLUGIN_LAWS] == re.findall(r"^\| (`[a-z-]+` \| .*) \|$", page, re.M)


def test_the_regulariser_in_the_docs_works_in_one_file_and_one_line(
    small_split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = executed(0).LAPLACE_DROPOUT
    monkeypatch.setitem(REGULARISERS, record.name, record)
    factors = record.multiplier(Draw(0, Position()), torch.tensor([0.0, 0.5]).double(), (512, 256))
    assert torch.equal(factors[0], torch.ones(512, 256))
    standard_error = (5 / factors[1].numel()) ** 0.5  # of the variance: the kurtosis is 6
    assert factors[1].var().item() == pytest.approx(1, abs=5 * standard_error)
    plain, noisy = train_stack(
        stack(condition("none"), condition("noisy", laplace_dropout=(0.5, 0.5))), small_split, lambda: None
    )
    assert noisy.running[-1].loss > plain.running[-1].loss
