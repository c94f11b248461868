"""The entries: how a metric follows a rate, and which condition is best."""

from analysis.catalogue.entry import CALIBRATION, Group, Method, keys

_ORACLE = "tests/oracles/test_further.py::test_dose_response"
_TRENDS = f"{CALIBRATION}/test_across.py::test_of_trends_and_of_whether_any_differ"
_VALUES = """\
>>> rates = np.array([0.0, 0.2, 0.5, 0.8])
>>> values = np.array([[5.0, 9, 8, 2], [4, 7, 8, 1], [6, 9, 9, 3], [5, 8, 9, 1]])  # 4 seeds
"""

OPTIMUM = Method(
    title="Quadratic in the rate, and its optimum",
    answers="A parabola through the conditions that have one numeric rate, control included, and the rate at its top "
    "(its bottom where lower is better) with a set that holds the true one.",
    fills=(
        keys(
            "compare.dose_response",
            "rates conditions n intercept b1 b2 df identified optimum optimum_low optimum_high",
        ),
    ),
    assumes="The mean response is quadratic over the tested range, which lack of fit tests first; the seeds' own "
    "coefficients are independent and about normal. At least 3 rates and 2 seeds; seeds at which all of them trained. "
    "`df` is that of the residuals of one fit with seeds as blocks; **the set does not use it**, it uses n - 1.",
    formula="""\
each seed's own least squares y = a + b1 x + b2 x²; intercept, b1, b2: means over seeds; V = their covariance / n
optimum = -b1 / (2 b2)
set: all x with (b1 + 2 b2 x)² <= t(1 - α/2; n - 1)² (V11 + 4 x V12 + 4 x² V22)
not identified where the set is unbounded, the curve bends the wrong way, seeds differ in level alone, or the levels
do not lie on a parabola (lack of fit, p <= α)
optimum and ends are cut off at the tested range;   df = n (k - 1) - 2""",
    source=("Fieller 1954, Journal of the Royal Statistical Society B 16, 175-185.",),
    computed_by=("analysis.methods.dose_response:dose_response", "analysis.methods.fieller:ratio_set"),
    checked_by=(_ORACLE, f"{CALIBRATION}/test_across.py::test_of_the_set_of_optima"),
    example=f"""\
>>> from analysis.methods.dose_response import dose_response
{_VALUES}>>> found = dose_response(rates, values, None, alpha=0.05, direction="higher")
>>> show(found, "b1", "b2", "df", "identified", "optimum", "optimum_low", "optimum_high")
b1 = 24.8048, b2 = -35.876, df = 10, identified = true, optimum = 0.345702,
  optimum_low = 0.33524, optimum_high = 0.355406
""",
)

LACK_OF_FIT = Method(
    title="Lack of fit of the parabola (Hotelling)",
    answers="Whether the levels lie on a parabola at all. Where they do not, no optimum is named: the top of a curve "
    "that misses a plateau with a cliff says nothing of where the best rate is.",
    fills=(keys("compare.dose_response", "lack_of_fit_t2 lack_of_fit_p"),),
    assumes="The seeds' contrasts are independent and normal, with any covariance. Null below 4 rates, where seeds do "
    "not outnumber the rates less 3, and where a contrast does not vary: then the fit is not tested.",
    formula="""\
c_s: each seed's k - 3 contrasts orthogonal to 1, x and x² (what its own parabola leaves);   S their covariance
T² = n c̄' S⁻¹ c̄;   q = k - 3;   (n - q) T² / (q (n - 1)) has the F distribution on q and n - q""",
    source=("Hotelling 1931, Annals of Mathematical Statistics 2, 360-378.",),
    computed_by=("analysis.methods.lack_of_fit:lack_of_fit",),
    checked_by=(
        "tests/oracles/test_lack_of_fit.py::test_agrees_with_hotellings_test_of_statsmodels_on_residuals",
        "tests/oracles/test_lack_of_fit.py::test_four_rates_are_a_t_test_of_the_cubic_coefficient",
        "tests/oracles/test_lack_of_fit.py::test_it_holds_its_level",
    ),
    example=f"""\
>>> from analysis.methods.lack_of_fit import lack_of_fit
{_VALUES}>>> show(lack_of_fit(rates, values))
lack_of_fit_t2 = 0.615516, lack_of_fit_p = 0.489967
""",
)

GAP_SPLIT = Method(
    title="What a smaller gap owes to measuring",
    answers="The part of the change of the running gap that is owed to measuring training accuracy while the weights "
    "move and dropout is on, and the share that is left in the clean gap. In the report, and in findings.",
    fills=(),
    assumes="The paired t test's, of the seeds' own pairs of changes. Over seeds, for this test set, for each "
    "condition alone. No share where the running gap may not have changed at all.",
    formula="""\
r, c: mean changes of the running and the clean gap over common seeds; V: covariance of (c, r) / n
owed to measuring = r - c, with the t interval of the seeds' own differences;   share left = c / r
set of the share: all x with (c - x r)² <= t(1 - α/2; n - 1)² (V11 - 2 x V12 + x² V22)""",
    source=("Fieller 1954, Journal of the Royal Statistical Society B 16, 175-185.",),
    computed_by=("analysis.methods.gap_split:gap_splits", "analysis.methods.fieller:ratio_set"),
    checked_by=(
        "tests/unit/analysis/methods/test_gap_split.py::test_the_parts_add_up_and_have_the_intervals_of_a_t_test",
        "tests/unit/analysis/methods/test_gap_split.py::test_the_set_covers_the_ratio_at_its_level",
    ),
    example="""\
>>> from analysis.methods.gap_split import gap_splits
>>> def changes(values):
...     return {"book": dict(enumerate(values))}
>>> found = gap_splits(changes([-0.015, -0.022, -0.018, -0.012]), changes([-0.002, -0.001, -0.003, 0.001]), 0.05)
>>> show(found[0], "running_change", "clean_change", "measuring_change", "measuring_low", "measuring_high")
running_change = -0.01675, clean_change = -0.00125, measuring_change = -0.0155,
  measuring_low = -0.0215243, measuring_high = -0.00947573
>>> show(found[0], "clean_share", "clean_share_low", "clean_share_high")
clean_share = 0.0746269, clean_share_low = -0.113685, clean_share_high = 0.21854
""",
)

GAP_SLOPE = Method(
    title="Slope of the generalisation gap",
    answers="By how much the clean gap changes per unit of rate, on average over seeds.",
    fills=(keys("compare.dose_response", "gap_slope_mean gap_slope_t gap_slope_p"),),
    assumes="The paired t test's, of the seeds' own slopes. Null where the table has no clean gap. Two-sided, not "
    "adjusted.",
    formula="b_s = Σ (x - x̄) gap_s(x) / Σ (x - x̄)²;   t = mean(b) / (sd(b) / √n) on n - 1",
    source=("Student 1908, on each seed's own least-squares slope.",),
    computed_by=("analysis.methods.dose_response:dose_response",),
    checked_by=(_ORACLE, _TRENDS),
    example=f"""\
>>> from analysis.methods.dose_response import dose_response
{_VALUES}>>> gaps = np.array([[3.0, 2, 2, 1], [4, 3, 2, 0], [3, 3, 1, 1], [4, 2, 2, 1]])
>>> found = dose_response(rates, values, gaps, alpha=0.05, direction="higher")
>>> show(found, "gap_slope_mean", "gap_slope_t", "gap_slope_p")
gap_slope_mean = -3.29932, gap_slope_t = -5.9363, gap_slope_p = 0.0095553
""",
)

HIDDEN_UNITS = Method(
    title="Hidden units before and after the mask",
    answers="Mean, variance and share of zeros of each hidden layer's units where a study records them, and the "
    "difference of the variance to the control's, paired by seed. In the report, and in findings.",
    fills=(),
    assumes="The paired t test's. Each interval is for itself; nothing is tested or adjusted. Trials that diverged are "
    "left out. The variance by theory is that of dropout alone, over masks as well as units and images.",
    formula="""\
s: a statistic over the units and the first 1,000 training images, at the last epoch, one value a seed
mean of s ± t(1 - α/2; n - 1) sd(s) / sqrt(n);   difference of the variance: the same of condition - control, by seed
by theory, after a mask at rate p: E[h²] / (1 - p) - E[h]² of the units h before it""",
    source=("Srivastava et al. 2014, Journal of Machine Learning Research 15, 1929-1958, section 10.",),
    computed_by=("analysis.methods.activations:activations",),
    checked_by=(
        "tests/unit/analysis/methods/test_activations.py::test_differences_are_paired_by_seed_whatever_the_order",
        "tests/unit/analysis/methods/test_activations.py::test_the_variance_by_theory",
    ),
    example="""\
>>> from analysis.methods.activations import activations
>>> from analysis.methods.recorded_units import Recorded
>>> def trials(condition, variances, times):  # mean 1, no zeros; the mask makes the variance `times` as large
...     ends = [{1: np.array([[1, each, 0], [1, times * each, 0]])} for each in variances]
...     return [Recorded(condition, seed, False, {1: end}) for seed, end in enumerate(ends)]
>>> both = [*trials("none", [0.2, 0.3, 0.4], 1), *trials("book", [0.1, 0.3, 0.2], 7)]
>>> found = activations(both, {"none": [0], "book": [0.5]}, "none", 0.05)
>>> show(found.differences[0], "n_pairs", "difference", "low", "high")
n_pairs = 3, difference = -0.1, low = -0.348414, high = 0.148414
>>> show(found.ends[3], "side", "n", "variance", "variance_by_theory")
side = after, n = 3, variance = 1.4, variance_by_theory = 1.4
""",
)

PAGE = Method(
    title="Page's trend test",
    answers="Whether the metric's ranks rise, or fall, along the rates.",
    fills=(keys("compare.dose_response", "page_l page_p"),),
    assumes="Where nothing differs, all orders within a seed are alike. Normal approximation, two-sided, midranks. Not "
    "adjusted.",
    formula="""\
L = Σ_j j Σ_s R_sj;   mean n k (k + 1)² / 4;   variance Σ_j (j - (k+1)/2)² Σ_sj (R_sj - (k+1)/2)² / (k - 1)
p = 2 P( Z >= |L - mean| / √variance )""",
    source=("Page 1963, Journal of the American Statistical Association 58, 216-230 (there without ties).",),
    computed_by=("analysis.methods.dose_response:page",),
    checked_by=(_ORACLE, _TRENDS),
    example="""\
>>> from analysis.methods.dose_response import page
>>> show(page(np.array([[1.0, 2, 3], [1, 3, 2], [1, 2, 3], [2, 2, 4]])))
page_l = 54.5, page_p = 0.0176221
""",
)

CHOICE = Method(
    title="The best condition, honestly",
    answers="What the best condition gains over the control when it is chosen on one thing and measured on another; "
    "and by how much the naive gain (chosen and measured on the same data) boasts: `optimism`, positive where "
    "it does.",
    fills=(
        keys(
            "compare.selection",
            "n chosen_on_validation validation_difference_of_chosen test_difference_of_chosen crossfit_difference "
            "optimism",
        ),
    ),
    assumes="Independent seeds; those at which all conditions trained. Point estimates: no interval is claimed. The "
    "first three are null without validation accuracy. The control is never what is picked.",
    formula="""\
chosen_on_validation: highest mean validation accuracy; its difference there, and in the metric on the test set
crossfit: for each seed, the condition best by the mean over the other seeds; the differences at the seeds, averaged
optimism = benefit of the naive pick's difference over the cross-fitted one; 7 alike: 1.352 σ/√n is expected,
           σ a condition's spread about the seed's level""",
    source=(
        "Stone 1974, Journal of the Royal Statistical Society B 36, 111-147 (leaving one out).",
        "The constant: mean of the largest of 7 standard normal values.",
    ),
    computed_by=("analysis.methods.selection:selection",),
    checked_by=(
        "tests/oracles/test_further.py::test_selection",
        f"{CALIBRATION}/test_across.py::test_the_naive_pick_boasts_and_the_cross_fitted_does_not",
    ),
    example="""\
>>> from analysis.methods.selection import selection
>>> values = np.array([[5.0, 6, 8], [4, 7, 5], [5, 9, 6], [4, 5, 7]])  # 4 seeds: none, a, b
>>> found = selection(["none", "a", "b"], values, values + [0, 1, 3], alpha=0.05, direction="higher")
>>> show(found, "chosen_on_validation", "test_difference_of_chosen", "crossfit_difference", "optimism")
chosen_on_validation = b, test_difference_of_chosen = 2, crossfit_difference = 1,
  optimism = 1.25
""",
)

BEST_SET = Method(
    title="Set of the best",
    answers="The conditions, control included, that are not shown to be worse than the one with the best mean.",
    fills=(keys("compare.selection", "best_set"),),
    assumes="The t test's, for each lead of the best. The best is picked on the same data: calibrated, not proved.",
    formula="one-sided paired t of the best against each other, Holm over the k - 1; those with p >= α stay; the "
    "control too, unless the headline shows one of them to be better",
    source=(
        "Subset selection: Gupta 1965, Technometrics 7, 225-245; with Holm's adjustment in place of his constant.",
    ),
    computed_by=("analysis.methods.selection:selection", "analysis.answer.all_conditions:with_control"),
    checked_by=(
        "tests/oracles/test_further.py::test_selection",
        "tests/oracles/test_lack_of_fit.py::test_the_best_and_the_verdicts_agree",
        f"{CALIBRATION}/test_across.py::test_of_the_set_of_the_best",
    ),
    example="""\
>>> from analysis.methods.selection import selection
>>> values = np.array([[5.0, 6, 8], [4, 7, 5], [5, 9, 6], [4, 5, 7]])
>>> show(selection(["none", "a", "b"], values, None, alpha=0.05, direction="higher").best_set)
[none, a, b]
""",
)

GROUP = Group(
    "How does it follow the rate, and which is best?",
    (LACK_OF_FIT, OPTIMUM, GAP_SLOPE, GAP_SPLIT, HIDDEN_UNITS, PAGE, CHOICE, BEST_SET),
)
