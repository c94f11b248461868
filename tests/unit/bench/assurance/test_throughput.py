"""Slots: their order, what counts as alone on the machine, what is repeated, and the file that they leave."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch

from bench import schema
from bench.assurance.load import Load
from bench.assurance.throughput import machine, measurement
from bench.assurance.throughput.machine import Dose
from bench.assurance.throughput.measure import AGAIN, Workbench, measure
from bench.assurance.throughput.order import orders, williams
from bench.assurance.throughput.slot import BOUND_TOLERANCE, LOAD_LIMIT, Slot, pairs, reasons
from bench.base import matrix_products
from bench.base.errors import StorageError
from tests.conftest import SMALL, condition, in_precision, trial

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
LABELS = ("none", "book", "strong")


def slot(label: str = "none", block: int = 0, before: float = 1.0, after: float = 1.0, **given: object) -> Slot:
    fields = {"others": 0.0, "intruder": None} | given
    return Slot(label, block, 0, (2.0, 2.0), before, after, started_at=NOW, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", range(1, 10))
def test_a_design_is_balanced_by_position_and_by_what_went_before(count: int) -> None:
    design = williams(count)
    assert all(sorted(row) == list(range(count)) for row in design.tolist())
    for column in design.T.tolist():
        assert set(Counter(column).values()) == {len(design) // count}
    follows = Counter(pair for row in design.tolist() for pair in itertools.pairwise(row))
    assert len(follows) == count * (count - 1)
    assert len(set(follows.values())) <= 1


def test_orders_are_random_by_seed_and_balanced_in_every_turn() -> None:
    def first(seed: int, number: int) -> list[list[int]]:
        return list(itertools.islice(orders(8, seed), number))

    assert first(0, 24) == first(0, 24)
    assert first(0, 8) != first(1, 8)
    turns = sorted(first(0, 16)[:8]), sorted(first(0, 16)[8:])
    assert turns[0] != turns[1], "each turn is dealt anew, not shuffled alone"
    for turn in (first(3, 16)[:8], first(3, 16)[8:]):
        follows = Counter(pair for row in turn for pair in itertools.pairwise(row))
        assert set(follows.values()) == {1} and len(follows) == 56


def test_a_slot_is_alone_where_load_and_both_calibrations_say_so() -> None:
    ordinary = [slot(block=block) for block in range(9)]
    edge = BOUND_TOLERANCE * 0.99
    cases = [
        (slot(others=LOAD_LIMIT), None),
        (slot(others=LOAD_LIMIT + 0.01), "other load: 0.06 cores (limit 0.05)"),
        (slot(others=None), "other load is not known"),
        (slot(before=1 + edge, after=1 - edge), None),
        (slot(before=1.2), "calibration before it: +20% off the run's median (limit 10%)"),
        (slot(after=0.8), "calibration after it: -20% off"),
        (slot(intruder="other processes on the GPU: 1"), "other processes on the GPU: 1"),
    ]
    for one, why in cases:
        found = reasons([*ordinary, one])
        assert found[:-1] == [None] * 9
        assert (found[-1] or "").startswith(why or "") and (found[-1] is None) == (why is None)


def test_the_usual_bound_is_that_of_quiet_slots_even_where_most_are_loaded() -> None:
    slots = [slot(before=2, after=2, others=1.0)] * 20 + [slot(), slot(before=2)]
    assert [why is None for why in reasons(slots)] == [False] * 20 + [True, False]


def test_pairs_are_blocks_in_which_both_were_alone() -> None:
    loud = {"others": 1.0}
    slots = [slot(), slot("book"), slot(block=1, **loud), slot("book", 1), slot(block=2), slot("book", 2, **loud)]
    assert pairs(slots, "none") == {"none": 2, "book": 1}


class Quiet(Load):
    """A watch that has seen `seen`."""

    def __init__(self, seen: float) -> None:
        super().__init__()
        self.seen = seen

    def __exit__(self, *_: object) -> None:
        self.others = self.seen


def bench(loads: list[float], trained: list[str]) -> Workbench:
    waiting = iter(loads)

    def train(label: str) -> list[float]:
        trained.append(label)
        return [1.0, 2.0]

    return Workbench(train, lambda: [0.5, 1.5], lambda: Quiet(next(waiting, 0.0)), lambda: None)


def test_each_block_has_every_condition_once_in_the_recorded_order() -> None:
    trained: list[str] = []
    told: list[int] = []
    slots = measure(bench([], trained), LABELS, 4, 7, lambda blocks, _: told.append(blocks))
    assert told == [1, 2, 3, 4]
    wanted = [LABELS[index] for order in itertools.islice(orders(3, 7), 4) for index in order]
    assert [each.condition for each in slots] == trained == wanted
    assert [(each.block, each.position) for each in slots] == [(b, p) for b in range(4) for p in range(3)]
    assert {(each.seconds, each.bound_before, each.bound_after) for each in slots} == {((1.0, 2.0), 1.0, 1.0)}


def test_blocks_are_added_until_enough_were_alone_and_disturbed_slots_stay() -> None:
    slots = measure(bench([0.0, 0.9, 0.0], []), LABELS, 4, 0, lambda *_: None)
    assert len(slots) == 15, "one block more"
    assert sum(why is not None for why in reasons(slots)) == 1
    assert min(pairs(slots, "none").values()) == 4


def test_repeats_end() -> None:
    slots = measure(bench([1.0] * 100, []), LABELS, 3, 0, lambda *_: None)
    assert max(each.block for each in slots) + 1 == 3 * AGAIN


def test_rows_have_the_columns_of_the_schema_and_numbers_by_hand(tmp_path: Path) -> None:
    trials = {"none": trial(condition("none"))}
    dose = Dose(stack_size=4, epochs=2, steps_per_epoch=5)
    one = Slot("none", 3, 1, (2.0, 4.0), 0.02, 0.04, 0.01, None, NOW)
    known = {"environment_id": "e", "order_seed": 9}
    (row,) = measurement.rows([one], trials, dose, known)
    assert set(row) == set(schema.THROUGHPUT.names)
    assert (row["steps"], row["batch_size"], row["workers"]) == (10, SMALL.batch_size, 2)
    assert row["seconds_per_step"] == pytest.approx(3.0 / (10 * 4))
    assert row["throughput"] == pytest.approx(4 * 10 * 64 / 2 + 4 * 10 * 64 / 4)
    assert row["fraction_of_bound"] == pytest.approx(0.03 / 0.075)
    assert row["exclusive"] is False, "the calibrations differ"

    path = measurement.write(tmp_path, [row])
    assert path == tmp_path / "throughput" / "20260102T030405.000678Z-cpu-float32.parquet"
    table = pq.read_table(path)
    assert table.schema.equals(schema.THROUGHPUT, check_metadata=True)
    assert table.to_pylist() == [row]
    assert [each.name for each in path.parent.iterdir()] == [path.name], "nothing half written is left"


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "throughput").write_text("a file where the folder belongs")
    row = measurement.rows([slot()], {"none": trial(condition("none"))}, Dose(1, 1, 1), {"environment_id": "e"})[0]
    with pytest.raises(StorageError, match="cannot be written"):
        measurement.write(tmp_path, [row])


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_bound_is_of_products_in_the_precision_of_the_trial(
    monkeypatch: pytest.MonkeyPatch, precision: str
) -> None:
    multiplied = []

    def recorded(*given: object) -> tuple[Callable[[], None], list[str]]:
        multiplied.append(given[3])
        return lambda: None, ["none"]

    monkeypatch.setattr(matrix_products, "fastest_step", recorded)
    matrix_products._fastest.cache_clear()
    machine._bound(in_precision(trial(condition("none")), precision), Dose(3, 1, 5))
    matrix_products._fastest.cache_clear()
    assert multiplied == [getattr(torch, precision)]


def test_bfloat16_is_multiplied_by_every_library_that_has_it() -> None:
    _, names = matrix_products.fastest_step((64, 64, 10), 64, 2, torch.bfloat16)
    assert len(names) == 5 and set(names) <= {"oneDNN", "mm", "bmm"}


def test_a_slot_times_its_own_steps_and_not_the_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def recorded(stack, split, on_epoch):
        sizes = [block.size for block in stack.blocks]
        seen.append((sizes, stack.recipe.epochs, len(split.train_images), len(split.test_images)))
        return real(stack, split, on_epoch)

    real = machine.train
    monkeypatch.setattr(machine, "train", recorded)
    monkeypatch.setattr(machine, "check_sources", lambda stack: None)
    assert machine.train_slot(trial(condition("none")), Dose(3, 2, 4, seeds=2)) > 0
    assert seen == [([2, 1], 1, 3 * 64, 1), ([2, 1], 2, 4 * 64, 1)]
