"""Random numbers are a function of their arguments, and uniform."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bench import draws
from bench.draws import Position

AT = Position(epoch=2, step=3, layer=1)


def test_words_are_philox_with_the_documented_key_and_counter() -> None:
    """A second way to the same numbers: numpy's counter is advanced block by block."""
    expected = []
    for block in range(3):
        words_of_counter = [block, AT.layer, AT.step, AT.epoch]
        counter = sum(word << 64 * place for place, word in enumerate(words_of_counter))
        generator = np.random.Philox(key=7 + (draws.stream_key("s") << 64), counter=counter - 1)
        expected += generator.random_raw(4).tolist()
    assert draws.words(7, "s", AT, 12).tolist() == expected


def test_words_have_the_published_answers_of_random123(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "stream_key", lambda stream: 0)
    answer = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
    assert draws.words(0, "any", Position(), 4).tolist() == answer


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


def test_signed16_uses_all_sixteen_bits_at_every_position_of_a_word() -> None:
    """Kept shares per position modulo 8 at three limits, chi-square over two million numbers."""
    numbers = draws.signed16(3, "dropout", Position(), (8000, 256)).reshape(-1, 8)
    for rate in (0.2, 0.5, 0.7):
        kept = (numbers >= round(rate * 65536) - 32768).sum(axis=0)
        n = len(numbers)
        chi_square = ((kept - n * (1 - rate)) ** 2 / (n * rate * (1 - rate))).sum()
        assert stats.chi2.sf(chi_square, df=8) > 1e-4
    assert numbers.min() == -32768
    assert numbers.max() == 32767


def test_steps_layers_and_seeds_are_uncorrelated() -> None:
    """Pairwise correlations of 65,536 numbers, within 5 standard errors of 0."""
    positions = [Position(), Position(step=1), Position(layer=1), Position(epoch=1)]
    rows = [draws.signed16(seed, "dropout", at, (65536,)) for seed in (0, 1) for at in positions]
    correlations = np.corrcoef(np.array(rows, dtype=float))
    assert np.abs(correlations - np.eye(len(rows))).max() < 5 / 256


def test_uniforms_are_uniform_and_never_0_or_1() -> None:
    numbers = draws.uniforms(0, "u", Position(), 100_000)
    assert stats.kstest(numbers, "uniform").pvalue > 1e-4
    assert 0 < numbers.min() < numbers.max() < 1


def test_a_permutation_has_every_index_and_depends_on_the_epoch() -> None:
    first, second = (draws.permutation(0, "order", Position(epoch=epoch), 1000) for epoch in (0, 1))
    assert sorted(first) == sorted(second) == list(range(1000))
    assert (first == second).sum() < 10


def test_permutations_put_each_index_anywhere() -> None:
    """Where index 0 lands in 2,000 permutations of 5: chi-square."""
    places = [int(np.argwhere(draws.permutation(seed, "order", Position(), 5) == 0)[0, 0]) for seed in range(2000)]
    assert stats.chisquare(np.bincount(places, minlength=5)).pvalue > 1e-4
