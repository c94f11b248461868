"""The entries: what factors do that the conditions cross, each with two levels or more."""

from analysis.catalogue.entry import CALIBRATION, Group, Method, keys

_BY_R = "tests/oracles/test_levels.py"
_LEVELS = """\
>>> from analysis.factorial.slopes import slope
>>> values = np.array([[5.0, 6, 8, 9], [4, 6, 7, 9], [6, 7, 7, 9], [5, 6, 9, 9], [5, 7, 8, 8]])  # 5 seeds
"""

CONTRAST = Method(
    title="Contrast of two levels",
    answers="What a factor changes between two levels, averaged over the levels of the other factors: a sentence that "
    "names two levels uses the contrast of these two. `contrast` is `ends` (highest minus lowest level; of an "
    "interaction, how that changes from the lowest to the highest level of the next factor) or `reference` (a level "
    "that is a name minus the control's, or the first).",
    fills=(keys("factorial.effects[].contrast", "contrast levels weights"),),
    assumes="Every cell has a trial at each seed that counts. All other keys of a contrast are those of a comparison, "
    "of its value at each seed: typical and mean difference, with intervals over the family of all contrasts.",
    formula="""\
d_s = Σ over cells of w(cell) y_s(cell);   w: product over factors
ends: -1 at the lowest level, 1 at the highest, 0 between;   reference: -1 at the reference, 1 at the level
a factor that the effect is not of: 1 / levels each, or 1 at the level at which a simple effect is held""",
    source=(
        "Kirk 2013, Experimental Design, chapters 4 and 9 (contrasts with an error of their own).",
        "Dunn 1961, Journal of the American Statistical Association 56, 52-64 (the family).",
    ),
    computed_by=("analysis.factorial.contrasts:effects", "analysis.factorial.blocks:contrasted"),
    checked_by=(
        f"{_BY_R}::test_contrasts_of_end_levels_and_against_the_reference",
        "tests/oracles/test_factorial.py::test_contrasts_are_of_the_end_levels",
        "tests/unit/analysis/factorial/test_design.py::"
        "test_of_names_the_controls_stands_first_and_numbers_keep_their_order",
        f"{CALIBRATION}/test_factorial.py::test_of_the_effects",
    ),
    example="""\
>>> from analysis.factorial.contrasts import ends
>>> from analysis.factorial.factors import Factor
>>> show([int(weight) for weight in ends(Factor("width", ("width",), (64.0, 128.0, 256.0, 512.0)))])
[-1, 0, 0, 1]
""",
)

SLOPE = Method(
    title="Slope of a factor",
    answers="By how much the metric changes per unit of the scores of a factor with three numeric levels or more, on "
    "average over seeds. It is called a slope, never a difference of two levels.",
    fills=(keys("factorial.effects[]", "slope slope_low slope_high slope_p scores"),),
    assumes="The t test's, of the seeds' own slopes; of this slope alone, not adjusted. Scores are the levels (`raw`), "
    "their natural logarithms (`log`; a level of 0 or below is refused), or their ranks (`rank`). Where lack of fit "
    "rejects, no line is described.",
    formula="b_s = Σ (x - x̄) y_s(x) / Σ (x - x̄)²;   mean(b) ± t(1 - α/2; n - 1) sd(b) / √n;   p = 2 P(T >= |t|)",
    source=("Student 1908, on each seed's own least-squares slope.",),
    computed_by=("analysis.factorial.slopes:slope",),
    checked_by=(f"{_BY_R}::test_slopes_and_their_lack_of_fit", f"{CALIBRATION}/test_factorial.py::test_of_slopes"),
    example=f"""\
{_LEVELS}>>> show(slope([1, 2, 4, 8], values, "log", alpha=0.05), "slope", "slope_low", "slope_high", "slope_p")
slope = 1.84665, slope_low = 1.28874, slope_high = 2.40456, slope_p = 0.00077873
""",
)

FIT = Method(
    title="Lack of fit of a line (Hotelling)",
    answers="Whether the levels of a factor lie on a straight line over its scores. Where they do not, no line is "
    "described, and the levels are compared instead.",
    fills=(keys("factorial.effects[]", "lack_of_fit_f lack_of_fit_p"),),
    assumes="The seeds' contrasts are independent and normal, with any covariance. Null unless there are more seeds "
    "than levels less 2, and where a contrast does not vary: then the fit is not tested, and the sentence says so.",
    formula="""\
c_s: each seed's k - 2 contrasts of its levels orthogonal to 1 and x (what its own line leaves);   S their covariance
T² = n c̄' S⁻¹ c̄;   q = k - 2;   F = (n - q) T² / (q (n - 1)) on q and n - q""",
    source=("Hotelling 1931, Annals of Mathematical Statistics 2, 360-378.",),
    computed_by=("analysis.methods.lack_of_fit:residual_t2",),
    checked_by=(
        f"{_BY_R}::test_slopes_and_their_lack_of_fit",
        "tests/oracles/test_factorial.py::test_lack_of_fit_of_a_line_agrees_with_hotellings_test_of_statsmodels",
        f"{CALIBRATION}/test_factorial.py::test_of_slopes",
    ),
    example=f"""\
{_LEVELS}>>> show(slope([1, 2, 4, 8], values, "raw", alpha=0.05), "lack_of_fit_f", "lack_of_fit_p")
lack_of_fit_f = 7.08468, lack_of_fit_p = 0.0730383
""",
)

GROUP = Group("What do factors do that are crossed?", (CONTRAST, SLOPE, FIT))
