"""The entries: where the spread over seeds comes from."""

from analysis.catalogue.entry import CALIBRATION, Group, Method, keys

COMPONENTS = Method(
    title="Variance by source",
    answers="How much of a condition's variance comes from initialisation, batch order and masks, and from their "
    "interactions, with intervals; shares of their sum.",
    fills=(
        keys("variance", "metric alpha notes"),
        keys("variance.conditions[]", "condition n n_diverged why"),
        keys(
            "variance.conditions[].components[]",
            "factors df mean_square estimate variance low high share share_low share_high",
        ),
    ),
    assumes="Sources fully crossed, one trial a cell, none diverged (else `why`); random, normal effects. The last "
    "component holds what nothing explains. Intervals of shares are approximate.",
    formula="""\
E[MS_U] = Σ over V containing U of (product of levels outside V) σ²_V, solved for σ²_U by alternating sums
variance = estimate, at least 0;   share = variance / their sum
limits: α/2 and 1 - α/2 quantiles of the same with each MS replaced by df MS / χ²_df, 100,000 draws, cut off at 0""",
    source=(
        "Searle, Casella and McCulloch 1992, Variance Components, chapter 4.",
        "Weerahandi 1993, Journal of the American Statistical Association 88, 899-905 (generalised intervals).",
    ),
    computed_by=("analysis.answer.variance:variance_by_source", "analysis.methods.variance_components:components"),
    checked_by=(
        "tests/oracles/test_further.py::test_components",
        f"{CALIBRATION}/test_components.py::test_of_components_and_shares",
    ),
    example="""\
>>> from analysis.methods.variance_components import components
>>> values = np.array([[1.0, 2, 4], [2, 4, 5], [5, 6, 9]])  # 3 initialisations by 3 orders
>>> for each in components(values, ["initialisation", "order"], alpha=0.05):
...     show(each, "factors", "df", "mean_square", "estimate", "share")
factors = [initialisation], df = 2, mean_square = 14.7778, estimate = 4.83333, share = 0.617021
factors = [order], df = 2, mean_square = 8.44444, estimate = 2.72222, share = 0.347518
factors = [initialisation, order], df = 4, mean_square = 0.277778, estimate = 0.277778,
  share = 0.035461
""",
)

SPLIT = Method(
    title="Lasting variance and churn",
    answers="How much of an arm's variance over seeds a new test set would show again (some networks are better), and "
    "how much is this test set's own (networks err on other images, not on more).",
    fills=(keys("variance.conditions[].test_set", "total lasting churn lasting_share churn_share"),),
    assumes="Seeds and images independent; `test_accuracy` with `test_bits`. Where the estimate of what lasts is "
    "negative it is 0, and the parts add up to more than `total`.",
    formula="total = MS_s / N;   lasting = max(0, (MS_s - MS_e) / N);   churn = MS_e / N;   shares of lasting + churn",
    source=("Jordan 2023, arXiv:2304.01910.",),
    computed_by=(
        "analysis.methods.variance_components:split_seed_variance",
        "analysis.answer.variance:variance_by_source",
    ),
    checked_by=(
        "tests/oracles/test_crossed.py::test_the_split_of_an_arms_variance_agrees_with_r",
        f"{CALIBRATION}/test_components.py::test_the_split_of_seed_variance_is_unbiased",
    ),
    example="""\
>>> from analysis.methods.variance_components import split_seed_variance
>>> show(split_seed_variance(np.array([[1, 1, 0, 1, 1], [0, 0, 0, 1, 0], [1, 1, 0, 1, 0]])))
total = 0.0933333, lasting = 0.0666667, churn = 0.0266667
""",
)

GROUP = Group("Where does the spread come from?", (COMPONENTS, SPLIT))
