"""The registry of methods is the bases of `Effect`: each method has a place there, and no key has two."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

import numpy as np
import pytest

import analysis.methods
from analysis.answer.compare import compare
from analysis.answer.effect import Contrast, Effect, methods_of
from analysis.base.records import Record, merged, to_json
from analysis.catalogue.example import table
from analysis.methods.paired_t import TTest
from analysis.methods.result import Method, OfPairs


def every_method() -> set[type[Method]]:
    for each in pkgutil.iter_modules(analysis.methods.__path__, "analysis.methods."):
        importlib.import_module(each.name)
    found, left = set(), [Method]
    while left:
        below = left.pop().__subclasses__()
        left += below
        found |= {each for each in below if each.__module__.startswith("analysis.methods.")}
    return found - {OfPairs}


def test_every_method_is_a_base_of_effect() -> None:
    assert set(methods_of(Effect)) == every_method()
    assert set(methods_of(Contrast)) < every_method()


@pytest.mark.parametrize("kind", [Effect, Contrast])
def test_no_number_comes_from_two_methods(kind: type[Record]) -> None:
    names = Counter(name for base in kind.__bases__ if issubclass(base, Record) for name in base.names())
    assert [name for name, times in names.items() if times > 1] == []


def test_the_json_has_the_fields_in_the_order_of_the_bases() -> None:
    effect = compare(table(), "test_accuracy", "none", margin=0.05).effects["low"]
    found = effect.to_json()
    turned = ["direction", "lower_is_better"]
    assert [key for key in found if key not in turned] == [key for key in Effect.names() if key not in turned]
    assert list(found)[3:5] == turned
    assert list(found)[:3] == ["condition", "control", "metric"]
    assert list(found)[-2:] == ["headline", "pairs"]
    assert (found["t"], found["pairs"][0]["seed"], found["seeds_lost"]) == (effect.t, effect.pairs[0].seed, [])


def test_what_is_no_plain_value_does_not_become_json() -> None:
    with pytest.raises(TypeError, match="int64"):
        to_json({"n": np.int64(3)})
    with pytest.raises(TypeError, match="t_value"):
        merged(TTest, TTest(t=1.0), t_value=2.0)


def test_the_repr_of_a_comparison_is_short() -> None:
    found = compare(table(), "test_accuracy", "none", margin=0.05)
    assert repr(found) == (
        "<Comparison of low, middle, high with none on test_accuracy: 8 seeds, alpha 0.05, margin 0.05>"
    )
