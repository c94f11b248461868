"""The method in plain words, and where it comes from."""

from __future__ import annotations

from analysis.answer.headline import ITEMS
from analysis.report.document import Item, Listing, Paragraph, Section, Source, Sources
from analysis.report.gather import Material
from analysis.tables.item_groups import FEWEST_GROUPS, FEWEST_OF_EQUAL_SIZE
from analysis.tables.plan import PlannedAnalysis
from analysis.tables.table import Table
from analysis.wording.number_format import inner_level, level
from analysis.wording.phrases import quoted
from analysis.wording.units import unit_of
from bench.schema.known_metrics import TYPICAL

SOURCES = (
    Source("Student (1908). The probable error of a mean. Biometrika 6.", "https://doi.org/10.1093/biomet/6.1.1"),
    Source(
        "Clopper and Pearson (1934). The use of confidence or fiducial limits. Biometrika 26.",
        "https://doi.org/10.1093/biomet/26.4.404",
    ),
    Source(
        "McNemar (1947). Sampling error of the difference between correlated proportions. Psychometrika 12.",
        "https://doi.org/10.1007/BF02295996",
    ),
    Source(
        "Schuirmann (1987). A comparison of the two one-sided tests procedure and the power approach. Journal of "
        "Pharmacokinetics and Biopharmaceutics 15.",
        "https://doi.org/10.1007/BF01068419",
    ),
    Source(
        "Hodges and Lehmann (1963). Estimates of location based on rank tests. Annals of Mathematical Statistics 34.",
        "https://doi.org/10.1214/aoms/1177704172",
    ),
    Source(
        "Zou and Donner (2008). Construction of confidence limits about effect measures: a general approach. "
        "Statistics in Medicine 27.",
        "https://doi.org/10.1002/sim.3095",
    ),
    Source(
        "Gallas (2006). One-shot estimate of MRMC variance: AUC. Academic Radiology 13.",
        "https://doi.org/10.1016/j.acra.2005.11.030",
    ),
    Source("Westfall and Young (1993). Resampling-based multiple testing. Wiley, algorithms 2.5 and 4.1."),
    Source(
        "Phipson and Smyth (2010). Permutation p-values should never be zero. Statistical Applications in Genetics and "
        "Molecular Biology 9.",
        "https://doi.org/10.2202/1544-6115.1585",
    ),
    Source(
        "Zhang, Lipton, Li and Smola (2023). Dive into deep learning. Cambridge University Press.", "https://d2l.ai"
    ),
)


OF_FACTORS = (
    Source(
        "Greenhouse and Geisser (1959). On methods in the analysis of profile data. Psychometrika 24.",
        "https://doi.org/10.1007/BF02289823",
    ),
    Source(
        "Morey (2008). Confidence intervals from normalized data. Tutorials in Quantitative Methods for Psychology 4.",
        "https://doi.org/10.20982/tqmp.04.2.p061",
    ),
)
"""Where conditions cross several factors."""

OF_COLLAPSES = (
    Source("Kaplan and Meier (1958). Nonparametric estimation from incomplete observations. Journal of the American "
           "Statistical Association 53.", "https://doi.org/10.1080/01621459.1958.10501452"),
    Source("Peto and Peto (1972). Asymptotically efficient rank invariant test procedures. Journal of the Royal "
           "Statistical Society A 135.", "https://doi.org/10.2307/2344317"),
)  # fmt: skip
"""Where trials collapse."""


OF_ONE_RUN = (
    Source("Tango (1998). Equivalence test and confidence interval for the difference in proportions for the "
           "paired-sample design. Statistics in Medicine 17.",
           "https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C891::AID-SIM780%3E3.0.CO;2-B"),
)  # fmt: skip
"""Where there is one run a condition."""


OVERLAPPING = (
    Source("Nadeau and Bengio (2003). Inference for the generalization error. Machine Learning 52.",
           "https://doi.org/10.1023/A:1024068626366"),
    Source("Bouckaert and Frank (2004). Evaluating the replicability of significance tests for comparing learning "
           "algorithms. Advances in Knowledge Discovery and Data Mining, Lecture Notes in Computer Science 3056.",
           "https://doi.org/10.1007/978-3-540-24775-3_3"),
)  # fmt: skip
"""Where conditions are paired over splits of one data set."""


def section(material: Material) -> Section:
    """Return how the numbers were made."""
    told, table = [pool.evidence for pool in material.pools], material.pools[0].table
    of_splits = not told[0].primary.unit.independent
    items = tuple(map(_item, (_of_splits if of_splits else _sentences)(material.analysis, table)))
    sources = (
        *SOURCES,
        *(OF_FACTORS if any(each.factorial for each in told) else ()),
        *(OF_COLLAPSES if any(each.survival for each in told) else ()),
        *(OVERLAPPING if of_splits else ()),
        *(OF_ONE_RUN if any(ITEMS in each.primary.scopes for each in told) else ()),
    )
    return Section("Method", (Listing(items), Paragraph("Sources"), Sources(sources)))


def _margin(planned: PlannedAnalysis, table: Table) -> str:
    """Return which difference matters; a table without a plan has its question from the command."""
    unit = unit_of(planned.primary)
    if planned.margin is None:
        return "No margin was set, so verdicts go by the sign of the interval alone."
    return (
        f"The smallest difference that matters is {'given' if table.plan is None else 'set in the study'}: "
        f"{unit.margin_with_unit(planned.margin)} of {unit.name}."
    )


def _of_splits(planned: PlannedAnalysis, table: Table) -> tuple[str, ...]:
    """Return the method over splits of one data set, one subject each, its name first."""
    return (
        "Splits. Conditions are paired over folds or random splits of one data set. These share training data, so "
        "their differences are not independent, and no test that takes them as such decides anything.",
        "Mean difference. The average over the pairs in which both trained. Where the share X of the examples that "
        "each split holds out is given, its interval and p are those of the corrected resampled t test: the variance "
        "of the mean is s² (1/n + X/(1 − X)), with n − 1 degrees of freedom and Bonferroni’s correction for the number "
        "of conditions. The test is exact where differences are normal and any two correlate by X; no estimate says "
        "by how much they do, so it is an approximation.",
        "p-value. The smallest error rate at which the interval of the same row excludes zero: the two cannot "
        "disagree. It is never 0.",
        f"Verdict. {_margin(planned, table)} {_verdicts(planned)} Undecided: none of these; this is not evidence of no "
        "difference.",
        "Effect. dz is the mean difference divided by the standard deviation of the differences.",
    )


def _sentences(planned: PlannedAnalysis, table: Table) -> tuple[str, ...]:
    """Return the method, one subject each, its name first; a table without a plan has its question from the command."""
    by_plan = table.plan is not None
    told, inner = level(planned.alpha), inner_level(planned.alpha)
    both = told if inner is None else f"{told} and {inner}"
    control, example = quoted(planned.control), table.example
    return (
        f"Pairing. {_pairing(table)} So each condition is compared with {control} seed by seed; what a seed does to "
        "both cancels.",
        f"Typical difference. The Hodges-Lehmann estimate: the median of the averages of any two differences to "
        f"{control}, over all pairs. A run that diverged counts at the accuracy it reached (in other metrics: as worse "
        f"than every other run), so nothing is left out. Its {both} intervals come from the exact signed-rank "
        "distribution, with Bonferroni's correction for the number of conditions. "
        + (
            "It leads. "
            if planned.estimand == TYPICAL
            else f"Here {'the plan has the mean lead' if by_plan else 'the mean leads'}. "
        )
        + f"Where the {'planned ' if by_plan else ''}seeds are too few for it the mean leads.",
        f"Mean difference. The average over the pairs in which both trained, with {both} t intervals, corrected "
        "likewise; they assume normal differences. A few bad runs in one arm make them miss.",
        "p-value. The smallest error rate at which the interval of the same row excludes zero: the two cannot "
        "disagree. It is never 0.",
        f"Verdict. {_margin(planned, table)} {_verdicts(planned)} Undecided: none of these; this is not evidence of no "
        "difference.",
        "Effect. dz is the mean difference divided by the standard deviation of the differences.",
        "Collapsed trials. Their number has exact limits (Clopper and Pearson) and is compared by McNemar's exact "
        "test. Where the mean leads, and scoring them at what they reached leads to another verdict, the verdict is "
        "undecided and says so.",
        "Bad endings. Runs that diverged, or ended worse than the median of their own condition by more than the "
        f"{'planned ' if by_plan else ''}limit: exact limits, McNemar's exact test against the control, Holm over the "
        "conditions.",
        "Clean and running. The clean gap is training minus test accuracy of the same final weights, dropout off in "
        "both. The running gap takes training accuracy averaged over the last epoch with dropout on, as the textbook "
        "plots it.",
        f"Reach. Where it is known which test {example}s each trial got right, the leading intervals and verdicts hold "
        f"for new seeds and new test {example}s: each end of the interval over seeds is moved by what new {example}s "
        f"add (MOVER, with the standard error from the test set in the two-way layout of seeds and {example}s). "
        f"Where {example}s lie in groups, whole groups are drawn, from {FEWEST_GROUPS} groups that count as "
        f"{FEWEST_OF_EQUAL_SIZE} or more of one size: each is left out in turn (jackknife), and t takes the place of "
        "the normal distribution. With fewer groups, and elsewhere, seeds are the sample, and the test set is one. The "
        "training set is one in either case.",
        f"One run. A study of one run a condition has an interval for these trained networks on new test {example}s "
        f"(Tango’s score interval; where {example}s come in groups, that of t over the means of the groups), and no "
        "verdict: it says nothing about other seeds.",
    )


def _pairing(table: Table) -> str:
    """Return what the trials of one seed have in common."""
    if table.plan is None:
        return "Trials of one seed are pairs; what they have in common is what their code drew from that seed."
    if table.of_own_code:
        return (
            "Trials of one seed are given the same seeds for initial weights, batch order and masks, whatever the "
            "condition; what they have in common is what their code draws from these."
        )
    return (
        "Trials of one seed start from the same weights, see the same batches in the same order, and draw their "
        "dropout masks from the same random numbers, whatever the condition."
    )


def _verdicts(planned: PlannedAnalysis) -> str:
    """Return what the words of a verdict mean; without a margin there is no word of size."""
    told, inner = level(planned.alpha), inner_level(planned.alpha)
    if planned.margin is None:
        return f"Higher or lower: the {told} interval excludes zero."
    said = (
        f"Higher or lower: the {told} interval lies beyond the margin. Size open: it excludes zero, and no more is "
        "known."
    )
    if inner is None:
        return said
    return (
        f"{said} Negligibly so: it excludes zero, and the {inner} interval lies inside the margin. Equivalent: the "
        f"{inner} interval lies inside the margin, and the other covers zero."
    )


def _item(said: str) -> Item:
    """Return a text with its first sentence, a word or two, as its mark."""
    mark, rest = said.split(". ", 1)
    return Item(rest, mark)
