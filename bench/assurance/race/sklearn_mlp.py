"""scikit-learn's MLPClassifier, which has no dropout: the same perceptron at p = 0, by plain SGD."""

from __future__ import annotations

import numpy as np
from sklearn.neural_network import MLPClassifier

from bench.assurance.race.task import Share, Task, Train, initial_weights


def start(task: Task, share: Share) -> Train:
    """Return the training of one network, an epoch at a time by ``partial_fit``, in float32.

    The weights start as everybody's do: its own initialisation would be Glorot's.
    """
    images, labels = share.images(), share.labels()
    net = MLPClassifier(
        hidden_layer_sizes=task.sizes[1:-1],
        solver="sgd",
        alpha=0.0,
        batch_size=task.batch_size,
        learning_rate_init=task.learning_rate,
        momentum=0.0,
        nesterovs_momentum=False,
        random_state=share.seed,
    )
    net.partial_fit(images[: task.batch_size], labels[: task.batch_size], classes=np.arange(task.sizes[-1]))
    for index, (weight, bias) in enumerate(initial_weights(task.sizes, share.seed)):
        net.coefs_[index][...] = weight
        net.intercepts_[index][...] = bias

    def train() -> list[float]:
        net.partial_fit(images, labels)
        return [float(net.loss_)]

    return train
