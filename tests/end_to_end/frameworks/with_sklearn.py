import numpy as np
from examples import X_TEST, Y_TEST, X, Y, fingerprint
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bench.adapters.sklearn import seeded


class Watched(MLPClassifier):
    def _backprop(self, X, y, *others):
        if not hasattr(self, "order"):
            self.order, self.first = [], fingerprint(*self.coefs_)
        self.order.append(X[:, 0].copy())
        return super()._backprop(X, y, *others)


def train(trial):
    network = Watched((16,), solver="sgd", alpha=trial.settings["strength"], max_iter=trial.settings["rounds"], tol=0)
    model = seeded(trial, make_pipeline(StandardScaler(), network)).fit(X, Y)
    for loss in model[-1].loss_curve_:
        trial.epoch(loss=loss)
    return {
        "test_correct": np.equal(model.predict(X_TEST), Y_TEST),
        "initial_weights": model[-1].first,
        "batch_order": fingerprint(*model[-1].order),
        "final_weights": fingerprint(*model[-1].coefs_),
    }
