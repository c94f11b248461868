"""Write results of a search by scikit-learn: ``python -m tests.end_to_end.imports.write_sklearn FOLDER``.

Three candidates in five folds: one fit fails.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV


class Fails(LogisticRegression):
    """Fails where C is 100 and one example is not in the training set: in one fold."""

    def fit(self, X, y, sample_weight=None):
        if self.C == 100 and X[:, 0].max() < 30:
            raise ValueError("made to fail")
        return super().fit(X, y, sample_weight)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    X, y = make_classification(200, 5, random_state=0)
    X[7, 0] = 40
    search = GridSearchCV(
        Fails(), {"C": [0.01, 1.0, 100.0]}, scoring=["accuracy", "f1"], refit=False, return_train_score=True
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, y)
    found = search.cv_results_
    pd.DataFrame(found).to_csv(folder / "cv_results.csv", index=False)
    pd.DataFrame(found).drop(columns="params").to_json(folder / "frame.json")
    pd.DataFrame(found).to_json(folder / "rows.json", orient="records")
    lists = {name: [str(each) if name == "params" else float(each) for each in found[name]] for name in found}
    (folder / "lists.json").write_text(json.dumps(lists))
    np.save(folder / "scores.npy", np.array([found[f"split{i}_test_accuracy"] for i in range(5)]))
