"""Training labels: wrong ones on purpose, and subsets with as many of each class."""

from __future__ import annotations

import numpy as np

from bench.base import draws
from bench.base.draws import Position


def with_noise(labels: np.ndarray, classes: int, probability: float) -> np.ndarray:
    """Return labels `[N]` of which each is, with this `probability`, one of the other classes, all equally likely.

    What is drawn belongs to the data, as if they had come so: an image has the same wrong label at every seed and in
    every subset, and what is wrong at one probability is wrong, and the same, at every higher one. Symmetric noise of
    Patrini et al. 2017, CVPR, 1944-1952.
    """
    if not probability:
        return labels
    uniform = draws.uniforms(0, "label_noise", Position(layer=0), len(labels))
    other = (draws.uniforms(0, "label_noise", Position(layer=1), len(labels)) * (classes - 1)).astype(np.int64)
    wrong = ((labels.astype(np.int64) + 1 + other) % classes).astype(labels.dtype)
    return np.where(uniform < probability, wrong, labels)


def by_class(labels: np.ndarray) -> np.ndarray:
    """Return all indices of `labels` `[N]`, the classes in turn: any first n have each class n / classes times.

    Within a class the order stays. Where a class has no more, the others go on.
    """
    place = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        of_class = labels == label
        place[of_class] = np.arange(of_class.sum())
    return np.lexsort((labels, place))
