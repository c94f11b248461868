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
    "negative it is 0, and the parts add up to more than `total`; where `total` is 0 there are no shares.",
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

WORTH = Method(
    title="What pairing is worth",
    answers="How each condition correlates with the control over seeds, and how many seeds of an unpaired comparison "
    "one in pairs is worth. Where dropout at two rates crosses other factors, also how both rates correlate at each "
    "combination of these, and how many times the seeds of a reference, another way of seeding for instance, an "
    "interval of the same width takes. The report shows both.",
    fills=(),
    assumes="Independent seeds, every cell trained at each. Intervals are each for itself; at 40 seeds they miss 4 to "
    "7% where values are normal, exponential, Student's t or contaminated.",
    formula="""\
r = Pearson's, of both values of a pair;   seeds_needed = var(d) / var(d of the reference)
seeds_unpaired = (var(condition) + var(control)) / var(d)
limits: θ ± t_{n-1} sqrt((n - 1)/n Σ (θ_(i) - mean θ_(i))²)
θ = artanh r, ln seeds_needed or ln seeds_unpaired, θ_(i) without seed i""",
    source=(
        "Miller 1968, Annals of Mathematical Statistics 39, 567-582 (jackknifing variances).",
        "Miller 1974, Biometrika 61, 1-15 (the jackknife).",
    ),
    computed_by=(
        "analysis.methods.worth_of_pairing:worth_of_pairing",
        "analysis.factorial.worth_by_level:paired_effects",
    ),
    checked_by=(
        "tests/unit/analysis/methods/test_worth_of_pairing.py::test_correlation_and_seeds_are_those_of_the_twin",
        "tests/unit/analysis/methods/test_worth_of_pairing.py"
        "::test_intervals_miss_about_as_often_as_they_promise_with_long_tails",
    ),
    example="""\
>>> from analysis.methods.worth_of_pairing import worth_of_pairing
>>> close = np.array([[5, 4.9], [6, 6.3], [8, 8.2], [9, 8.7], [4, 4.4]])
>>> loose = np.array([[5, 7.0], [6, 3.9], [8, 8.8], [9, 6.1], [4, 4.2]])
>>> found = worth_of_pairing(loose, close, alpha=0.05)
>>> show(found, "n", "correlation", "seeds_unpaired", "seeds_needed", "seeds_needed_low")
n = 5, correlation = 0.50456, seeds_unpaired = 2.01796, seeds_needed = 49.1176,
  seeds_needed_low = 10.5776
""",
)

GROUP = Group("Where does the spread come from?", (COMPONENTS, SPLIT, WORTH))
