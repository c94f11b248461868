"""The entries: several conditions at once."""

from analysis.catalogue.entry import BY_R, CALIBRATION, COMPARISON, Group, Method, keys

_FAMILY = f"{CALIBRATION}/test_families.py::test_of_a_family"

MAX_T = Method(
    title="Max-t by sign flips",
    answers="A check of the mean's p over the family: the chance that, were no condition different, any of them would "
    "look so different. It uses what the conditions have in common, so it is mostly sharper than Bonferroni.",
    fills=(keys(COMPARISON, "n_max_t p_max_t p_max_t_step_down"),),
    assumes="Where nothing differs, each seed's row of differences over all conditions is as likely as its negative. "
    "It holds the family-wise error for any dependence between conditions. It needs the seeds that every "
    "condition of the family has: `n_max_t`.",
    formula="""\
whole seed rows are flipped together, flips as in the sign-flip test; u_k as there, for condition k
single step: p_k = share of flips with max_j u*_j >= u_k
step-down:   in falling order of u, the maximum over k and those after it alone; p never falls along the order""",
    source=(
        "Westfall and Young 1993, Resampling-Based Multiple Testing, algorithms 2.5 (single step) and 4.1 (step-down).",
    ),
    computed_by=(
        "analysis.methods.multiplicity:max_t",
        "analysis.methods.sign_flip:single_step",
        "analysis.methods.sign_flip:step_down",
    ),
    checked_by=(
        BY_R,
        "tests/unit/analysis/methods/test_sign_flip.py::test_exact_flips_equal_brute_force",
        "tests/unit/analysis/methods/test_sign_flip.py::test_max_t_uses_the_seeds_that_all_have_and_says_so",
        _FAMILY,
        f"{CALIBRATION}/test_exact.py::test_of_every_sign_of_whole_rows",
    ),
    example="""\
>>> from analysis.methods.multiplicity import max_t
>>> a, b = pairs(3, 5, 4, 6, 2, 7, condition="a"), pairs(1, -2, 3, -1, 2, 1, condition="b")
>>> show(max_t([a, b]))
a: n_max_t = 6, p_max_t = 0.03125, p_max_t_step_down = 0.03125
b: n_max_t = 6, p_max_t = 0.71875, p_max_t_step_down = 0.53125
""",
)

SIMULTANEOUS = Method(
    title="Simultaneous intervals over seeds",
    answers="Intervals of the mean that all hold at once with probability 1 - alpha (suffix `_90`: 1 - 2 alpha), from "
    "30 seeds on shorter than Bonferroni's where conditions have much in common. A check: no verdict rests on them.",
    fills=(
        keys(
            COMPARISON,
            "ci_low_simultaneous ci_high_simultaneous ci_low_simultaneous_90 ci_high_simultaneous_90",
        ),
    ),
    assumes="As the t interval; from 30 common seeds, symmetry about the mean in place of normality where that is "
    "shorter. K counts the conditions that can be tested.",
    formula="""\
d̄ ± c se;   below 30 common seeds c = t(1 - α/(2K); n - 1)
from 30:    c = max( t(1 - α/2; n - 1), min( t(1 - α/(2K); n - 1), q ) ),
            q = (1 - α) quantile of max_k |t*_k| under 99,999 common flips of the centred seed rows
_90: the same with 2α in place of α""",
    source=(
        "Dunn 1961, Journal of the American Statistical Association 56, 52-64 (Bonferroni).",
        "Westfall and Young 1993 (maxima under common flips).",
    ),
    computed_by=("analysis.methods.simultaneous:intervals", "analysis.methods.sign_flip:max_t_quantiles"),
    checked_by=(
        BY_R,
        "tests/unit/analysis/methods/test_simultaneous.py::test_below_30_it_is_bonferroni",
        "tests/unit/analysis/methods/test_sign_flip.py::test_flip_quantile_of_centred_rows_agrees_with_a_slow_twin",
        _FAMILY,
    ),
    example="""\
>>> from analysis.methods.simultaneous import intervals
>>> a, b = pairs(3, 5, 4, 6, 2, 7, condition="a"), pairs(1, -2, 3, -1, 2, 1, condition="b")
>>> show(intervals([a, b], alpha=0.05))
a: ci_low_simultaneous = 2.08393, ci_high_simultaneous = 6.91607,
  ci_low_simultaneous_90 = 2.53669, ci_high_simultaneous_90 = 6.46331
b: ci_low_simultaneous = -1.73787, ci_high_simultaneous = 3.07121,
  ci_low_simultaneous_90 = -1.28728, ci_high_simultaneous_90 = 2.62061
""",
)

HOLM = Method(
    title="Holm",
    answers="`p_t` adjusted so that the chance of any false claim in the family is at most alpha. Shown beside max-t.",
    fills=(keys(COMPARISON, "p_holm"),),
    assumes="Valid `p_t`; any dependence.",
    formula="sorted p_(1) <= ... <= p_(K):   p_holm(i) = max over j <= i of min( 1, (K - j + 1) p_(j) )",
    source=("Holm 1979, Scandinavian Journal of Statistics 6, 65-70.",),
    computed_by=("analysis.methods.multiplicity:adjusted_t", "analysis.methods.multiplicity:holm"),
    checked_by=(
        BY_R,
        "tests/unit/analysis/methods/test_multiplicity.py::test_agree_with_statsmodels_in_input_order",
        _FAMILY,
    ),
    example="""\
>>> from analysis.methods.multiplicity import holm
>>> show(holm([0.01, 0.04, 0.03]))
[0.03, 0.06, 0.06]
""",
)

BENJAMINI_HOCHBERG = Method(
    title="Benjamini-Hochberg",
    answers="`p_t` adjusted so that the expected share of false claims among those made is at most alpha: a weaker "
    "promise. No verdict rests on it.",
    fills=(keys(COMPARISON, "p_bh"),),
    assumes="Valid `p_t`; independence or positive dependence.",
    formula="sorted p_(1) <= ... <= p_(K):   p_bh(i) = min over j >= i of min( 1, K p_(j) / j )",
    source=("Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57, 289-300.",),
    computed_by=("analysis.methods.multiplicity:adjusted_t", "analysis.methods.multiplicity:benjamini_hochberg"),
    checked_by=(BY_R, "tests/unit/analysis/methods/test_multiplicity.py::test_agree_with_statsmodels_in_input_order"),
    example="""\
>>> from analysis.methods.multiplicity import benjamini_hochberg
>>> show(benjamini_hochberg([0.01, 0.04, 0.03]))
[0.03, 0.04, 0.04]
""",
)

FRIEDMAN = Method(
    title="Friedman, Kendall, Iman and Davenport",
    answers="Whether the conditions, control included, rank alike over seeds, and how well seeds agree on the ranking "
    "(W, 0 to 1). Descriptive: it never gates the comparisons.",
    fills=(keys("compare.omnibus", "friedman_q friedman_p iman_davenport_f iman_davenport_p kendall_w"),),
    assumes="Where nothing differs, all orders within a seed are alike. Q has its chi-squared, F its F distribution "
    "approximately. At least 2 seeds and 3 conditions. F is null where every seed ranks alike.",
    formula="""\
R_sk: midranks of seed s;   Q = n (k - 1) · n Σ_k (R̄_k - (k+1)/2)² / Σ_sk (R_sk - (k+1)/2)²;   p by chi²(k - 1)
W = Q / (n (k - 1));   F = (n - 1) Q / (n (k - 1) - Q);   p by F(k - 1, (n - 1)(k - 1))""",
    source=(
        "Friedman 1937, Journal of the American Statistical Association 32, 675-701.",
        "Kendall and Babington Smith 1939, Annals of Mathematical Statistics 10, 275-287.",
        "Iman and Davenport 1980, Communications in Statistics A 9, 571-595.",
    ),
    computed_by=("analysis.methods.omnibus:omnibus",),
    checked_by=(BY_R, f"{CALIBRATION}/test_across.py::test_of_trends_and_of_whether_any_differ"),
    example="""\
>>> from analysis.methods.omnibus import omnibus
>>> values = np.array([[1.0, 3, 2], [2, 4, 3], [1, 2, 3], [0, 5, 4]])  # 4 seeds, 3 conditions
>>> show(omnibus(values), "friedman_q", "friedman_p", "kendall_w", "iman_davenport_f", "iman_davenport_p")
friedman_q = 6.5, friedman_p = 0.0387742, kendall_w = 0.8125, iman_davenport_f = 13,
  iman_davenport_p = 0.0065918
""",
)

ANOVA = Method(
    title="Repeated-measures analysis of variance",
    answers="Whether the conditions' means differ, seeds as blocks; also with degrees of freedom shrunk for unequal "
    "variances of differences. Descriptive.",
    fills=(keys("compare.omnibus", "rm_anova_f rm_anova_df1 rm_anova_df2 rm_anova_p gg_epsilon rm_anova_p_gg"),),
    assumes="Normal residuals; for `rm_anova_p` equal variances of all differences (sphericity), for `_gg` not.",
    formula="""\
F = MS_conditions / MS_residual on k - 1 and (n - 1)(k - 1)
ε = tr(C)² / ( (k - 1) Σ C_ij² ), C the covariance of the values less each seed's mean, kept within 1/(k - 1) and 1
rm_anova_p_gg: the same F on ε (k - 1) and ε (n - 1)(k - 1)""",
    source=("Greenhouse and Geisser 1959, Psychometrika 24, 95-112.",),
    computed_by=("analysis.methods.omnibus:omnibus",),
    checked_by=(BY_R, f"{CALIBRATION}/test_across.py::test_of_trends_and_of_whether_any_differ"),
    example="""\
>>> from analysis.methods.omnibus import omnibus
>>> values = np.array([[1.0, 3, 2], [2, 4, 3], [1, 2, 3], [0, 5, 4]])
>>> show(omnibus(values), "rm_anova_f", "rm_anova_df1", "rm_anova_df2", "rm_anova_p", "gg_epsilon", "rm_anova_p_gg")
rm_anova_f = 7, rm_anova_df1 = 2, rm_anova_df2 = 6, rm_anova_p = 0.027, gg_epsilon = 0.75,
  rm_anova_p_gg = 0.0452485
""",
)

GROUP = Group("With several conditions?", (MAX_T, SIMULTANEOUS, HOLM, BENJAMINI_HOCHBERG, FRIEDMAN, ANOVA))
