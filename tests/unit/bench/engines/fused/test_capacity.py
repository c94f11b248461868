"""How many trials a GPU trains together."""

from __future__ import annotations

import pytest

from bench.engines.fused.capacity import bytes_per_trial, capacity

GIB = 1 << 30
BOOK = (784, 256, 256, 10)


def test_an_h200_takes_528() -> None:
    assert capacity(132, 139 * GIB, bytes_per_trial(BOOK, 256, 60_000)) == 528


@pytest.mark.parametrize(("trials", "expected"), [(528, 528), (527, 462), (66, 66), (65, 65), (1, 1), (0.5, 1)])
def test_memory_limits_it_to_a_multiple_of_half_the_multiprocessors(trials: float, expected: int) -> None:
    assert capacity(132, int(trials * 1000 / 0.8) + 1, 1000) == expected


def test_a_trial_of_the_book_takes_what_its_arrays_take() -> None:
    """Weights 271,360 and biases 528; of 512 hidden units a chunk of 1,024 and two batches; 16 errors; 29 an image."""
    arrays = 784 * 256 + 256 * 256 + 256 * 16 + 528 + 512 * (1024 + 512) + 16 * 256
    assert bytes_per_trial(BOOK, 256, 60_000) == 4 * arrays + 29 * 60_000
