"""Which library multiplies: numpy's, or one that is much faster here; and what every library must do."""

from __future__ import annotations

import time

import pytest
import torch

from bench.assurance.pinned_workers import Lanes
from bench.base import matrix_products, multiplying
from bench.base.matrix_products import LIBRARIES, ONE_BY_ONE, Bind, Step, bind
from bench.schema import arithmetic

SIZES = (40, 32, 24, 10)


@pytest.fixture(autouse=True)
def numpy_again() -> object:
    yield
    multiplying.use({})


def operands(networks: int) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Return the three products of a layer, as training has them: shared inputs, columns of ones, transposed views."""
    generator = torch.Generator().manual_seed(0)

    def filled(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator)

    batch, inputs = filled(1, 96, 41).expand(networks, -1, -1), filled(1, 96, 33).repeat(networks, 1, 1)
    first, weights = filled(1, 41, 32).repeat(networks, 1, 1), filled(1, 33, 24).repeat(networks, 1, 1)
    errors, passed_on = filled(1, 96, 24).repeat(networks, 1, 1), torch.empty(networks, 96, 32)
    hidden = torch.empty(networks, 96, 33)[:, :, :-1]
    return [
        (batch, first, hidden),
        (batch.mT, filled(1, 96, 32).repeat(networks, 1, 1), torch.empty(networks, 41, 32)),
        (inputs.mT, errors, torch.empty(networks, 33, 24)),
        (errors, weights[:, :-1].mT, passed_on),
    ]


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_multiplies(library: str) -> None:
    for left, right, out in operands(3):
        LIBRARIES[library](left, right, out)()
        torch.testing.assert_close(out.double(), left.double() @ right.double(), rtol=0, atol=1e-4)


@pytest.mark.parametrize("library", ONE_BY_ONE)
def test_no_network_sees_what_it_is_stacked_with(library: str) -> None:
    for (one, few), (other, many), (alone, stacked) in (
        zip(*each, strict=True) for each in ((a, b) for a, b in zip(operands(1), operands(5), strict=True))
    ):
        bind(one, other, alone, library)()
        bind(few, many, stacked, library)()
        for network in stacked:
            assert network.equal(alone[0])


def slowed(library: Bind, seconds: float) -> Bind:
    def slow(*operands: torch.Tensor) -> Step:
        step = library(*operands)
        return lambda: (time.sleep(seconds), step())

    return slow


@pytest.mark.parametrize("slow", ["numpy", "others"])
def test_another_library_is_chosen_where_numpys_is_much_slower(monkeypatch: pytest.MonkeyPatch, slow: str) -> None:
    libraries = {
        name: slowed(library, 0.003) if (name == "numpy") == (slow == "numpy") else library
        for name, library in ONE_BY_ONE.items()
    }
    monkeypatch.setattr(matrix_products, "LIBRARIES", libraries)
    chosen = multiplying.fastest({SIZES: 16})
    assert list(chosen) == [(40, 32), (32, 24), (24, 10)]
    if slow == "others":
        assert set(chosen.values()) == {"numpy"}
    else:
        assert set(chosen.values()) <= ONE_BY_ONE.keys() - {"numpy"}
        before = {(40, 32): "numpy", (24, 10): "oneDNN", (9, 9): "a library that is not here"}
        assert multiplying.fastest({SIZES: 16}, before) == {**chosen, (40, 32): "numpy", (24, 10): "oneDNN"}


def test_little_work_is_not_worth_a_choice() -> None:
    per_image = matrix_products.step_flop(SIZES, 1)
    enough = -(-int(multiplying.WORTH_FLOP) // per_image)
    assert multiplying.is_worth_it({SIZES: enough})
    assert not multiplying.is_worth_it({SIZES: enough - 1})
    assert multiplying.is_worth_it({SIZES: enough // 2, (*SIZES, 2): enough // 2 + 1}), "of all shapes together"


@pytest.mark.slow
def test_workers_multiply_as_their_runner_chose() -> None:
    multiplying.use({(40, 32): "oneDNN"})
    with Lanes(1) as lanes:
        assert lanes(multiplying.library_of, 40, 32) == ["oneDNN"]
        assert lanes(multiplying.library_of, 32, 24) == ["numpy"]


def test_results_name_what_else_multiplied() -> None:
    loaded = [{"file": "libopenblas.so", "version": "0.3", "kernels": "Haswell"}]
    made = {"cpu": {"matrix_libraries": loaded, "multiplied_by": {"784 x 256": "oneDNN", "256 x 256": "oneDNN"}}}
    assert arithmetic(made).kernels == "Haswell/oneDNN"
    assert arithmetic(made).layers == (((784, 256), "oneDNN"), ((256, 256), "oneDNN"))
    by_numpy = arithmetic(made).by_numpy
    for multiplied_by in ({}, {"784 x 256": "numpy"}):
        made["cpu"]["multiplied_by"] = multiplied_by
        assert arithmetic(made) == by_numpy
        assert arithmetic(made).kernels == "Haswell"
