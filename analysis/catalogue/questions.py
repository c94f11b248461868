"""The entries: what the question is, and which trials enter."""

from analysis.catalogue.entry import COMPARISON, Group, Method, keys

QUESTION = Method(
    title="The question",
    answers="What every other number of the object is an answer to.",
    fills=(
        keys("compare", "metric control alpha margin bad_ending direction lower_is_better role n_seeds warnings"),
        keys(COMPARISON, "condition control metric direction lower_is_better alpha margin stays_at_chance"),
    ),
    assumes="Metric, control, margin and alpha were fixed before the data. `role` says whether the metric is the "
    "study's `primary`; a `secondary` one is not adjusted across metrics. What departs from the plan is in "
    "`warnings`.",
    formula="""\
direction       = higher or lower: as given, else the plan's, else by the words of the metric's name (rmse, loss: lower;
                  accuracy, f1: higher); null where these do not tell, and then nothing is called a benefit
lower_is_better = direction is lower; null where it is
n_seeds         = distinct seeds with a trial that ended (trained or diverged)
bad_ending      = how much worse than its condition's median a run ends badly; null where no rule was fixed
1e-9 <= alpha < 1;  0 < margin < infinity, in the metric's own unit (0.01 is one point of accuracy)""",
    source=("Definition.",),
    computed_by=("analysis.answer.compare:compare",),
    checked_by=(
        "tests/unit/analysis/tables/test_known_metrics.py::test_direction_of_benefit",
        "tests/unit/analysis/tables/test_metric.py::test_all_faults_of_a_question_come_at_once",
    ),
    example="""\
>>> from analysis.answer.compare import compare
>>> whole = compare(table(), "generalisation_gap", "none").to_json()
>>> show(whole, "metric", "control", "alpha", "margin", "direction", "role", "n_seeds")
metric = generalisation_gap, control = none, alpha = 0.05, margin = null, direction = lower,
  role = null, n_seeds = 8
""",
)

PAIRING = Method(
    title="Pairs by seed",
    answers="Which trials are compared with which, what was left out and why, and each single difference.",
    fills=(
        keys(COMPARISON, "n_pairs seeds_lost n_lost_to_divergence"),
        keys("compare.comparisons[].pairs[]", "seed control condition difference"),
        keys("compare.dropped[]", "condition seeds count reason"),
    ),
    assumes="Trials of one seed share what chance does to them; different seeds are independent. A seed that comes "
    "twice in a condition is an error. Both trials of a pair must have trained: of a broken pair neither "
    "stays.",
    formula="""\
d_s = metric(condition, s) - metric(control, s), matched by the key s, never by row
accuracies and the clean gap: whole numbers of images over a common denominator, so that ties are exact""",
    source=("Fisher 1935, The Design of Experiments, chapter III (pairing); Student 1908.",),
    computed_by=(
        "analysis.tables.pairs_by_seed:arms",
        "analysis.tables.pairing:pair",
        "analysis.tables.counts:count_ratio",
    ),
    checked_by=(
        "tests/laws/test_comparison_laws.py::test_pairing_is_by_seed_and_never_keeps_half_a_pair",
        "tests/laws/test_comparison_laws.py::test_a_repeated_run_is_an_error_not_a_smaller_p",
        "tests/unit/analysis/tables/test_metric.py::test_accuracy_and_gap_are_exact_ratios_of_counts",
    ),
    example="""\
>>> from analysis.answer.compare import compare
>>> high = compare(table(), "test_accuracy", "none").effects["high"]
>>> show(high, "n_pairs", "seeds_lost", "n_lost_to_divergence")
n_pairs = 7, seeds_lost = [5], n_lost_to_divergence = 1
>>> show(high.pairs[0])
seed = 0, control = 0.625, condition = 0.675, difference = 0.05
""",
)

LATE = Method(
    title="Late test accuracy",
    answers="The level of a network late in training: the metric `late_test_accuracy`, made from curves. It leaves out "
    "what the noise of the last steps adds to the final weights, so that fewer seeds show the same difference.",
    fills=(),
    assumes="Accuracy hardly rises over the last E epochs: else the median lies below the level at the end, and a "
    "difference is biased as far as the conditions rise at unequal speed. It is not the accuracy of the final weights. "
    "E is fixed before the data (`[analysis] late_epochs`; default 4, [chosen on other studies than the reference "
    "study](late-training.md)). A trial without a curve, or with fewer than E epochs, is listed under `dropped`.",
    formula="""\
c_e = test images classified rightly after epoch e, of N;   late = median over the last E epochs of c_e / N
kept as 2 median(c_e) of 2 N: whole numbers at even E too""",
    source=("Definition.",),
    computed_by=("analysis.tables.late_training:late_training",),
    checked_by=(
        "tests/unit/analysis/tables/test_late_training.py::test_the_median_of_the_last_epochs_is_exact",
        "tests/unit/analysis/tables/test_late_training.py::test_a_trial_without_enough_epochs_is_named",
    ),
    example="""\
>>> from analysis.tables.late_training import late_median
>>> show(late_median(np.array([0.85, 0.86, 0.84, 0.87]), total=100))
[0.855, 171, 200]
""",
)

GROUP = Group("What is the question, and which trials enter?", (QUESTION, PAIRING, LATE))
