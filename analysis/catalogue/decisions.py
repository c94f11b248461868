"""The entries: what may be concluded."""

from analysis.catalogue.entry import CALIBRATION, COMPARISON, Group, Method, keys

VERDICT = Method(
    title="Verdict",
    answers="One of nine words for each condition: from an interval over the family and the margin, in the direction "
    "of benefit. One each for mean and typical difference, over seeds, and (`_crossed`) over seeds and test images.",
    fills=(keys(COMPARISON, "verdict verdict_crossed verdict_typical verdict_typical_crossed"),),
    assumes="What the intervals assume, and a margin fixed before the data. Null for a negative control; `_crossed` "
    "also where the images are not known. An interval's end at 0 or at the margin counts as not beyond it.",
    formula="""\
[low, high] at 1 - α and [low_90, high_90] at 1 - 2α, turned so that benefit is positive; the first line that holds:
cannot_test                 mean: n < 3; typical: 2/2^n > α/K; no variation
superior                    low > m                    inferior                    high < -m
positive_but_negligible     low > 0, _90 in (-m, m)    negative_but_negligible     high < 0, _90 in (-m, m)
positive_magnitude_unclear  low > 0                    negative_magnitude_unclear  high < 0
equivalent                  _90 in (-m, m)             inconclusive                else
without a margin: superior where low > 0, inferior where high < 0, else inconclusive""",
    source=(
        "Interval inclusion: Schuirmann 1987; superiority by a margin and equivalence from one interval: Tryon 2001, "
        "Psychological Methods 6, 371-386. The words are this project's.",
    ),
    computed_by=("analysis.methods.verdict:decide", "analysis.methods.verdict:cannot_test"),
    checked_by=(
        "tests/unit/analysis/methods/test_verdict.py::test_verdict_and_its_mirror_images",
        "tests/unit/analysis/methods/test_verdict.py::test_what_cannot_be_tested",
        f"{CALIBRATION}/test_verdicts.py::test_of_the_headline",
    ),
    example="""\
>>> from analysis.methods.verdict import Interval, decide
>>> decide(Interval(0.001, 0.007, 0.002, 0.006), margin=0.01, direction="higher")
'positive_but_negligible'
>>> decide(Interval(0.001, 0.007, 0.002, 0.006), margin=0.003, direction="lower")
'negative_magnitude_unclear'
""",
)

INTENTION = Method(
    title="Agreement with intention to train",
    answers="The verdict on the mean with diverged trials scored at what they reached, where any diverged; where it is "
    "another word than the one given both trained, `verdict` and `verdict_crossed` become `inconclusive`, and the "
    "reason is given.",
    fills=(keys(COMPARISON, "verdict_intention verdict_reason"),),
    assumes="Accuracies only: a broken run has no gap or loss to score; `verdict_intention` is null there, and where "
    "nothing diverged.",
    formula="""\
intention to train: all seeds at which both ended; a diverged trial counts with the accuracy it reached, none: chance
the same intervals and rules; verdict != verdict_intention  ->  inconclusive
verdict_reason: why it cannot be tested, or that the two disagree; else null""",
    source=("Lachin 2000, Controlled Clinical Trials 21, 167-189 (the principle). The rule is this project's.",),
    computed_by=("analysis.answer.decision:decisions",),
    checked_by=(
        "tests/unit/analysis/methods/test_failure_rates.py::"
        "test_where_the_two_disagree_the_verdict_is_inconclusive_and_says_why",
        "tests/unit/analysis/methods/test_failure_rates.py::test_where_the_two_agree_the_verdict_stands",
        "tests/unit/analysis/answer/test_one_decision.py::"
        "test_where_intention_to_train_disagrees_the_mean_is_undecided_and_gives_no_numbers",
    ),
    example="""\
>>> from analysis.answer.compare import compare
>>> high = compare(table(), "test_accuracy", "none", margin=0.05).effects["high"]
>>> show(high, "verdict", "verdict_intention")
verdict = inconclusive, verdict_intention = inconclusive
>>> high.verdict_reason[:42]
"given that both trained the verdict is 'su"
""",
)

HEADLINE = Method(
    title="Headline",
    answers="**The one decision that words, tables, figures, Markdown and LaTeX read**: which centre (`estimand`), "
    "over what (`scope`), the verdict, and the estimate with its interval and p.",
    fills=(
        keys(
            "compare.comparisons[].headline",
            "estimand scope interval verdict estimate low high low_90 high_90 p assumes reason",
        ),
        keys("compare", "estimand"),
    ),
    assumes="What the interval assumes; where the mean leads, `assumes` says so. The plan decides which estimand "
    "leads, never the data: the typical difference, unless the plan says the mean or has too few seeds. p is the least "
    "α at which the interval excludes 0, so that the two cannot disagree. Where the mean leads and intention to train "
    "disagrees, the verdict is inconclusive, and interval and p are null.",
    formula="""\
n planned seeds (no plan: distinct seeds of the control), K conditions of the family
estimand: the plan's, but the mean where 2/2^n > α/K;   below that many pairs one condition by itself is cannot_test
the first that holds:
outside the family:             the interval of this condition alone (interval "t"), p and verdict null
seeds were added until decided: scope sequence; the sequence at α/K for both levels, p = K / e-value, at most 1
the images are known:           scope seeds_and_images; interval, verdict and p of the estimand over images
their groups are known too:     scope seeds_and_groups; the same over groups of images
one planned seed, images known: scope items; no verdict
else:                           scope seeds; interval, verdict and p of the estimand over seeds""",
    source=("This project's rule; the parts are the entries named.",),
    computed_by=("analysis.answer.headline:headline",),
    checked_by=(
        "tests/unit/analysis/answer/test_one_decision.py::test_all_that_is_made_carries_the_verdict_of_the_headline",
        "tests/unit/analysis/answer/test_one_decision.py::test_all_that_is_made_carries_the_interval_of_the_headline",
        "tests/unit/analysis/answer/test_headline.py::test_the_mean_leads_where_seeds_are_too_few_for_the_family",
        f"{CALIBRATION}/test_verdicts.py::test_of_the_headline",
    ),
    example="""\
>>> from analysis.answer.compare import compare
>>> low = compare(table(), "test_accuracy", "none", margin=0.05).effects["low"]
>>> show(low.headline)
estimand = typical, scope = seeds_and_images, interval = simultaneous,
  verdict = positive_magnitude_unclear, estimate = 0.1, low = 0.0162984, high = 0.230407,
  low_90 = 0.0293074, high_90 = 0.205315, p = 0.046875, assumes = null, reason = null
""",
)

GROUP = Group("What may be concluded?", (VERDICT, INTENTION, HEADLINE))
