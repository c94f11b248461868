"""How the numbers over tasks are made, in plain words, and where the methods come from."""

from __future__ import annotations

from analysis.answer.over_tasks import TASKS
from analysis.report.document import Item, Listing, Paragraph, Section, Source, Sources
from analysis.report.gather_tasks import MaterialOverTasks
from analysis.tables.question import LOG_RATIO
from analysis.wording.phrases import count

SOURCES = (
    Source(
        "Zou and Donner (2008). Construction of confidence limits about effect measures: a general approach. "
        "Statistics in Medicine 27.",
        "https://doi.org/10.1002/sim.3095",
    ),
    Source(
        "Hartung and Knapp (2001). A refined method for the meta-analysis of controlled clinical trials with binary "
        "outcome. Statistics in Medicine 20.",
        "https://doi.org/10.1002/sim.1009",
    ),
    Source(
        "Viechtbauer (2010). Conducting meta-analyses in R with the metafor package. Journal of Statistical Software "
        "36.",
        "https://doi.org/10.18637/jss.v036.i03",
    ),
    Source("Demsar (2006). Statistical comparisons of classifiers over multiple data sets. Journal of Machine Learning "
           "Research 7."),
    Source("Agarwal et al. (2021). Deep reinforcement learning at the edge of the statistical precipice. Advances in "
           "Neural Information Processing Systems 34."),
)  # fmt: skip

OF_THESE = (
    "The mean of the tasks’ estimates, each weighing the same. Its interval joins those of the tasks (MOVER). It "
    "is for new seeds; and for new test {example}s, or groups of them where they lie in groups, where every task says "
    "which were right and none has too few groups. It speaks of no other task."
)
OF_NEW = (
    "Random effects by restricted maximum likelihood, with Hartung and Knapp’s variance and {df} degrees of freedom: "
    "tasks count as a random sample of their kind. The prediction interval is for the true difference on a single new "
    "task."
)
ONE_VALUE_OF_THESE = "Nothing: seeds are too few for an interval of every task."
ONE_VALUE_OF_NEW = (
    "The task is the unit: a t interval of one value of each task, with {df} degrees of freedom; tasks count as a "
    "random sample of their kind. What seeds and tasks each add to the spread is not known, so there is no prediction "
    "interval."
)


def section(material: MaterialOverTasks) -> Section:
    """Return the methods, one subject each."""
    whole = material.whole
    conditions, tasks = len(whole.across), len(whole.tasks)
    single = {each.scope for each in whole.across.values()} == {TASKS}
    scale = "differences of the values"
    if whole.scale == LOG_RATIO:
        scale = "ratios of the values, by their logarithms; diverged runs are left out and counted"
    told = (
        ("Seeds", "Conditions are compared seed by seed within a task; seeds of different tasks are never paired."),
        ("Scale", f"Comparisons are of {scale}."),
        (
            "Families",
            f"On a task, intervals and p are corrected for all {conditions * tasks} comparisons of conditions on tasks "
            f"(Bonferroni); over tasks, for {count(conditions, 'condition')}.",
        ),
        ("These tasks", ONE_VALUE_OF_THESE if single else OF_THESE.format(example=whole.example)),
        ("New tasks", (ONE_VALUE_OF_NEW if single else OF_NEW).format(df=tasks - 1)),
        ("p", "The smallest error rate at which the interval of the same row excludes zero. It is never 0."),
        (
            "Descriptive",
            "Interquartile means, the probability of improvement, profiles and signed ranks decide no verdict.",
        ),
    )
    items = tuple(Item(text, f"{mark}.") for mark, text in told)
    return Section("Method", (Listing(items), Paragraph("Sources"), Sources(SOURCES)))
