"""The entry: whether the error rates hold on the data at hand."""

from analysis.catalogue.entry import CALIBRATION, Group, Method, keys

SELF_CHECK = Method(
    title="Self-check",
    answers="Whether t test, simultaneous intervals and max-t keep their error rates on these very data: signs of the "
    "centred differences are flipped, so that nothing differs, and claims are counted.",
    fills=(
        keys("selfcheck", "metric control n conditions seed note flips exhaustive"),
        keys("selfcheck.checks[]", "name nominal achieved limit floor verdict"),
        keys("selfcheck.calibration", "levels achieved limit floor"),
    ),
    assumes="Symmetry: flips leave every difference as far from the mean as it is, so they cannot show what skewness "
    "does.",
    formula="""\
flips: all 2^(n-1) that differ, up to 14 common seeds; above, 2,000 random ones
achieved: share of flips in which something is claimed (the t test: in the worst condition)
limit: 99.9% quantile of a binomial share of so many flips (at most 2,000) at the nominal rate, plus 2/2^n
floor: its 0.1% quantile, less 2/2^n;   above the limit: fails, below the floor: conservative, else holds""",
    source=("Calibration by the data's own sign changes; the limits are this project's.",),
    computed_by=("analysis.methods.self_check:self_check",),
    checked_by=(
        "tests/unit/analysis/methods/test_self_check.py::test_rates_by_enumeration",
        "tests/unit/analysis/methods/test_self_check.py::test_limits_are_binomial_and_one_step_of_the_lattice",
        f"{CALIBRATION}/test_self_check.py::test_of_the_self_check",
    ),
    example="""\
>>> from analysis.methods.self_check import self_check
>>> found = self_check([sleep()], alpha=0.05)
>>> show(found, "n", "flips", "exhaustive")
n = 10, flips = 512, exhaustive = true
>>> for check in found.checks:
...     show(check, "name", "achieved", "limit", "verdict")
name = t test, each condition, worst, achieved = 0.0214844, limit = 0.0839844, verdict = holds
name = simultaneous intervals, any condition, achieved = 0.0214844, limit = 0.0839844,
  verdict = holds
name = max-t, any condition, achieved = 0.0488281, limit = 0.0839844, verdict = holds
""",
)

RESAMPLED = Method(
    title="Self-check by resampled seeds",
    answers="How often the intervals of the typical difference and of the mean miss on data like these, skewness and "
    "bad runs included: studies of as many seeds are drawn from these, and an interval that does not cover the value "
    "at all seeds is a miss.",
    fills=(
        keys("selfcheck", "resamples resample_seed"),
        keys("selfcheck.resampled[]", "estimand n nominal limit achieved holds"),
    ),
    assumes="The seeds at hand stand for all seeds. The draws repeat seeds, so at few seeds the rate errs upward: it "
    "is held against 2.5 times alpha. From 8 seeds that all conditions have; null where the interval does not exist, "
    "and for the typical difference above 1,000 seeds.",
    formula="""\
2,000 studies: n seeds drawn with replacement from n, the same ones in every condition
miss: in any of K conditions the interval over seeds at α/K leaves out the value at all n seeds
typical: the exact signed-rank interval;  mean: t(1 - α/(2K); n - 1)
achieved = misses / 2,000;   holds: achieved <= 2.5 α""",
    source=("Efron 1979, Annals of Statistics 7, 1-26 (resampling); the limit is this project's.",),
    computed_by=("analysis.methods.resampling:resampled",),
    checked_by=(
        "tests/oracles/test_resampling.py::test_misses_are_those_of_a_slow_twin",
        "tests/oracles/test_resampling.py::test_one_bad_run_breaks_the_mean_and_not_the_typical_difference",
    ),
    example="""\
>>> from analysis.methods.resampling import resampled
>>> for each in resampled([sleep()], [sleep()], alpha=0.05):
...     show(each)
estimand = typical, n = 10, nominal = 0.05, limit = 0.125, achieved = 0.0285, holds = true
estimand = mean, n = 10, nominal = 0.05, limit = 0.125, achieved = 0.13, holds = false
""",
)

GROUP = Group("Do the error rates hold on these data?", (SELF_CHECK, RESAMPLED))
