import jax
import jax.numpy as jnp
import numpy as np
from examples import X_TEST, Y_TEST, X, Y, fingerprint

from bench.adapters.jax import key


def loss(weights, x, y, mask_key, rate):
    hidden = jax.nn.relu(x @ weights[0])
    hidden = jnp.where(jax.random.bernoulli(mask_key, 1 - rate, hidden.shape), hidden / (1 - rate), 0)
    return -jnp.take_along_axis(jax.nn.log_softmax(hidden @ weights[1]), y[:, None], 1).mean()


@jax.jit
def step(weights, x, y, mask_key, rate):
    value, gradient = jax.value_and_grad(loss)(weights, x, y, mask_key, rate)
    return [weight - 0.1 * each for weight, each in zip(weights, gradient, strict=True)], value


def train(trial):
    first, second = jax.random.split(key(trial, "init"))
    weights = [jax.random.normal(first, (8, 16)) / 3, jax.random.normal(second, (16, 2)) / 4]
    initial, order = fingerprint(*weights), []
    for epoch in range(trial.settings["rounds"]):
        order.append(np.asarray(jax.random.permutation(key(trial, "order", epoch), len(X))))
        for number, batch in enumerate(order[-1].reshape(-1, 32)):
            mask = jax.random.fold_in(key(trial, "mask", epoch), number)
            weights, value = step(weights, X[batch], Y[batch], mask, trial.settings["strength"])
        trial.epoch(loss=value)
    first, second = map(np.asarray, weights)
    logits = np.maximum(X_TEST @ first, 0) @ second
    return {
        "test_correct": logits.argmax(1) == Y_TEST,
        "initial_weights": initial,
        "batch_order": fingerprint(*order),
        "final_weights": fingerprint(*weights),
    }
