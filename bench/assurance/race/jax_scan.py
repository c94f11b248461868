"""JAX: the whole epoch is one ``jit`` of a ``lax.scan`` over its batches, alone or vmapped over trials.

Best form found, CPU seconds an epoch and trial on one thread: masks from 16-bit words of the threefry generator
(1.03; of ``rbg`` and ``unsafe_rbg`` 1.45), batches gathered within the scan (as fast as from a shuffled copy), weights
donated; vmapped, batches and random bits shared by the stack as the engine shares them (0.95; each with its own 1.58).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from bench.assurance.race.task import Share, Task, Train, initial_weights

LEVELS = 1 << 16
Weights = list[tuple[Array, Array]]
Step = Callable[[Weights, Array, Array, Array], tuple[Weights, Array]]
"""(weights, batch `[B, I]`, labels `[B]`, key) -> (weights, mean loss of the batch)."""


def start(task: Task, share: Share) -> Train:
    """Return the training of one network."""
    weights = jax.tree.map(jnp.asarray, initial_weights(task.sizes, share.seed))
    return _epochs(task, share, weights, _step(task))


def start_stack(task: Task, share: Share) -> Train:
    """Return the training of several networks, the step vmapped over them."""
    networks = [initial_weights(task.sizes, share.seed + trial) for trial in range(share.trials)]
    weights = jax.tree.map(lambda *arrays: jnp.stack(arrays), *networks)
    return _epochs(task, share, weights, jax.vmap(_step(task), in_axes=(0, None, None, None)))


def _step(task: Task) -> Step:
    def loss(weights: Weights, batch: Array, target: Array, masks: list[Array]) -> Array:
        hidden = batch
        for (weight, bias), mask, rate in zip(weights[:-1], masks, task.dropout, strict=True):
            dropped = round(rate * LEVELS)
            scaled = jax.nn.relu(hidden @ weight + bias) * (LEVELS / (LEVELS - dropped))
            hidden = jnp.where(mask, scaled, 0)
        log_probability = jax.nn.log_softmax(hidden @ weights[-1][0] + weights[-1][1])
        return -jnp.take_along_axis(log_probability, target[:, None], axis=1).mean()

    def step(weights: Weights, batch: Array, target: Array, key: Array) -> tuple[Weights, Array]:
        value, slopes = jax.value_and_grad(loss)(weights, batch, target, masks_of(task, len(batch), key))
        return jax.tree.map(lambda weight, slope: weight - task.learning_rate * slope, weights, slopes), value

    return step


def masks_of(task: Task, rows: int, key: Array) -> list[Array]:
    """Return which units are kept, bool `[B, O]`, for each hidden layer: 16 random bits each."""
    masks = []
    for layer, (width, rate) in enumerate(zip(task.sizes[1:-1], task.dropout, strict=True)):
        bits = jax.random.bits(jax.random.fold_in(key, layer), (rows, width), dtype=jnp.uint16)
        masks.append(bits >= round(rate * LEVELS))
    return masks


def _epochs(task: Task, share: Share, weights: Weights, step: Step) -> Train:
    images, labels = jnp.asarray(share.images()), jnp.asarray(share.labels().astype(np.int32))
    full, rest = divmod(task.train_size, task.batch_size)

    def epoch(weights: Weights, key: Array, images: Array, labels: Array) -> tuple[Weights, Array]:
        order_key, mask_key = jax.random.split(key)
        order = jax.random.permutation(order_key, task.train_size)

        def body(weights: Weights, at: tuple[Array, Array]) -> tuple[Weights, Array]:
            index, rows = at
            return step(weights, images[rows], labels[rows], jax.random.fold_in(mask_key, index))

        batches = order[: full * task.batch_size].reshape(full, task.batch_size)
        weights, values = lax.scan(body, weights, (jnp.arange(full), batches))
        total = values.sum(axis=0) * task.batch_size
        if rest:  # the last, smaller batch
            weights, value = body(weights, (jnp.asarray(full), order[full * task.batch_size :]))
            total += value * rest
        return weights, total / task.train_size

    compiled = jax.jit(epoch, donate_argnums=0)
    state: dict[str, Any] = {"weights": weights}
    keys = (jax.random.fold_in(jax.random.key(share.seed), epoch) for epoch in itertools.count())

    def train() -> list[float]:
        state["weights"], losses = compiled(state["weights"], next(keys), images, labels)
        return np.atleast_1d(np.asarray(losses)).tolist()

    return train
