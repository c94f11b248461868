"""The entries: trials that diverged, or ended badly."""

from analysis.catalogue.entry import CALIBRATION, Group, Method, keys

_DIVERGENCE = "compare.divergence[]"

RULE = Method(
    title="Which trials diverged",
    answers="How many of a condition's trials that ended collapsed, by a rule fixed before the data.",
    fills=(keys(_DIVERGENCE, "condition n n_diverged stays_at_chance"),),
    assumes="Chance is known (`classes`, or `--chance`) for the part about accuracy. Diverged is an outcome: counted, "
    "analysed, never dropped. A negative control diverges only by a loss that is not finite. Null, not known, in a "
    "table with no loss, no test accuracy and no status that could say it.",
    formula="diverged = a loss is not finite, or the source says so, or final test accuracy <= chance + 0.05",
    source=("Definition.",),
    computed_by=("analysis.tables.divergence:diverged",),
    checked_by=(
        "tests/unit/analysis/tables/test_table.py::test_the_divergence_rule",
        "tests/unit/analysis/tables/test_table.py::test_accuracy_at_exactly_chance_plus_5_points_has_collapsed",
    ),
    example="""\
>>> frame = table().frame
>>> show(frame[frame["diverged"]][["condition", "seed", "test_correct", "test_total"]].iloc[0].to_dict())
condition = high, seed = 5, test_correct = 4, test_total = 40
""",
)

RATE = Method(
    title="Failure rate (Clopper-Pearson)",
    answers="The share of a condition's trials that diverged, with exact limits: none in 10 is *up to 31%*.",
    fills=(keys(_DIVERGENCE, "rate rate_low rate_high"),),
    assumes="Independent trials. At least the stated coverage, mostly more. Not adjusted over conditions.",
    formula="""\
k of n:   low  = α/2 quantile of Beta(k, n - k + 1), 0 at k = 0
          high = 1 - α/2 quantile of Beta(k + 1, n - k), 1 at k = n""",
    source=("Clopper and Pearson 1934, Biometrika 26, 404-413.",),
    computed_by=("analysis.methods.failure_rates:rate", "analysis.methods.failure_rates:clopper_pearson"),
    checked_by=(
        "tests/oracles/test_divergence.py::test_clopper_pearson_agrees_with_r",
        f"{CALIBRATION}/test_exact.py::test_of_the_interval_of_a_failure_rate",
    ),
    example="""\
>>> from analysis.methods.failure_rates import clopper_pearson
>>> show(clopper_pearson(0, 10, alpha=0.05))
[0, 0.308497]
""",
)

MCNEMAR = Method(
    title="McNemar's exact test",
    answers="Whether the condition fails more or less often than the control, by the seeds at which just one failed.",
    fills=(keys(_DIVERGENCE, "p_mcnemar"),),
    assumes="Independent pairs; where the arms fail alike, either is as likely to be the one. 1 where no seed is "
    "discordant. Null for the control and for negative controls. Not adjusted.",
    formula="b + c discordant seeds:   two-sided binomial test of b in b + c at 1/2",
    source=("McNemar 1947, Psychometrika 12, 153-157 (exact form: the sign test).",),
    computed_by=("analysis.methods.failure_rates:mcnemar",),
    checked_by=(
        "tests/oracles/test_divergence.py::test_mcnemar_agrees_with_r",
        f"{CALIBRATION}/test_exact.py::test_of_mcnemar",
    ),
    example="""\
>>> from analysis.methods.failure_rates import mcnemar
>>> show(mcnemar((1, 7)))
0.0703125
""",
)

MEANS = Method(
    title="Two means: both trained, and intention to train",
    answers="The difference given that both trained, and the difference with diverged trials scored at what they "
    "reached (no number: at chance). Shown side by side; no verdict rests on the second alone.",
    fills=(
        keys(
            _DIVERGENCE,
            "complete_pairs_n complete_pairs_mean_difference complete_pairs_p_t intention_mean_difference "
            "intention_p_t",
        ),
    ),
    assumes="The paired t test's. With few collapses the intention mean is badly skewed and its t test misleads. "
    "Intention is null for metrics that are no accuracy.",
    formula="mean difference and p_t as above, over complete pairs, and over all seeds at which both ended",
    source=("Student 1908; Lachin 2000, Controlled Clinical Trials 21, 167-189 (intention to treat).",),
    computed_by=("analysis.methods.failure_rates:against_control", "analysis.tables.pairs_by_seed:arms"),
    checked_by=(
        "tests/unit/analysis/methods/test_failure_rates.py::"
        "test_a_pair_is_left_out_whole_and_the_collapse_is_scored_at_what_it_reached",
        "tests/unit/analysis/methods/test_failure_rates.py::test_no_number_is_scored_at_chance",
        "tests/unit/analysis/methods/test_failure_rates.py::test_nothing_diverged_then_intention_is_the_complete_pairs",
    ),
    example="""\
>>> from analysis.answer.compare import compare
>>> high = compare(table(), "test_accuracy", "none").divergence["high"]
>>> show(high, "complete_pairs_n", "complete_pairs_mean_difference", "intention_mean_difference")
complete_pairs_n = 7, complete_pairs_mean_difference = 0.164286,
  intention_mean_difference = 0.075
""",
)

WORST_RANK = Method(
    title="Worst-rank signed-rank test",
    answers="Whether the condition does worse or better when a failure counts as worse than any result: failures and "
    "results in one test.",
    fills=(keys(_DIVERGENCE, "worst_rank_v worst_rank_p"),),
    assumes="As the signed-rank test. Null for the control and for negative controls. Not adjusted.",
    formula="""\
d_s of complete pairs; one failed: ±(1 + max |d|), against the arm that failed; both failed: 0
then V and p of the signed-rank test""",
    source=("Lachin 1999, Controlled Clinical Trials 20, 408-422.",),
    computed_by=("analysis.methods.failure_rates:worst_rank",),
    checked_by=(
        "tests/oracles/test_divergence.py::test_worst_ranks_agree_with_r",
        f"{CALIBRATION}/test_tests.py::test_of_worst_ranks",
    ),
    example="""\
>>> from analysis.tables.pairs_by_seed import Arms
>>> from analysis.methods.failure_rates import worst_rank
>>> lost = (6, 7)  # two seeds more, at which the condition alone failed
>>> complete = pairs(1, 2, -1, 3, 2, 4)
>>> found = Arms(complete, None, complete, (), (), diverged=lost, discordant=(2, 0))
>>> show(worst_rank(found, direction="higher"))
[19.5, 0.867188]
""",
)

BAD_ENDINGS = Method(
    title="Bad endings",
    answers="How many runs diverged, or ended far worse than the median of their own condition, against the control: "
    "whether a condition trains reliably, whatever its mean.",
    fills=(
        keys(
            "compare.bad_endings[]",
            "condition n n_bad rate rate_low rate_high p_mcnemar p_holm median_in_doubt",
        ),
        keys("compare.bad_endings[].by_threshold[]", "threshold n_bad"),
    ),
    assumes="A threshold fixed before the data: 0.05 for accuracies, else none, and then no bad endings. From 5 runs; "
    "below, null. The median is a fair account of most runs: where the better quartile is above it by more than the "
    "threshold, `median_in_doubt`. Negative controls are left out. A plan without the rule has none.",
    formula="""\
median: of the condition's runs that did not diverge, the middle two averaged
bad = diverged, or (median - value) > threshold, in doubled counts, else beyond 1e-12; value - median for losses
rate: Clopper-Pearson;  p_mcnemar: on the seeds of both arms, bad or not;  p_holm: over the conditions
by_threshold: the same counts at 0.02, 0.03, 0.05, 0.1, 0.2 and 0.5, for fractions""",
    source=("Definition.", "Clopper and Pearson 1934; McNemar 1947; Holm 1979."),
    computed_by=("analysis.methods.bad_endings:bad_endings",),
    checked_by=(
        "tests/oracles/test_bad_endings.py::test_counts_in_exact_fractions",
        "tests/oracles/test_bad_endings.py::test_the_reference_study",
        "tests/oracles/test_divergence.py::test_mcnemar_agrees_with_r",
    ),
    example="""\
>>> from analysis.answer.compare import compare
>>> found = compare(table(), "test_accuracy", "none").bad_endings["high"]
>>> show(found, "n", "n_bad", "rate", "p_mcnemar", "p_holm", "median_in_doubt")
n = 8, n_bad = 1, rate = 0.125, p_mcnemar = 1, p_holm = 1, median_in_doubt = false
""",
)

GROUP = Group("What of the trials that collapsed?", (RULE, RATE, MCNEMAR, MEANS, WORST_RANK, BAD_ENDINGS))
