"""From Python, what is wrong with the input is said with parameters, in place of the options of the commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis.api.in_python import parameters_in

RUNS = pd.DataFrame({"c": ["a", "b"] * 4, "s": [0, 0, 1, 1, 2, 2, 3, 3], "score": range(8)})
DEVICES = RUNS.assign(device=["cpu"] * 4 + ["cuda 0"] * 4)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("give --delta (how many seeds?) or --n", "give delta (how many seeds?) or n"),
        ("--where device=cpu or --where 'device=cuda 0'", 'where={"device": "cpu"} or where={"device": "cuda 0"}'),
        ("--where epoch=3: no row has that value", 'where={"epoch": "3"}: no row has that value'),
        ("(--test-fraction) the approximate test", "(test_fraction) the approximate test"),
        ("give --higher-is-better or --lower-is-better", 'give direction="higher" or direction="lower"'),
        ("--epochs best:val_acc: score is", 'epochs="best:val_acc": score is'),
        ("(--condition-column NAME names another)", '(condition="NAME" names another)'),
        ("one, as by --seed-column 'my seed'", 'one, as by seed="my seed"'),
        ("python -m analysis import T --metric M; or --sd", "python -m analysis import T --metric M; or sd"),
        ("condition 'a--sd' has no rows", "condition 'a--sd' has no rows"),
    ],
)  # fmt: skip
def test_options_become_parameters(fault: str, told: str) -> None:
    assert parameters_in(fault) == told


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda _: analysis.power(0, n=9), "sd is 0; allowed: a finite number above 0"),
        (lambda _: analysis.load(DEVICES, condition="c", seed="s"), 'choose where={"device": "cpu"} or'),
        (lambda _: analysis.compare(RUNS, "score", "a"), 'condition="NAME" names another'),
        (lambda _: analysis.sequential(RUNS, "score", "a"), 'seed="NAME" names another'),
        (lambda _: analysis.selfcheck(RUNS, "score", "a"), 'seed="NAME" names another'),
        (lambda _: analysis.variance(RUNS, "score"), 'seed="NAME" names another'),
        (lambda _: analysis.factorial(RUNS, "score"), 'seed="NAME" names another'),
        (lambda path: analysis.report(RUNS, out=path, metric="score", control="a"), 'seed="NAME" names another'),
    ],
)  # fmt: skip
def test_every_function_names_its_parameters(ask: Callable[[Path], object], said: str, tmp_path: Path) -> None:
    with pytest.raises(analysis.TableError) as raised:
        ask(tmp_path)
    assert said in str(raised.value)
    assert any(said in fault for fault in raised.value.faults)
    assert not re.search(r"(?<!\S)--[a-z]", str(raised.value))
