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

GROUP = Group("Do the error rates hold on these data?", (SELF_CHECK,))
