"""MNIST-1D: 5,000 generated curves of 40 points, ten classes, and as many more as one likes (Greydanus, Kobak 2024).

The published set is made by the steps, and from the random numbers, of its authors' generator at its defaults.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bench.base.files import write_atomically
from bench.data import idx
from bench.data.data_set import PARTS, DataSet

SEED, PER_CLASS, TRAIN = 42, 500, 4_000
TEMPLATES = np.array(
    [
        [5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5],
        [5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5],
        [5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5],
        [5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5],
        [5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5],
        [5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5],
        [5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5],
        [5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5],
    ]
)
"""Heights of the ten digits at 12 points."""

LEAST_PADDING, MOST_PADDING = 36, 60
MOST_SHIFT = 48
LENGTH = TEMPLATES.shape[1] + MOST_PADDING
POINTS = 40
SCALE, SHEAR, SMOOTH_NOISE, NOISE, SMOOTHING = 0.4, 0.75, 0.25, 0.02, 2
CHUNK = 50_000


@dataclass(frozen=True)
class Chances:
    """The random numbers behind N curves."""

    padding: np.ndarray
    """Zeros after the digit, `[N]`, int."""
    scale: np.ndarray
    """Uniform on [0, 1), `[N]`, as is `shear`."""
    shift: np.ndarray
    """Points by which the curve is turned round, `[N]`, int."""
    smooth: np.ndarray
    """Standard normal, `[N, LENGTH]`, as is `noise`."""
    noise: np.ndarray
    shear: np.ndarray


def curves(labels: np.ndarray, chances: Chances) -> np.ndarray:
    """Return the curve of each label, float64 `[N, POINTS]`, before the set is standardised."""
    from scipy.ndimage import gaussian_filter1d  # noqa: PLC0415 - slow to import, and few studies need it

    heights = TEMPLATES - TEMPLATES.mean(axis=1, keepdims=True)
    heights /= heights.std(axis=1, keepdims=True)
    digits = (heights - heights[:, :1]) / 6 + 1e-8
    drawn = np.empty((len(labels), LENGTH))
    for padding in np.unique(chances.padding):
        rows = chances.padding == padding
        drawn[rows] = _stretched(np.pad(digits, ((0, 0), (0, padding))), LENGTH)[labels[rows]]
    drawn *= 1 + SCALE * (chances.scale[:, None] - 0.5)
    drawn = np.take_along_axis(drawn, (np.arange(LENGTH) - chances.shift[:, None]) % LENGTH, axis=1)
    smooth = gaussian_filter1d(SMOOTH_NOISE * chances.smooth, SMOOTHING, axis=1)
    drawn = np.where(drawn == 0, smooth, drawn) + NOISE * chances.noise
    drawn -= SHEAR * (chances.shear[:, None] - 0.5) * np.linspace(-0.5, 0.5, LENGTH)
    return _stretched(drawn, POINTS)


def fresh(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `count` new examples of the published set's distribution: float32 `[N, 40]` and labels, uint8 `[N]`.

    Labels are drawn, all ten equally likely. Curves are standardised by the published set's mean and deviation.
    """
    generator = np.random.Generator(np.random.Philox(seed))
    labels = generator.integers(0, 10, count, dtype=np.uint8)
    found = np.empty((count, POINTS), dtype=np.float32)
    mean, deviation, _, _ = _published()
    for start in range(0, count, CHUNK):
        here = labels[start : start + CHUNK]
        n = len(here)
        chances = Chances(
            generator.integers(LEAST_PADDING, MOST_PADDING + 1, n),
            generator.random(n),
            generator.integers(0, MOST_SHIFT, n),
            generator.standard_normal((n, LENGTH)),
            generator.standard_normal((n, LENGTH)),
            generator.random(n),
        )
        found[start : start + CHUNK] = (curves(here, chances) - mean) / deviation
    return found, labels


def fetch(root: Path) -> str:
    """Generate the published set, and write it as IDX files."""
    _, _, examples, labels = _published()
    arrays = (examples[:TRAIN], labels[:TRAIN], examples[TRAIN:], labels[TRAIN:])
    for part, array in zip(PARTS, arrays, strict=True):
        write_atomically(MNIST_1D.folder(root) / part, idx.encode(array))
    MNIST_1D.verify(root)
    return "its generator"


@cache
def _published() -> tuple[float, float, np.ndarray, np.ndarray]:
    """Return mean and deviation of the published set, its examples, float32 `[5000, 40]`, and labels, uint8."""
    state = np.random.RandomState(SEED)
    labels = np.arange(10).repeat(PER_CLASS)
    made = curves(labels, _legacy(state, len(labels)))
    order = state.permutation(len(labels))
    mean, deviation = made.mean(), made[order].std()
    return mean, deviation, ((made - mean) / deviation)[order].astype(np.float32), labels[order].astype(np.uint8)


def _legacy(state: np.random.RandomState, count: int) -> Chances:
    """Return the random numbers that the authors' generator takes for `count` curves, in its order."""

    def one() -> Iterable[object]:
        padding = LEAST_PADDING + int(state.rand() * (MOST_PADDING - LEAST_PADDING + 1))
        return padding, state.rand(), state.choice(MOST_SHIFT), state.randn(LENGTH), state.randn(LENGTH), state.rand()

    return Chances(*map(np.array, zip(*(one() for _ in range(count)), strict=True)))


def _stretched(rows: np.ndarray, points: int) -> np.ndarray:
    """Return `rows` `[N, L]` interpolated linearly at `points` equal steps from end to end."""
    old, new = np.linspace(0, 1, rows.shape[1]), np.linspace(0, 1, points)
    left = np.clip(np.searchsorted(old, new, side="right") - 1, 0, len(old) - 2)
    slope = (rows[:, left + 1] - rows[:, left]) / (old[left + 1] - old[left])
    return np.where(new == old[-1], rows[:, -1:], slope * (new - old[left]) + rows[:, left])


MNIST_1D = DataSet(
    name="mnist_1d",
    licence="Apache 2.0",
    origin="https://github.com/greydanus/mnist1d",
    train_total=TRAIN,
    test_total=len(TEMPLATES) * PER_CLASS - TRAIN,
    image=None,
    pixels=POINTS,
    classes=10,
    sha256=dict(
        zip(
            PARTS,
            (
                "cce539c5e530960c60af884a0521fa7f679757c52e432a248a164a2a8421ae2e",
                "04df6139c6bdf779fdb90dc98075023b5c2fa91781847bee53f3a8c1211c64b2",
                "254389086f72a70ad63e091934ca7eb67e128b1f80209ccaa368994f863c9dce",
                "d44d4c5ce982a3b9aadd2f4fb62bc464e49fd92490d3a57d20ac76b34fc3a4a5",
            ),
            strict=True,
        )
    ),
    folder=lambda root: root / "mnist_1d",
    fetch=fetch,
)
