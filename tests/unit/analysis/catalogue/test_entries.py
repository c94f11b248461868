"""What an entry names exists, what it shows is printed, and its numbers are those of the code."""

from __future__ import annotations

import ast
import doctest
import functools
import importlib
from dataclasses import fields
from pathlib import Path

import pytest

from analysis.catalogue import METHODS, Method
from analysis.catalogue.entry import PREAMBLE
from analysis.methods import (
    confidence_sequence,
    power,
    resampling,
    self_check,
    sign_agreement,
    sign_flip,
    signed_rank,
    simultaneous,
    summary,
    variance_components,
)
from bench.schema import CHANCE_TOLERANCE

ROOT = Path(__file__).parents[4]
EVERY = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.title)


@functools.cache
def functions_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@EVERY
def test_an_entry_is_whole(method: Method) -> None:
    assert all(getattr(method, each.name) for each in fields(method) if each.name != "fills")


@EVERY
def test_its_functions_are_there(method: Method) -> None:
    for named in method.computed_by:
        module, name = named.split(":")
        found = functools.reduce(getattr, name.split("."), importlib.import_module(module))
        assert callable(found)
        assert found.__module__ == module


@EVERY
def test_its_tests_are_there(method: Method) -> None:
    for named in method.checked_by:
        path, name = named.split("::")
        assert name in functions_in(ROOT / path), named


@EVERY
def test_its_example_prints_what_it_shows(method: Method) -> None:
    example = doctest.DocTestParser().get_doctest(PREAMBLE + method.example, {}, method.title, None, 0)
    assert any(each.want for each in example.examples)
    said: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert result.failed == 0, "".join(said)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Sign-flip test of the mean", f"{sign_flip.RANDOM_FLIPS:,}"),
        ("Sign-flip test of the mean", f"n <= {sign_flip.EXACT_UP_TO}"),
        ("Wilcoxon signed-rank test", f"up to {signed_rank.EXACT_UP_TO} "),
        ("Simultaneous intervals over seeds", f"from {simultaneous.FLIPS_FROM}:"),
        ("Simultaneous intervals over seeds", f"{sign_flip.RANDOM_FLIPS:,} common flips"),
        ("Summaries of arms and differences", f"floor({summary.TRIMMED} n)"),
        ("Which trials diverged", f"chance + {CHANCE_TOLERANCE}"),
        ("Seeds by power", f"{power.MOST // 10**6} million"),
        ("Plans from a pilot", f"{100 * power.UPPER:.0f}% limit"),
        ("Confidence sequence", f"g = {confidence_sequence.MIXTURE:.0f}"),
        ("Sign agreement of shorter studies", f"{sign_agreement.SUBSETS:,}"),
        ("Variance by source", f"{variance_components.DRAWS:,} draws"),
        ("Self-check", f"{self_check.FLIPS:,} random"),
        ("Self-check by resampled seeds", f"{resampling.RESAMPLES:,} studies"),
        ("Self-check by resampled seeds", f"From {resampling.FEWEST} seeds"),
        ("Self-check by resampled seeds", f"above {resampling.LARGEST:,} seeds"),
        ("Self-check by resampled seeds", f"<= {resampling.TIMES:g} α"),
        ("Self-check", f"{100 * self_check.SURE:.1f}% quantile"),
    ],
)
def test_constants_are_those_of_the_code(title: str, said: str) -> None:
    (method,) = (each for each in METHODS if each.title == title)
    assert said in f"{method.assumes}\n{method.formula}"
