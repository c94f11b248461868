"""Random numbers are a function of their arguments, of the right range. The rung "randomness" tests the rest."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bench.base import draws
from bench.base.draws import Position

AT = Position(epoch=2, step=3, layer=1)


def test_every_argument_counts_and_the_length_does_not() -> None:
    base = draws.words(1, "a", AT, 8)
    others = [
        draws.words(2, "a", AT, 8),
        draws.words(1, "b", AT, 8),
        draws.words(1, "a", Position(0, 3, 1), 8),
        draws.words(1, "a", Position(2, 0, 1), 8),
        draws.words(1, "a", Position(2, 3, 0), 8),
    ]
    assert all(not np.intersect1d(base, other).size for other in others)
    assert draws.words(1, "a", AT, 100)[:8].tolist() == base.tolist()


def test_a_large_seed_does_not_run_into_the_stream() -> None:
    assert not np.array_equal(draws.words(2**63 - 1, "a", AT, 4), draws.words(0, "a", AT, 4))


def test_signed16_uses_the_whole_range() -> None:
    numbers = draws.signed16(3, "dropout", Position(), (8000, 256))
    assert numbers.min() == -32768
    assert numbers.max() == 32767


def test_uniforms_are_uniform_and_never_0_or_1() -> None:
    numbers = draws.uniforms(0, "u", Position(), 100_000)
    assert stats.kstest(numbers, "uniform").pvalue > 1e-4
    assert 0 < numbers.min() < numbers.max() < 1


@pytest.mark.parametrize("word", [0, 2**64 - 1])
def test_the_outermost_uniforms_are_not_0_or_1(word: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "words", lambda *place: np.array([word], dtype=np.uint64))
    assert 0 < draws.uniforms(0, "u", Position(), 1)[0] < 1
