"""``python -m bench check-dropout``: what it says, where, and its exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch

from bench.cli import main
from tests.unit.bench.checks.dropout import wrong_layers

WRONG_FILE = str(Path(wrong_layers.__file__))

MINE = """
import torch

print("hello from the import")

class Mine(torch.nn.Dropout):
    def __init__(self, features, p):
        super().__init__(p)

def swapped(rate, x):
    return torch.nn.functional.dropout(x, rate)

def factory(p):
    return lambda x: torch.nn.functional.dropout(x, p)

def with_default(x, p=0.5):
    return torch.nn.functional.dropout(x, p)

def needs_three(x):
    return 3

def pair(x, p):
    return x, p

def on_the_cpu_only(x, p):
    return torch.from_numpy((torch.rand(x.shape) >= p).numpy() * x.numpy() / (1 - p)) if not x.requires_grad else x

made = torch.nn.Dropout(0.5)
number = 3
"""


@pytest.fixture
def mine(tmp_path: Path) -> str:
    path = tmp_path / "my_layers.py"
    path.write_text(MINE, encoding="utf-8")
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["check-dropout", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.slow
def test_a_right_layer_exits_with_0_and_its_table_is_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "torch.nn:Dropout", "--rates", "0.2")
    assert (code, err) == (0, "")
    assert "33 laws: 32 passed, 1 not applicable." in out
    assert "probability below 0.0001" in out
    head, *rows = out.splitlines()[2:25]
    starts = head.index("limits")
    assert all(row[starts - 1] == " " and row[starts] != " " for row in rows if len(row) > starts)


@pytest.mark.slow
def test_json_on_standard_output_is_alone_there(capsys: pytest.CaptureFixture[str], mine: str) -> None:
    code, out, err = run(capsys, f"{mine}:factory", "--rates", "0.2", "--json", "-")
    found = json.loads(out)
    assert code == 0
    assert "hello from the import" in err
    assert "33 laws" in err
    assert (found["form"], found["given_as"], found["broken"]) == ("unit", "callable object", [])
    assert {each["outcome"] for each in found["laws"]} == {"passed", "not applicable"}
    assert all(each["name"] and each["message"] for each in found["laws"])


@pytest.mark.slow
def test_json_in_a_file_has_every_figure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, _ = run(capsys, f"{WRONG_FILE}:AlwaysOn", "--rates", "0.2", "--json", str(tmp_path / "new" / "found.json"))
    found = json.loads((tmp_path / "new" / "found.json").read_text())
    assert code == 1
    assert found["broken"] == ["evaluation"]
    (law,) = (each for each in found["laws"] if each["name"] == "evaluation")
    assert law["outcome"] == "broken"
    assert law["figures"][0]["n"] == 64 * 64
    assert not law["figures"][0]["within"]


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("Mine", [], r"Mine\(features, p\) gives no dropout layer. Tried:\n  as a class .*missing 1 required"),
        ("Mime", [], "has no 'Mime'; did you mean \"Mine\"\\?"),
        ("made", [], "is a layer made already; give its class, Dropout"),
        ("number", [], "is an object of type int; a class"),
        ("pair", [], "gives an object of type tuple; a tensor is expected"),
        ("needs_three", [], r"as a class or factory, \(0.5\): gave an object of type int, which is no layer"),
        ("with_default", ["--rate-argument", "q"], r"with_default\(x, p=0.5\) has no such parameter"),
    ],
)
def test_what_is_no_layer_exits_with_2_and_says_what_was_tried(
    capsys: pytest.CaptureFixture[str], mine: str, name: str, more: list[str], said: str
) -> None:
    code, out, err = run(capsys, f"{mine}:{name}", *more)
    assert (code, out) == (2, "")
    assert re.search(said, err), err


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("no_such_module:Layer", "no_such_module cannot be imported: No module named"),
        ("no_such_file.py:Layer", "no_such_file.py: no such file"),
        ("torch.nn", "MODULE:LAYER or FILE.py:LAYER is expected"),
    ],
)
def test_what_cannot_be_found_exits_with_2(capsys: pytest.CaptureFixture[str], place: str, said: str) -> None:
    code, _, err = run(capsys, place)
    assert code == 2
    assert said in err


def test_a_file_that_cannot_be_imported_says_why(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0")
    code, _, err = run(capsys, f"{tmp_path / 'broken.py'}:Layer")
    assert code == 2
    assert "ZeroDivisionError: division by zero" in err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "more"), [("with_default", []), ("factory", []), ("swapped", ["--rate-argument", "rate"])]
)
def test_functions_and_factories_in_all_their_forms(
    capsys: pytest.CaptureFixture[str], mine: str, name: str, more: list[str]
) -> None:
    assert run(capsys, f"{mine}:{name}", "--rates", "0.2", *more)[0] == 0


@pytest.mark.slow
def test_what_cannot_be_told_without_a_gpu_is_said(capsys: pytest.CaptureFixture[str], mine: str) -> None:
    _, out, _ = run(capsys, f"{mine}:on_the_cpu_only", "--rates", "0.2")
    assert re.search(r"^device +not applicable", out, re.MULTILINE)
    assert "device: cannot tell without a GPU: " in out


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is CUDA here")
def test_a_device_that_is_not_here_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "torch.nn:Dropout", "--device", "cuda")
    assert code == 2
    assert "PyTorch finds none on this machine" in err


@pytest.mark.parametrize("rates", ["1.5", "0", "a", "0.2,0.2", ""])
def test_rates_are_between_0_and_1(rates: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["check-dropout", "torch.nn:Dropout", "--rates", rates])
    assert raised.value.code == 2
    assert f"{rates!r} was given" in capsys.readouterr().err
