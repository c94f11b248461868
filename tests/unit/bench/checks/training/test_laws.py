"""Every planted fault is found with its cause, in a renamed copy too; right trainings break no law."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bench.checks.training.check import LAWS, check
from bench.checks.training.law import BROKEN, PASSED, Verdict
from bench.checks.training.resolving import of_callable, resolve
from tests.unit.bench.checks.training.renaming import copy_of

HERE = Path(__file__).parent
MODULES = ("wrong_pairing", "wrong_evaluation", "wrong_loops")
OF_CALLABLES = {
    "seeded_as_everybody_does", "dropout_always_on", "same_masks_each_epoch", "seed_unused", "order_not_restored",
}  # fmt: skip
"""Faults that are looked for in the function itself too; all of them are in a file, under other names."""
FAST_RIGHT = {"plain", "with_numpy_only"}


def loaded(name: str) -> ModuleType:
    sys.path.insert(0, str(HERE))
    try:
        spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(HERE))


def named(module: ModuleType, function: Callable[..., Any]) -> str:
    return next(name for name, value in vars(module).items() if value is function)


def wrong() -> Iterator[Any]:
    for name in MODULES:
        module = loaded(name)
        for function, (law, words) in module.WRONG.items():
            own = named(module, function)
            yield pytest.param(name, own, law, words, getattr(function, "settings", {}), id=own)


WRONG = list(wrong())


def verdicts(place: Path, function: str, settings: dict[str, Any]) -> dict[str, Verdict]:
    return {each.law: each for each in check(resolve(f"{place}:{function}", settings)).verdicts}


@pytest.mark.slow
@pytest.mark.parametrize(("module", "function", "law", "words", "settings"), [w for w in WRONG if w.id in OF_CALLABLES])
def test_a_fault_is_found_in_a_function_that_is_at_hand(
    module: str, function: str, law: str, words: str, settings: dict[str, Any]
) -> None:
    found = {each.law: each for each in check(of_callable(vars(loaded(module))[function], settings)).verdicts}
    assert found[law].outcome == BROKEN
    assert words in found[law].message


@pytest.mark.slow
@pytest.mark.parametrize(("module", "function", "law", "words", "settings"), WRONG)
def test_each_fault_is_found_in_a_renamed_copy(
    tmp_path: Path, module: str, function: str, law: str, words: str, settings: dict[str, Any]
) -> None:
    place = copy_of(HERE / f"{module}.py", tmp_path, {function, "WRONG"})
    assert " train_x" not in place.read_text()
    found = verdicts(place, function, settings)
    assert found[law].outcome == BROKEN
    assert words in found[law].message


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(each, id=each.__name__, marks=[] if each.__name__ in FAST_RIGHT else [pytest.mark.slow])
        for each in loaded("right_trainings").RIGHT
    ],
)
def test_a_right_training_breaks_no_law(function: Callable[..., Any]) -> None:
    checked = check(of_callable(function, {}))
    assert [each for each in checked.verdicts if each.outcome == BROKEN] == []
    assert sum(each.outcome == PASSED for each in checked.verdicts) >= 8


@pytest.mark.slow
def test_what_a_stream_moves_beside_its_own_is_not_claimed_where_it_cannot_be_seen() -> None:
    right = {each.__name__: each for each in loaded("right_trainings").RIGHT}
    seen, unseen = (
        {each.law: each.message for each in check(of_callable(right[name], {})).verdicts}
        for name in ("plain", "with_numpy_only")
    )
    for stream in ("init", "order", "mask"):
        assert "and nothing else" in seen[f"stream-{stream}"]
        assert "what else it moves cannot be seen" in unseen[f"stream-{stream}"]


def test_each_law_is_broken_by_some_fault() -> None:
    found = {law for name in MODULES for law, _ in loaded(name).WRONG.values()}
    assert {each.key for each in LAWS} == found
