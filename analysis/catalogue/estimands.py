"""The entries: which centre of the differences is judged, and its intervals over the family, seeds and test images."""

from analysis.catalogue.entry import CALIBRATION, COMPARISON, Group, Method, keys

_HEADLINE = "tests/unit/analysis/answer/test_headline.py"

TYPICAL = Method(
    title="Typical difference",
    answers="**What the headline estimates unless the plan says the mean**: the Hodges-Lehmann estimate over *all* "
    "pairs, and its exact, unadjusted interval. A bad run moves it by no more than its rank can.",
    fills=(
        keys(
            COMPARISON,
            "typical_difference typical_low typical_high p_typical n_typical typical_unbounded_low "
            "typical_unbounded_high",
        ),
    ),
    assumes="Symmetric differences; ties make the interval conservative. Nothing is left out: a run that diverged "
    "counts with the accuracy it reached (none: chance), and with any other metric as worse than every other run, so "
    "that an end may have no limit: then it is null and `typical_unbounded_low` or `_high` is true. Gaps, times, "
    "speeds and metrics without a direction have no worst value: complete pairs, and `n_typical` says how many.",
    formula="""\
w = all (d_r + d_s) / 2 with r <= s, zeros included, sorted: M = n (n + 1) / 2 Walsh averages
a run worse than every other makes its averages infinite; two of unlike sign: 0
estimate: median of w;   interval: w(C) to w(M + 1 - C), C the largest with P(V <= C - 1) <= α/2
V: the signed-rank sum without ties, exact up to n = 200, above it normal with continuity 1/2
p_typical = min( 1, 2 P(V <= v) ), v = min( #{w <= 0}, #{w >= 0} ): the least α at which the interval excludes 0""",
    source=(
        "Hodges and Lehmann 1963, Annals of Mathematical Statistics 34, 598-611; Lehmann 1963, ibid., 1507-1512.",
        "Lachin 1999, Controlled Clinical Trials 20, 408-422 (a failure as the worst value).",
    ),
    computed_by=("analysis.methods.typical:typical", "analysis.methods.signed_rank_distribution:lower_tail"),
    checked_by=(f"{_HEADLINE}::test_over_seeds_interval_and_p_are_those_of_the_signed_rank_distribution",),
    example="""\
>>> from analysis.methods.typical import HodgesLehmannEstimate
>>> found = HodgesLehmannEstimate(pairs(3, 5, 4, 6, 2, 7, -1))
>>> show({"estimate": found.value, "interval": found.over_seeds(0.05 / 2), "p": found.p})
estimate = 4, interval = [1, 6], p = 0.03125
""",
)

OVER_THE_FAMILY = Method(
    title="Intervals of either estimand over the family",
    answers="What the headline takes interval and p from: typical and mean difference by the same rule, all conditions "
    "of the family at once (suffix `_90`: at 1 - 2 alpha).",
    fills=(
        keys(
            COMPARISON,
            "typical_low_simultaneous typical_high_simultaneous typical_low_simultaneous_90 "
            "typical_high_simultaneous_90 p_typical_adjusted mean_low_simultaneous mean_high_simultaneous "
            "mean_low_simultaneous_90 mean_high_simultaneous_90 p_mean_adjusted",
        ),
    ),
    assumes="As the typical difference, or as the t interval; Bonferroni, so any dependence between conditions. K "
    "counts the conditions of the family, those that cannot be tested too. An interval is null where n is too "
    "small for α/K.",
    formula="""\
each interval at 1 - α/K;   _90: at 1 - 2α/K
p: the least α at which the interval excludes 0:   min( 1, K p_typical ),   min( 1, K p_t )""",
    source=("Dunn 1961, Journal of the American Statistical Association 56, 52-64 (Bonferroni).",),
    computed_by=("analysis.methods.typical:typical", "analysis.methods.mean_family:mean_family"),
    checked_by=(f"{_HEADLINE}::test_over_seeds_interval_and_p_are_those_of_the_signed_rank_distribution",),
    example="""\
>>> from analysis.answer.compare import compare
>>> low = compare(table(), "test_accuracy", "none").effects["low"]
>>> show(low, "typical_low", "typical_low_simultaneous", "p_typical", "p_typical_adjusted")
typical_low = 0.0375, typical_low_simultaneous = 0.025, p_typical = 0.015625,
  p_typical_adjusted = 0.046875
""",
)

OVER_IMAGES = Method(
    title="Intervals over test images by MOVER",
    answers="The same intervals where new test images are counted in as well: **what the headline rests on wherever it "
    "can be made**. They are never narrower than those over seeds, and have the same adjustment, so that a verdict "
    "that changes between them changes because of the images.",
    fills=(
        keys(
            COMPARISON,
            "typical_low_crossed_simultaneous typical_high_crossed_simultaneous typical_low_crossed_simultaneous_90 "
            "typical_high_crossed_simultaneous_90 p_typical_crossed_adjusted mean_low_crossed_simultaneous "
            "mean_high_crossed_simultaneous mean_low_crossed_simultaneous_90 mean_high_crossed_simultaneous_90 "
            "p_mean_crossed_adjusted",
        ),
    ),
    assumes="New images shift the differences at all seeds alike, by a normal amount of the standard error from the "
    "test set; typical and mean difference move along with such a shift. At least 3 complete pairs, else null. Where "
    "images lie in groups, that error is of few groups, and its quantile is of t on `test_set_floor_df` for z.",
    formula="""\
estimate e with its interval over seeds [l, u] at 1 - α/K;   z = normal quantile at 1 - α/(2K)
low = e - √( (e - l)² + (z floor)² ),   high = e + √( (u - e)² + (z floor)² );   _90: with 2α in place of α
p: the least α at which this interval excludes 0, by halving on log α, relative 1e-12, never 0""",
    source=("Zou and Donner 2008, Statistics in Medicine 27, 1693-1702 (MOVER).",),
    computed_by=("analysis.methods.estimands:Inference.over_images",),
    checked_by=(
        f"{_HEADLINE}::test_over_images_each_end_moves_by_what_new_images_add",
        f"{CALIBRATION}/test_verdicts.py::test_of_the_headline",
    ),
    example="""\
>>> from analysis.methods.estimands import Inference
>>> from analysis.methods.typical import HodgesLehmannEstimate
>>> found = Inference(HodgesLehmannEstimate(pairs(3, 5, 4, 6, 2, 7, 3, 4)), size=2, floor=1.5)
>>> show({"seeds": [found.over_seeds(0.05).low, found.over_seeds(0.05).high], "p": found.p_adjusted})
seeds = [2.5, 6], p = 0.015625
>>> show({"images": [found.over_images(0.05).low, found.over_images(0.05).high], "p": found.p_over_images})
images = [0.318459, 7.912], p = 0.03125
""",
)

GROUP = Group("What is the typical difference, and how sure is it?", (TYPICAL, OVER_THE_FAMILY, OVER_IMAGES))
