"""What rliable 1.2 says of results/dropout-tasks: interquartile means, probabilities of improvement, their intervals.

Run it in an environment of its own, beside the scores that this project's tables hold (``scores.json``: condition to a
list of tasks, each a list of test accuracies by seed)::

    python -m pip install 'rliable==1.2.0' 'pandas<2.3'
    python tests/oracles/rliable_values.py scores.json > tests/oracles/rliable_values.csv
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
from rliable import library, metrics

CONTROL = "none"


def main() -> None:
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    scores = {condition: np.array(tasks).T for condition, tasks in read.items()}  # [runs, tasks]
    means, of_means = library.get_interval_estimates(
        scores,
        lambda each: np.array([metrics.aggregate_iqm(each)]),
        reps=10_000,
        random_state=np.random.RandomState(0),
    )
    pairs = {f"{each},{CONTROL}": (scores[each], scores[CONTROL]) for each in scores if each != CONTROL}
    gains, of_gains = library.get_interval_estimates(
        pairs, metrics.probability_of_improvement, reps=2_000, random_state=np.random.RandomState(0)
    )
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["condition", "iqm", "iqm_low", "iqm_high", "improvement", "improvement_low", "improvement_high"])
    for each in scores:
        gain = f"{each},{CONTROL}"
        known = [gains[gain], *of_gains[gain]] if gain in gains else ["", "", ""]
        told = [means[each][0], *np.ravel(of_means[each]), *known]
        rows.writerow([each, *(cell if isinstance(cell, str) else repr(float(np.ravel(cell)[0])) for cell in told)])


if __name__ == "__main__":
    main()
