"""Initial weights of a multilayer perceptron, drawn by layer."""

from __future__ import annotations

import itertools

import numpy as np

from bench.base import draws
from bench.base.draws import Position

INITIALISATIONS = ("default", "normal_0.01", "xavier_uniform", "he_normal")


def initial_weights(sizes: tuple[int, ...], seed: int, initialisation: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (weight `[I, O]`, bias `[O]`), float64, for each layer of an MLP with layer widths `sizes`.

    ``default`` is that of torch.nn.Linear: weights and biases U(-1/sqrt(I), 1/sqrt(I)). The others leave the biases as
    they are: ``normal_0.01`` draws the weights from N(0, 0.01^2), ``he_normal`` from N(0, 2/I), both by the inverse of
    the distribution function, and ``xavier_uniform`` from U(-a, a) with a = sqrt(6 / (I + O)).
    """
    layers = []
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        uniform = draws.uniforms(seed, "initialisation", Position(layer=layer), (inputs + 1) * outputs)
        centred = (2 * uniform - 1) / np.sqrt(inputs)
        weight, bias = centred[: inputs * outputs], centred[inputs * outputs :]
        if initialisation == "normal_0.01":
            weight = 0.01 * draws.normal(uniform[: inputs * outputs])
        elif initialisation == "he_normal":
            weight = np.sqrt(2 / inputs) * draws.normal(uniform[: inputs * outputs])
        elif initialisation == "xavier_uniform":
            weight = np.sqrt(6 / (inputs + outputs)) * (2 * uniform[: inputs * outputs] - 1)
        layers.append((weight.reshape(inputs, outputs), bias))
    return layers
