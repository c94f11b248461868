"""Which kind of node trains the trials of a seed, and how many stacks a node has room for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.record.trials import FUSED, Stack
from bench.run.executors.on_ray.kinds import Kind, Place, Places, kind_of, needs, room
from tests.conftest import condition, trial

OLD, NEW = Kind("old", "an old processor"), Kind("new", "a new processor")


def stack(seed: int, label: str = "none", engine: str = "stacked") -> Stack:
    return Stack((replace(trial(condition(label), seed), engine=engine),))


def test_the_first_stack_of_a_seed_goes_anywhere_and_the_others_follow_to_its_kind() -> None:
    places, nodes = Places(), {"a", "b", "c"}
    first, second, other = stack(0), stack(0, "more"), stack(1)
    assert places.place(first, nodes) == Place()
    assert places.place(second, nodes) is None
    assert places.place(other, nodes) == Place()
    places.began(other, "b", NEW)
    places.began(first, "a", OLD)
    places.kinds["c"] = OLD
    assert places.place(second, nodes) == Place(OLD, ("a", "c"))
    assert places.place(stack(1, "more"), nodes) == Place(NEW, ("b",))


def test_while_one_kind_is_known_nothing_waits() -> None:
    places = Places()
    first = stack(0)
    assert places.place(first, {"a", "b"}) == Place()
    places.began(first, "a", OLD)
    assert places.place(stack(0, "more"), {"a", "b"}) == Place(OLD)
    assert places.place(stack(1), {"a", "b"}) == places.place(stack(1, "more"), {"a", "b"}) == Place(OLD)


def test_a_seed_whose_first_stack_is_on_its_way_waits_whatever_kind_is_known() -> None:
    places, first = Places(), stack(1)
    for each in (stack(0), first):
        assert places.place(each, {"a", "b"}) == Place()
    places.began(stack(0), "a", OLD)
    assert places.place(stack(1, "more"), {"a", "b"}) is None
    places.began(first, "b", NEW)
    assert places.place(stack(1, "more"), {"a", "b"}) == Place(NEW, ("b",))


def test_a_node_that_is_new_is_looked_at_by_one_stack() -> None:
    places = Places({"a": OLD, "b": NEW})
    places.began(stack(0), "a", OLD)
    nodes, scout = {"a", "b", "c"}, stack(0, "more")
    assert places.place(scout, nodes) == Place(OLD, ("c",))
    assert places.place(stack(0, "most"), nodes) == Place(OLD, ("a",))
    places.ended(scout)  # it was lost on the way
    assert places.place(scout, nodes) == Place(OLD, ("c",))
    places.began(scout, "c", NEW)
    assert places.place(scout, nodes) == Place(OLD, ("a",))


def test_a_first_stack_that_is_lost_leaves_its_seed_to_the_next() -> None:
    places, first = Places(), stack(0)
    assert places.place(first, {"a"}) == Place()
    places.ended(first)
    assert places.place(stack(0, "more"), {"a"}) == Place()


@pytest.mark.parametrize("left", [{"b"}, {"b", "c"}], ids=["one kind", "two kinds"])
def test_a_seed_whose_kind_is_gone_waits_until_it_is_let_go(left: set[str]) -> None:
    places = Places({"a": OLD, "b": NEW, "c": Kind("newest", "the newest")})
    places.began(stack(0), "a", OLD)
    late = stack(0, "more")
    assert places.lost(late, left | {"a"}) is None
    assert places.place(late, left) is None
    assert places.lost(late, left) == OLD
    places.unpin(late)
    assert places.lost(late, left) is None
    assert places.place(late, left) is not None


def test_all_stacks_of_the_fused_engine_go_to_one_kind() -> None:
    places = Places({"a": OLD, "b": NEW})
    places.began(stack(0, engine=FUSED), "a", OLD)
    assert places.place(stack(7, engine=FUSED), {"a", "b"}) == Place(OLD, ("a",))
    assert places.place(stack(7), {"a", "b"}) == Place()


def test_a_kind_is_what_a_machine_computes_with_and_not_its_size() -> None:
    cpu = {"model": "EPYC", "instructions": "AVX2", "physical_cores": 2, "matrix_libraries": [{"kernels": "Haswell"}]}
    machine = {"cpu": cpu, "libraries": {"numpy": "2", "torch": "3"}, "gpu": None, "memory_gib": 8}
    assert kind_of(machine) == kind_of(machine | {"cpu": cpu | {"physical_cores": 64}, "memory_gib": 512})
    for other in (
        {"cpu": cpu | {"model": "Xeon"}},
        {"cpu": cpu | {"matrix_libraries": [{"kernels": "Zen"}]}},
        {"libraries": {"numpy": "2", "torch": "4"}},
        {"gpu": {"name": "H200"}},
    ):
        assert kind_of(machine) != kind_of(machine | other)


@pytest.mark.parametrize(
    ("cpus", "gpus", "expected"), [(1, 0, 8), (3, 0, 2), (16, 0, 0), (1, 0.25, 8), (1, 0.4, 4), (1, 1, 2), (1, 2, 1)]
)
def test_a_node_has_room_for_as_many_as_its_cpus_and_whole_shares_of_a_gpu_allow(
    cpus: float, gpus: float, expected: int
) -> None:
    assert room({"CPU": 8.0, "GPU": 2.0}, cpus, gpus) == expected


def test_a_stack_of_networks_takes_a_cpu_and_on_cuda_a_gpu() -> None:
    assert needs(stack(0)) == (1, 0)
    assert needs(Stack((replace(trial(condition("none")), device="cuda"),))) == (1, 1)
