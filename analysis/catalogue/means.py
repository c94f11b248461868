"""The entries: by how much the metric differs."""

from analysis.catalogue.entry import BY_R, CALIBRATION, COMPARISON, Group, Method, keys

DIFFERENCE = Method(
    title="Mean difference",
    answers="By how much the condition differs from the control on average, in the metric's own unit, raw sign.",
    fills=(keys(COMPARISON, "mean_difference sd_difference standard_error"),),
    assumes="Independent pairs. It estimates E1.",
    formula="d̄ = Σ d_s / n;   s = √( Σ (d_s - d̄)² / (n - 1) );   se = s / √n",
    source=("Student 1908, Biometrika 6, 1-25.",),
    computed_by=("analysis.methods.paired_t:difference",),
    checked_by=(
        BY_R,
        "tests/unit/analysis/methods/test_paired_t.py::test_counts_are_subtracted_before_they_are_divided",
    ),
    example="""\
>>> from analysis.methods.paired_t import difference
>>> show(difference(sleep()))
mean_difference = 1.58, sd_difference = 1.23, standard_error = 0.388959
""",
)

PAIRED_T = Method(
    title="Paired t test and interval",
    answers="Whether the mean difference could be 0, for this comparison alone; the interval at 1 - alpha, and (suffix "
    "`_90`, the level at alpha 0.05) at 1 - 2 alpha.",
    fills=(keys(COMPARISON, "t df p_t ci_low ci_high ci_low_90 ci_high_90"),),
    assumes="Independent pairs whose mean difference is about normal; skewness harms it most where n is small. Not "
    "adjusted for other conditions. Null where the differences do not vary; `_90` null from alpha 0.5 on.",
    formula="t = d̄ / se;   df = n - 1;   p_t = 2 P(T_df >= |t|);   d̄ ± t(1 - α/2; df) se;   _90: d̄ ± t(1 - α; df) se",
    source=("Student 1908, Biometrika 6, 1-25 (the data of the example: p. 20).",),
    computed_by=("analysis.methods.paired_t:t_test",),
    checked_by=(BY_R, f"{CALIBRATION}/test_tests.py::test_of_one_comparison"),
    example="""\
>>> from analysis.methods.paired_t import t_test
>>> show(t_test(sleep(), alpha=0.05))
t = 4.06213, df = 9, p_t = 0.00283289, ci_low = 0.700114, ci_high = 2.45989,
  ci_low_90 = 0.866995, ci_high_90 = 2.29301
""",
)

EQUIVALENCE = Method(
    title="Equivalence (TOST)",
    answers="Whether the mean difference is shown to be smaller than the margin, either way, for this comparison "
    "alone.",
    fills=(keys(COMPARISON, "p_tost equivalent"),),
    assumes="As the t test; a margin fixed before the data. Null without one.",
    formula="""\
p_tost = max( P(T_df >= (d̄ + m) / se), P(T_df <= (d̄ - m) / se) )
equivalent = p_tost < α, that is: the interval at 1 - 2α lies inside (-m, m); null from α = 0.5 on""",
    source=("Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680.",),
    computed_by=("analysis.methods.paired_t:equivalence",),
    checked_by=(
        BY_R,
        "tests/oracles/test_comparison.py::test_equivalence_is_the_inner_interval_inside_the_margin",
        f"{CALIBRATION}/test_tests.py::test_of_one_comparison",
    ),
    example="""\
>>> from analysis.methods.paired_t import equivalence
>>> show(equivalence(pairs(0.2, -0.1, 0.1, -0.3, 0.1, 0.2), alpha=0.05, margin=0.3))
p_tost = 0.0104832, equivalent = true
""",
)

EFFECT_SIZE = Method(
    title="Standardised effect",
    answers="The mean difference in standard deviations of the differences; g is d without its small-sample bias.",
    fills=(keys(COMPARISON, "cohen_dz hedges_gz cohen_dz_low cohen_dz_high"),),
    assumes="Normal differences. It is relative to this design's own spread: not comparable between studies that pair "
    "otherwise. `hedges_gz` is null at n = 2.",
    formula="""\
dz = d̄ / s;   gz = dz J(df),   J(v) = Γ(v/2) / ( √(v/2) Γ((v - 1)/2) )
low:  λ/√n with P(T'(df, λ) >= t) = α/2;   high: λ/√n with P(T'(df, λ) >= t) = 1 - α/2;   T' noncentral t""",
    source=(
        "Cohen 1988, Statistical Power Analysis, chapter 2.",
        "Hedges 1981, Journal of Educational Statistics 6, 107-128, equation 6e.",
        "Cumming and Finch 2001, Educational and Psychological Measurement 61, 532-574.",
    ),
    computed_by=("analysis.methods.effect_size:effect_size",),
    checked_by=(
        BY_R,
        "tests/unit/analysis/methods/test_effect_size.py::test_the_ends_are_where_t_is_in_its_tails",
        f"{CALIBRATION}/test_tests.py::test_of_the_interval_of_dz",
    ),
    example="""\
>>> from analysis.methods.effect_size import effect_size
>>> show(effect_size(sleep(), alpha=0.05))
cohen_dz = 1.28456, cohen_dz_low = 0.414628, cohen_dz_high = 2.11802, hedges_gz = 1.17392
""",
)

PAIRING_GAIN = Method(
    title="What pairing gained",
    answers="How alike the two arms are seed by seed, and by what factor pairing divided the variance of the "
    "difference: below 1 it cost more than it gave.",
    fills=(keys(COMPARISON, "pair_correlation variance_reduction"),),
    assumes="Descriptive.",
    formula="r = corr(condition, control) over pairs;   variance_reduction = ( var(condition) + var(control) ) / s²",
    source=("Definition: Pearson's correlation; the variance of an unpaired difference over that of the paired one.",),
    computed_by=("analysis.methods.paired_t:pairing_gain",),
    checked_by=(BY_R,),
    example="""\
>>> from analysis.methods.paired_t import pairing_gain
>>> show(pairing_gain(sleep()))
pair_correlation = 0.79517, variance_reduction = 4.76542
""",
)

SUMMARIES = Method(
    title="Summaries of arms and differences",
    answers="Each condition by itself over its trials that trained, and the paired differences: medians and trimmed "
    "means beside means, since outcomes have heavy tails.",
    fills=(
        keys("compare.conditions[]", "condition n mean sd median trimmed_mean minimum maximum stays_at_chance"),
        keys(
            COMPARISON,
            "median_difference trimmed_mean_difference lower_quartile_difference upper_quartile_difference",
        ),
    ),
    assumes="Descriptive.",
    formula="""\
trimmed mean: floor(0.2 n) values cut from each end, the rest averaged;   sd with n - 1
quartiles: linear between order statistics, at 1 + (n - 1) q""",
    source=(
        "Tukey and McLaughlin 1963, Sankhya A 25, 331-352 (trimming).",
        "Hyndman and Fan 1996, The American Statistician 50, 361-365, definition 7 (quartiles).",
    ),
    computed_by=("analysis.methods.summary:summary", "analysis.methods.summary:summary_of_differences"),
    checked_by=(
        BY_R,
        "tests/unit/analysis/methods/test_projections.py::test_summary_of_differences_in_the_metrics_own_unit",
    ),
    example="""\
>>> from analysis.methods.summary import summary_of_differences
>>> show(summary_of_differences(sleep()))
median_difference = 1.3, trimmed_mean_difference = 1.33333, lower_quartile_difference = 1.05,
  upper_quartile_difference = 1.7
""",
)

INFLUENCE = Method(
    title="What the mean hangs on",
    answers="The seed whose difference is farthest from the median, the mean difference without it, and its share of "
    "the variance: above one half, from 8 pairs on, the mean is fragile.",
    fills=(keys(COMPARISON, "extreme_seed mean_without_extreme variance_share_of_extreme_seed"),),
    assumes="Descriptive: no seed may be left out for being far away. Null below 3 pairs or without variation.",
    formula="""\
extreme_seed = argmax |d_s - median(d)|, the smallest seed of several;   mean of the other d_s
share = (d_extreme - d̄)² / Σ (d_s - d̄)²""",
    source=("Hampel 1974, Journal of the American Statistical Association 69, 383-393 (influence).",),
    computed_by=("analysis.methods.influence:influence",),
    checked_by=("tests/unit/analysis/methods/test_influence.py::test_the_farthest_seed_and_the_mean_of_the_others",),
    example="""\
>>> from analysis.methods.influence import influence
>>> show(influence(sleep()))
extreme_seed = 8, mean_without_extreme = 1.24444, variance_share_of_extreme_seed = 0.66983
""",
)

OVER_SPLITS = Method(
    title="Corrected resampled t test",
    answers="Where the seeds are folds or random splits of one data set and `--test-fraction` says which share X each "
    "holds out: the mean difference over other training and test sets of these sizes, as one of the family. It leads "
    "(`headline.scope` is `splits`) and the verdict follows it. `blocks` is `splits` there, else `seeds`; "
    "`test_fraction` is X.",
    fills=(
        keys("compare", "blocks test_fraction"),
        keys(
            COMPARISON,
            "corrected_standard_error corrected_t corrected_low corrected_high corrected_low_90 corrected_high_90 "
            "p_corrected",
        ),
    ),
    assumes="Normal differences, of which any two correlate by X: then it is exact. What they correlate by cannot be "
    "estimated, so it is an approximation without an exact level. Null without X; over splits nothing is then decided, "
    "and `omnibus`, `dose_response`, `selection`, and limits and p of rates are null in either case.",
    formula="""\
X = test examples / (training + test examples) of a split;   se = s √( 1/n + X/(1 - X) );   corrected_t = d̄ / se
d̄ ± t(1 - α/(2K); n - 1) se;   _90: d̄ ± t(1 - α/K; n - 1) se
p_corrected = min(1, 2 K P(T_(n-1) >= |corrected_t|))""",
    source=(
        "Nadeau and Bengio 2003, Machine Learning 52, 239-281.",
        "Bouckaert and Frank 2004, PAKDD, LNCS 3056, 3-12 (how often it errs, and how well it is replicated).",
    ),
    computed_by=("analysis.methods.over_splits:over_splits", "analysis.methods.over_splits:mean_that_decides"),
    checked_by=(
        "tests/oracles/test_splits.py::test_agrees_with_least_squares_on_differences_made_independent",
        "tests/unit/analysis/methods/test_over_splits.py::"
        "test_t_is_exact_where_normal_differences_correlate_by_the_fraction",
        "tests/unit/analysis/answer/test_splits.py::test_the_corrected_test_decides_where_it_is_known",
    ),
    example="""\
>>> from analysis.methods.over_splits import over_splits
>>> from analysis.methods.result import Sample
>>> from analysis.tables.question import Question
>>> asked = Question("sleep", "first drug", alpha=0.05, margin=None, direction="higher")
>>> show(over_splits(sleep(), 0.1, Sample(asked, [sleep()], [sleep()])))
corrected_standard_error = 0.565144, corrected_t = 2.79575, corrected_low = 0.301556,
  corrected_high = 2.85844, corrected_low_90 = 0.544027, corrected_high_90 = 2.61597,
  p_corrected = 0.020857
""",
)

GROUP = Group(
    "By how much does it differ?",
    (DIFFERENCE, PAIRED_T, EQUIVALENCE, EFFECT_SIZE, PAIRING_GAIN, SUMMARIES, INFLUENCE, OVER_SPLITS),
)
