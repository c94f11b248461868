"""The entries: tests and estimates that need no normal differences."""

from analysis.catalogue.entry import BY_R, CALIBRATION, COMPARISON, Group, Method, keys

SIGN_FLIP = Method(
    title="Sign-flip test of the mean",
    answers="How rarely chance signs alone would give a mean so far from 0, for this comparison alone; and the least p "
    "that so many pairs can reach: above alpha it means *cannot test*, not *no effect*.",
    fills=(
        keys(COMPARISON, "p_sign_flip p_min_attainable"),
        keys("compare.random_flips", "number seed exact_up_to"),
    ),
    assumes="Where nothing differs, each d_s is as likely as -d_s. No normality. Exact up to n = 14; the random flips "
    "above it come from a recorded seed, the same for every table of that n.",
    formula="""\
u = |Σ d_s| / √(Σ d_s²), which orders flips as |t| does
n <= 14: p = share of all 2^n flips with u* >= u;   else p = (b + 1) / (B + 1), B = 99,999, b flips with u* >= u
p_min_attainable = 2 / 2^n""",
    source=(
        "Fisher 1935, The Design of Experiments, section 21.",
        "Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9, article 39 (never 0).",
    ),
    computed_by=("analysis.methods.multiplicity:sign_flip_tests", "analysis.methods.sign_flip:single_step"),
    checked_by=(
        BY_R,
        "tests/unit/analysis/methods/test_sign_flip.py::test_exact_flips_equal_brute_force",
        "tests/unit/analysis/methods/test_sign_flip.py::test_random_flips_agree_with_enumeration",
        f"{CALIBRATION}/test_tests.py::test_of_sign_flips",
        f"{CALIBRATION}/test_exact.py::test_of_every_sign_of_given_magnitudes",
    ),
    example="""\
>>> from analysis.methods.multiplicity import sign_flip_tests
>>> show(sign_flip_tests([sleep()]))  # 4 of 1,024 flips: the patient without difference may have either sign
second drug: p_sign_flip = 0.00390625, p_min_attainable = 0.00195312
""",
)

WILCOXON = Method(
    title="Wilcoxon signed-rank test",
    answers="Whether the differences lie to one side of 0, by their ranks, for this comparison alone.",
    fills=(keys(COMPARISON, "wilcoxon_v p_wilcoxon"),),
    assumes="As the sign-flip test. Zeros are dropped, ties get midranks; counts make ties exact.",
    formula="""\
V = sum of the ranks of |d_s| with d_s > 0
up to 200 differences that are not 0: p = 2 min( P(V* <= V), P(V* >= V) ), at most 1, over all signs, by convolution
above: normal, variance Σ rank² / 4, continuity 1/2""",
    source=(
        "Wilcoxon 1945, Biometrics Bulletin 1, 80-83.",
        "Pratt and Gibbons 1981, Concepts of Nonparametric Theory, chapter 3 (ties).",
        "Hollander, Wolfe and Chicken 2014, Nonparametric Statistical Methods, section 3.1 (normal).",
    ),
    computed_by=("analysis.methods.signed_rank:wilcoxon", "analysis.methods.signed_rank:signed_rank"),
    checked_by=(
        BY_R,
        "tests/unit/analysis/methods/test_signed_rank.py::test_exact_with_ties_and_zeros",
        "tests/oracles/test_further.py::test_signed_ranks_of_many_seeds",
        f"{CALIBRATION}/test_tests.py::test_of_one_comparison",
    ),
    example="""\
>>> from analysis.methods.signed_rank import wilcoxon
>>> show(wilcoxon(sleep()))
wilcoxon_v = 45, p_wilcoxon = 0.00390625
""",
)

HODGES_LEHMANN = Method(
    title="Hodges-Lehmann estimate",
    answers="The centre of symmetry of the differences, little moved by outliers, and its interval.",
    fills=(keys(COMPARISON, "hodges_lehmann hodges_lehmann_low hodges_lehmann_high"),),
    assumes="Symmetric differences. Ties make the interval conservative. Null below the n at which 2 / 2^n reaches "
    "alpha (6 pairs at 0.05).",
    formula="""\
w = all (d_r + d_s) / 2 with r <= s, zeros included, sorted: M = n (n + 1) / 2 Walsh averages
estimate: median of w;   interval: w(C) to w(M + 1 - C), C the largest with P(V* <= C - 1) <= α/2 without ties""",
    source=(
        "Hodges and Lehmann 1963, Annals of Mathematical Statistics 34, 598-611; Lehmann 1963, ibid., 1507-1512.",
        "Hollander, Wolfe and Chicken 2014, section 3.3.",
    ),
    computed_by=("analysis.methods.signed_rank:hodges_lehmann",),
    checked_by=(
        BY_R,
        "tests/laws/test_rank_laws.py::test_hodges_lehmann_excludes_zero_exactly_where_the_signed_ranks_reject",
        f"{CALIBRATION}/test_tests.py::test_of_one_comparison",
    ),
    example="""\
>>> from analysis.methods.signed_rank import hodges_lehmann
>>> show(hodges_lehmann(sleep(), alpha=0.05))
hodges_lehmann = 1.3, hodges_lehmann_low = 0.9, hodges_lehmann_high = 2.7
""",
)

IMPROVEMENT = Method(
    title="Shares that improve",
    answers="At what share of seeds the condition is the better one, ties half; the chance that a fresh run of it "
    "beats a fresh run of the control; and wins less losses over all pairs of runs. They follow benefit.",
    fills=(
        keys(
            COMPARISON,
            "improvement_paired improvement_paired_low improvement_paired_high improvement_fresh cliffs_delta",
        ),
    ),
    assumes="Independent pairs. A fresh run shares no seed, so pairs of one seed are left out of `improvement_fresh`.",
    formula="""\
improvement_paired = (wins + ties/2) / n over seeds; low: Clopper-Pearson's for wins of n, high: for wins + ties of n
improvement_fresh  = (wins + ties/2) / (n (n - 1)) over pairs of runs with different seeds
cliffs_delta       = (wins - losses) / n² over all pairs of runs""",
    source=(
        "Clopper and Pearson 1934, Biometrika 26, 404-413.",
        "Cliff 1993, Psychological Bulletin 114, 494-509.",
    ),
    computed_by=("analysis.methods.probability_of_superiority:improvement",),
    checked_by=(
        BY_R,
        "tests/laws/test_rank_laws.py::test_a_rising_map_of_the_metric_keeps_the_shares_that_improve",
        f"{CALIBRATION}/test_tests.py::test_of_the_share_of_seeds_that_improve",
    ),
    example="""\
>>> from analysis.methods.probability_of_superiority import improvement
>>> show(improvement(sleep(), alpha=0.05, direction="higher"))
improvement_paired = 0.95, improvement_paired_low = 0.554984, improvement_paired_high = 1,
  improvement_fresh = 0.722222, cliffs_delta = 0.49
""",
)

GROUP = Group("And without normal differences?", (SIGN_FLIP, WILCOXON, HODGES_LEHMANN, IMPROVEMENT))
