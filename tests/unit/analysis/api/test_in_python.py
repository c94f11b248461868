"""From Python, what is wrong with the input is said with parameters, in place of the options of the commands."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import analysis
from analysis.api.in_python import parameters_in
from analysis.base.errors import option

RUNS = pd.DataFrame({"c": ["a", "b"] * 4, "s": [0, 0, 1, 1, 2, 2, 3, 3], "score": range(8)})
DEVICES = RUNS.assign(device=["cpu"] * 4 + ["cuda 0"] * 4)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("give --delta (how many seeds?) or --n", "give delta (how many seeds?) or n"),
        ("--where device=cpu or --where 'device=cuda 0'", 'where={"device": "cpu"} or where={"device": "cuda 0"}'),
        ("--where epoch=3: no row has that value", 'where={"epoch": "3"}: no row has that value'),
        ("choose one with --where", "choose one with where"),
        ("(--test-fraction) the approximate test", "(test_fraction) the approximate test"),
        ("give --higher-is-better or --lower-is-better", 'give direction="higher" or direction="lower"'),
        ("--epochs best:val/loss: there is no column", 'epochs="best:val/loss": there is no column'),
        ("--epochs last takes the last", 'epochs="last" takes the last'),
        ("--task 'my fold' takes its 3 values for tasks", 'task="my fold" takes its 3 values for tasks'),
        ("(--condition-column NAME names another)", '(condition="NAME" names another)'),
        ("one, as by --seed-column 'my seed'", 'one, as by seed="my seed"'),
        ("python -m analysis import T --metric M; or --sd", "python -m analysis import T --metric M; or sd"),
        ("condition 'a--sd' has no rows", "condition 'a--sd' has no rows"),
        ("no condition 't.py --lr 0.2'; did you mean 't.py --lr 0.1'?",) * 2,
        ("the condition's rows; give --chance", "the condition's rows; give chance"),
    ],
)  # fmt: skip
def test_options_become_parameters(fault: str, told: str) -> None:
    assert parameters_in(fault) == told


@pytest.mark.parametrize(
    "value", ["a", "a b", "it's 0", 'a"b', "x:", "y.", "a=b", "--sd", "best:val/acc", "(c)", "", "é"]
)
def test_an_argument_survives_shell_and_python(value: str) -> None:
    said = f"{option('where', f'c={value}')}: no row has that value"
    assert shlex.split(said.removesuffix(": no row has that value")) == ["--where", f"c={value}"]
    assert parameters_in(said) == f'where={{"c": {json.dumps(value, ensure_ascii=False)}}}: no row has that value'


ASKED: dict[str, Callable[..., object]] = {
    "load": analysis.load,
    "compare": lambda table, **told: analysis.compare(table, "score", "a", **told),
    "sequential": lambda table, **told: analysis.sequential(table, "score", "a", **told),
    "selfcheck": lambda table, **told: analysis.selfcheck(table, "score", "a", **told),
    "variance": lambda table, **told: analysis.variance(table, "score", **told),
    "factorial": lambda table, **told: analysis.factorial(table, "score", **told),
    "report": lambda table, **told: analysis.report(table, metric="score", control="a", **told),
    "power": lambda table, **told: analysis.power(pilot=table, metric="score", control="a", n=9, **told),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_an_error_says_to_give_is_taken(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ask, named = ASKED[name], {"condition": "c", "seed": "s"}
    with pytest.raises(analysis.TableError, match=r'seed="NAME" names another') as raised:
        ask(RUNS)
    assert not re.search(r"(?<!\S)--[a-z]", str(raised.value))
    elsewhere = "(of analysis.load: give what it returns here)" in str(raised.value)
    assert elsewhere == (name not in {"load", "compare"})
    if elsewhere:
        with pytest.raises(TypeError, match="unexpected keyword argument 'condition'"):
            ask(RUNS, **named)
    with pytest.raises(analysis.TableError, match=r'choose where=\{"device": "cpu"\} or where=\{"device": "cuda 0"\}'):
        analysis.load(DEVICES, **named)
    given: Any = analysis.load(DEVICES, **named, where={"device": "cuda 0"})
    try:
        ask(given) if elsewhere else ask(DEVICES, **named, where={"device": "cuda 0"})
    except analysis.TableError as error:
        assert "is missing" not in str(error)


def test_a_number_out_of_range_is_named_by_its_parameter() -> None:
    with pytest.raises(analysis.TableError, match="sd is 0; allowed") as raised:
        analysis.power(0, n=9)
    assert raised.value.faults == ("sd is 0; allowed: a finite number above 0",)


@pytest.mark.parametrize("name", ["where", "nonsense", "factors"])
def test_a_parameter_that_there_is_not_is_refused(name: str) -> None:
    for ask in (ASKED["factorial"], ASKED["report"]):
        with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
            ask(RUNS, **{name: "x"})
