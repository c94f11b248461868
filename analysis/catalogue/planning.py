"""The entries: how many seeds, and looking before the last one."""

from analysis.catalogue.entry import CALIBRATION, COMPARISON, Group, Method, keys

SEEDS = Method(
    title="Seeds by power",
    answers="How many seeds find a difference with the wanted power, or what difference a number of seeds finds.",
    fills=(keys("power", "alpha power comparisons delta n estimand sd detectable_difference"),),
    assumes="Normal differences with this standard deviation; each condition tested at alpha / K (Bonferroni), "
    "two-sided, either tail counted: by the t interval of the mean (the default), or by the exact interval of the "
    "typical difference, at the level that it attains with n seeds. It plans E1; with a pilot's standard error from "
    "the test set, E2, on test sets of the pilot's size, by the interval of the headline.",
    formula="""\
h(s)² = ( t(1 - α/(2K); n - 1) s/√n )² + ( z(1 - α/(2K)) floor )²: half the interval where the SD seen is s
power(n, δ) = ∫ P( |X| > h(s) ) dF(s),   X normal, mean δ, variance σ²/n + floor²,   (n - 1) s²/σ² chi-squared on n - 1
without a floor: P( |T'| > t(1 - α/(2K); n - 1) ), T' noncentral t with noncentrality δ √n / σ
typical difference: σ²/n times π/3; in place of α/(2K) the attained P(V <= v) <= α/(2K), V the signed-rank sum
n = the least from 3 on with power(n, δ) >= power, null beyond 10 million;   detectable_difference: δ with equality""",
    source=(
        "Hodges and Lehmann 1963, Annals of Mathematical Statistics 34, 598-611 (the efficiency 3/π).",
        "Johnson and Welch 1940, Biometrika 31, 362-389; Cohen 1988, Statistical Power Analysis, chapter 2.",
        "With a standard error from the test set: the interval of Zou and Donner 2008, Statistics in Medicine 27, "
        "1693-1702, as the headline has it.",
    ),
    computed_by=(
        "analysis.answer.sample_size:planned",
        "analysis.methods.power:Design.seeds",
        "analysis.methods.power:Design.detectable",
    ),
    checked_by=(
        "tests/oracles/test_further.py::test_power",
        "tests/laws/test_sequence_laws.py::test_plans_agree_with_themselves",
        "tests/unit/analysis/commands/test_further_commands.py::"
        "test_the_power_over_new_images_is_what_simulated_studies_have",
        "tests/unit/analysis/commands/test_further_commands.py::"
        "test_the_power_of_the_typical_difference_is_what_simulated_studies_have",
    ),
    example="""\
>>> from analysis.methods.power import Design
>>> Design(sd=0.4, alpha=0.05, power=0.8).seeds(0.2)
34
>>> Design(sd=0.4, alpha=0.05, power=0.8, comparisons=7).seeds(0.2)
54
""",
)

MARGIN = Method(
    title="Seeds for a margin",
    answers="`--margin M`: how many seeds a difference from 0 takes, one beyond the margin, not being worse by it, and "
    "equivalence within it; or with `--n` the power of each, and the least margin within which equivalence is shown.",
    fills=(
        keys("power", "margin least_margin"),
        keys("power.goals[]", "goal delta n power n_upper power_upper test_images_needed why"),
        keys("power.conditions[]", "least_margin least_margin_upper"),
        keys("power.conditions[].goals[]", "goal delta n power n_upper power_upper test_images_needed why"),
    ),
    assumes="As the entry before. The true difference is `--delta`, in the sense of benefit; without it 0 for "
    "not_inferior and equivalent, M for superior, and none for beyond_margin. The typical difference has equivalence "
    "only where the interval at 1 - α/K exists too.",
    formula="""\
beyond_margin: low > M;   not_inferior: low > -M, of the interval at 1 - α/K;   power ∫ P( X > h(s) ± M ) dF(s)
equivalent: -M < low and high < M, of the interval at 1 - 2α/K, h with t and z at 1 - α/K
power = ∫ max( 0, P( |X| < M - h(s) ) ) dF(s): Owen's Q where there is no floor
seeds without end: s is σ and h is z floor; the greatest floor with the power is what `test_images_needed` rests on""",
    source=(
        "Owen 1965, Biometrika 52, 437-446 (the bivariate noncentral t).",
        "Phillips 1990, Journal of Pharmacokinetics and Biopharmaceutics 18, 137-144 (two one-sided tests).",
    ),
    computed_by=(
        "analysis.answer.goals:for_margin",
        "analysis.answer.goals:margin_by_pilot",
        "analysis.methods.power:Design.achieved",
        "analysis.methods.power:Design.least_margin",
    ),
    checked_by=(
        "tests/oracles/test_equivalence_power.py::test_power_of_two_one_sided_tests_is_that_of_the_bivariate_integral",
        "tests/oracles/test_equivalence_power.py::test_power_of_one_sided_goals_is_that_of_the_noncentral_t",
        "tests/oracles/test_equivalence_power.py::test_the_power_of_every_goal_is_what_simulated_studies_have",
        "tests/oracles/test_equivalence_power.py::test_seeds_for_a_margin_by_command_and_by_simulation",
    ),
    example="""\
>>> from analysis.methods.power import EQUIVALENT, NOT_INFERIOR, Design
>>> Design(sd=0.4, alpha=0.05, power=0.8, goal=EQUIVALENT, margin=0.3).seeds(0)
17
>>> Design(sd=0.4, alpha=0.05, power=0.8, goal=NOT_INFERIOR, margin=0.3).seeds(0)
16
""",
)

PILOT = Method(
    title="Plans from a pilot",
    answers="The same for each condition of a pilot table: at its standard deviation, and at the upper limit that the "
    "pilot cannot exclude; and whether the test set allows the difference at all: else `n` is null, "
    "`test_images_needed` says how many images would, and `out_of_reach_surely` whether no number of seeds would at "
    "the lower limit of the standard error from the test set either. Without `--delta`, `--n` and `--margin`: what as "
    "many seeds as the pilot's find.",
    fills=(
        keys("power", "metric control sd_upper_level warnings"),
        keys(
            "power.conditions[]",
            "condition pilot_pairs why sd sd_upper test_set_floor test_set_floor_low test_set_floor_high "
            "test_set_floor_df n n_upper detectable_difference detectable_difference_upper test_images_needed "
            "out_of_reach_surely images",
        ),
    ),
    assumes="Normal differences. It plans E2 where the pilot says which images were right, at its standard deviation "
    "and its standard error from the test set together, E1 elsewhere. Both are estimates from the pilot. K is the "
    "pilot's family unless given. Where images lie in groups z(1 - α/(2K)) is of t on `test_set_floor_df`, which grows "
    "with the groups, and images are needed in groups like the pilot's.",
    formula="""\
of the typical difference s is √(3n/π) times half the width of its interval at 1 - α, over t(1 - α/2; n - 1)
sd_upper = s √( (n - 1) / χ² ), χ² the 5% quantile on n - 1: a one-sided 95% limit
δ < z floor, z = z(1 - α/(2K)) + z(power):   test_images_needed = ceil( N (z floor / δ)² )""",
    source=(
        "The chi-squared limit of a variance; Browne 1995, Statistics in Medicine 14, 1933-1940 (for planning).",
        "The standard error from the test set: as the entry of that name.",
    ),
    computed_by=("analysis.answer.sample_size:by_pilot", "analysis.methods.power:upper_sd"),
    checked_by=(
        "tests/oracles/test_further.py::test_upper_limit_of_a_standard_deviation",
        "tests/unit/analysis/commands/test_further_commands.py::test_power_from_a_pilot_uses_its_upper_limit_too",
        "tests/unit/analysis/commands/test_further_commands.py::"
        "test_what_no_number_of_seeds_reaches_is_claimed_as_surely_as_the_floor_is_known",
    ),
    example="""\
>>> from analysis.methods.power import upper_sd
>>> show([upper_sd(0.4, 10), upper_sd(0.4, 30)])
[0.658079, 0.511882]
""",
)

SEQUENCE = Method(
    title="Confidence sequence",
    answers="What was known after each seed, **however often one looked**: intervals that all hold together, at alpha "
    "and (suffix `_family`) at alpha / K; and after how many seeds 0 was first excluded.",
    fills=(
        keys("sequential", "metric control note alpha conditions"),
        keys("sequential.sequences[]", "condition n first_n_excluding_zero first_n_excluding_zero_family"),
        keys("sequential.sequences[].looks[]", "n mean half_width log_e_value"),
        keys("sequential.sequences[].looks_family[]", "n mean half_width log_e_value"),
    ),
    assumes="Independent normal differences of any variance, in the order of the seeds; skewed ones err more often. It "
    "holds over seeds, on this test set (E1), of complete pairs: `note` says how many trials diverged. "
    "`half_width` null: unbounded still.",
    formula="""\
t after n seeds;   log e-value = -ln(1 + n g)/2 + (n/2) ( ln(1 + t²/(n-1)) - ln(1 + t²/((n-1)(1 + n g))) ),   g = 1
half_width = se √( (n - 1)(k - 1) / (1 - k/(1 + n g)) ),   k = ((1 + n g)/α²)^(1/n);   unbounded while k >= 1 + n g""",
    source=(
        "Lai 1976, Annals of Statistics 4, 265-280.",
        "Wang and Ramdas 2025, Sequential Analysis 44, arXiv:2310.03722 (the normal mixture in place of his flat one).",
    ),
    computed_by=("analysis.answer.sequences:sequences", "analysis.methods.confidence_sequence:looks"),
    checked_by=(
        "tests/oracles/test_further.py::test_confidence_sequence",
        "tests/laws/test_sequence_laws.py::"
        "test_the_sequence_excludes_zero_exactly_where_the_e_value_reaches_one_over_alpha",
        f"{CALIBRATION}/test_sequences.py::test_of_looking_after_every_seed",
    ),
    example="""\
>>> from analysis.methods.confidence_sequence import sequence
>>> show(sequence(sleep(), alpha=0.05)[-1])
n = 10, mean = 1.58, half_width = 1.50519, log_e_value = 3.2377
""",
)

MEDIAN_SEQUENCE = Method(
    title="Confidence sequence of the median",
    answers="After every seed: the median difference, and an interval that holds at all looks at once, whatever the "
    "tails. It is followed where the typical difference is estimated, and is the headline where seeds were added until "
    "every condition was decided.",
    fills=(
        keys("sequential", "estimand"),
        keys("sequential.sequences[].looks[]", "median low high"),
        keys("sequential.sequences[].looks_family[]", "median low high"),
    ),
    assumes="Independent differences in the order of the seeds, of any distribution. It holds over seeds, on this "
    "test set (E1), for complete pairs. `low` and `high` null: infinite still; finite from 7 seeds at alpha 0.05. "
    "`estimand` is median; with `--estimand mean` the sequence of the mean is followed, and the key is absent.",
    formula="""\
e(m) = 2^n Beta(k + 1/2, n - k + 1/2) / Beta(1/2, 1/2),   k of n differences above m; those equal to m are put on the
side that makes e least, none is dropped
sequence: all m with e(m) < 1/α, from one ordered difference to another;   log_e_value = ln e(0)""",
    source=(
        "Ville 1939, Étude critique de la notion de collectif (at most α, however often one looks).",
        "Krichevsky and Trofimov 1981, IEEE Transactions on Information Theory 27, 199-207 (the mixture).",
    ),
    computed_by=("analysis.answer.sequences:sequences", "analysis.methods.median_sequence:median_looks"),
    checked_by=(
        "tests/oracles/test_median_sequence.py::test_looks_are_those_of_enumeration",
        "tests/oracles/test_median_sequence.py::test_over_every_path_of_signs_it_errs_no_more_than_alpha",
        "tests/oracles/test_median_sequence.py::test_zero_is_excluded_exactly_where_the_e_value_reaches_one_over_alpha",
    ),
    example="""\
>>> from analysis.methods.median_sequence import median_sequence
>>> show(median_sequence(sleep(), alpha=0.05)[-1])
n = 10, median = 1.3, low = 0, high = 4.6, log_e_value = 2.25088
""",
)

PLANNED = Method(
    title="Planned looks",
    answers="Where looks were planned beforehand: the level at which each may stop the study, and whether it may.",
    fills=(keys("sequential.sequences[].planned_looks[]", "n level p_t may_stop"),),
    assumes="The number of looks and of seeds was fixed beforehand; increments of equal information per seed. For K "
    "conditions each has alpha / K.",
    formula="""\
spent by a share f of the seeds: 4 (1 - Φ( z(1 - α/4) / √f )), that is O'Brien-Fleming's type in each tail
levels: the two-sided p at which paths not stopped before cross with just the probability that the look may spend""",
    source=(
        "Lan and DeMets 1983, Biometrika 70, 659-663; O'Brien and Fleming 1979, Biometrics 35, 549-556.",
        "Armitage, McPherson and Rowe 1969, Journal of the Royal Statistical Society A 132, 235-244 (integration).",
    ),
    computed_by=("analysis.answer.sequences:sequences", "analysis.methods.confidence_sequence:planned_levels"),
    checked_by=(
        "tests/oracles/test_further.py::test_levels_of_planned_looks",
        "tests/oracles/test_further.py::test_levels_of_five_even_looks_are_the_published_ones",
        f"{CALIBRATION}/test_sequences.py::test_of_planned_looks",
    ),
    example="""\
>>> from scipy.stats import norm
>>> from analysis.methods.confidence_sequence import planned_levels
>>> show([norm.isf(level / 2) for level in planned_levels([0.2, 0.4, 0.6, 0.8, 1.0], alpha=0.05)])
[4.87688, 3.35701, 2.68028, 2.28982, 2.03103]
""",
)

EARLY = Method(
    title="Sign agreement of shorter studies",
    answers="How often the mean of 1, 3, 5 or 10 of these seeds has the other sign than the mean of all of them.",
    fills=(keys(COMPARISON, "opposite_sign_1 opposite_sign_3 opposite_sign_5 opposite_sign_10"),),
    assumes="Descriptive: the sign of all seeds counts as right, right or wrong. Null for sizes above n / 2.",
    formula="""\
share of subsets without replacement whose sum has the other sign, a sum of 0 half
all of them for 1 seed; 20,000 random ones from a recorded seed else""",
    source=("Errors of sign: Gelman and Carlin 2014, Perspectives on Psychological Science 9, 641-651.",),
    computed_by=("analysis.methods.sign_agreement:opposite_sign",),
    checked_by=("tests/unit/analysis/methods/test_sign_agreement.py::test_the_share_is_that_of_all_subsets",),
    example="""\
>>> from analysis.methods.sign_agreement import opposite_sign
>>> show(opposite_sign(sleep()))
opposite_sign_1 = 0.05, opposite_sign_3 = 0, opposite_sign_5 = 0, opposite_sign_10 = null
""",
)

GROUP = Group(
    "How many seeds, and may I look before the last?", (SEEDS, MARGIN, PILOT, SEQUENCE, MEDIAN_SEQUENCE, PLANNED, EARLY)
)
