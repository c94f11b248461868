"""What a command imports: nothing heavy to print help, and no torch where nothing is trained."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import commands as of_analysis
from bench import commands as of_bench
from tests.scale.fabricate import fabricate, study_text

ROOT = Path(__file__).parents[2]
REFERENCE = str(ROOT / "results" / "reference")
TRAINING, DRAWING = {"torch", "torchvision", "triton"}, {"matplotlib", "jinja2"}
HEAVY = TRAINING | DRAWING | {"numpy", "scipy", "pandas", "pyarrow", "statsmodels", "rich"}
HELP = """
import contextlib, io, json, sys
from {package}.cli import main
said = {{}}
for arguments in {calls}:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            main(arguments)
        except SystemExit:
            pass
    said[" ".join(arguments)] = [len(out.getvalue()), sorted({{name.split(".")[0] for name in sys.modules}})]
print(json.dumps(said))
"""
WORK = """
import json, sys
from {package}.cli import main
code = main({call})
print(json.dumps([code, sorted({{name.split(".")[0] for name in sys.modules}})]))
"""


def python(code, folder):
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.parametrize(("package", "commands"), [("bench", of_bench.COMMANDS), ("analysis", of_analysis.COMMANDS)])
def test_to_print_help_nothing_heavy_is_imported(package, commands):
    calls = [["--help"], *([command.NAME, "--help"] for command in commands)]
    said = python(HELP.format(package=package, calls=calls), ROOT)
    assert len(said) == len(commands) + 1
    for call, (length, modules) in said.items():
        assert length > 100, f"{package} {call} says nothing"
        assert not HEAVY & set(modules), f"{package} {call}"


@pytest.mark.parametrize("package", ["bench", "analysis"])
def test_to_import_a_package_nothing_heavy_is_imported(package):
    code = f"import sys, json, {package}; print(json.dumps([name.split('.')[0] for name in sys.modules]))"
    assert not HEAVY & set(python(code, ROOT))


@pytest.mark.slow
def test_to_train_nothing_heavy_but_torch_is_imported():
    """A study whose settings need scipy imports it where it is used: each worker pays for what it imports."""
    code = "import sys, json, bench.run.runner, bench.run.worker; print(json.dumps([*sys.modules]))"
    imported = {name.split(".")[0] for name in python(code, ROOT)}
    assert "torch" in imported
    assert not {"scipy", "pandas", "statsmodels"} & imported


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("bench", ["status", REFERENCE]),
        ("bench", ["plan", "reference", "--out", REFERENCE]),
        ("bench", ["export", REFERENCE, "all.parquet"]),
        ("analysis", ["power", "--sd", "0.004", "--delta", "0.002"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value,
)
def test_where_nothing_is_trained_torch_is_not_imported(package, call, tmp_path):
    code, modules = python(WORK.format(package=package, call=call), tmp_path)
    assert code == 0
    assert not (TRAINING | DRAWING) & set(modules)


@pytest.mark.slow
def test_a_run_with_nothing_to_do_imports_no_torch(tmp_path):
    (tmp_path / "scale.toml").write_text(study_text(2), encoding="utf-8")
    fabricate(tmp_path / "scale", 2)
    code, modules = python(WORK.format(package="bench", call=["run", "scale.toml", "--out", "scale"]), tmp_path)
    assert code == 0
    assert not (TRAINING | DRAWING) & set(modules)


@pytest.mark.slow
@pytest.mark.parametrize(
    "call", [["compare", REFERENCE], ["power", "--sd", "0.004", "--delta", "0.002"]], ids=lambda call: call[0]
)
def test_a_comparison_does_without_the_distributions_that_take_half_a_second_to_import(call, tmp_path):
    code = (
        f"import json, sys; from analysis.cli import main; code = main({call}); print(json.dumps([code, *sys.modules]))"
    )
    returned, *modules = python(code, tmp_path)
    assert returned == 0
    assert "scipy.special" in modules and "scipy.stats" not in modules
