"""The page ``docs/calibration.md``: every error rate that the suite observed."""

from __future__ import annotations

from collections.abc import Sequence

from tests.statistical.calibration.ledger import BY_CHANCE, Power, Rate

_HEAD = ("method", "what counts as an error", "data", "n", "promised", "observed", "limits", "studies")

_INTRODUCTION = f"""# Calibration

Made by `make test-statistical TABLE=docs/calibration.md`; do not edit. Every line is a simulation with a fixed seed, in
which the truth is known and the project's own functions answer: how often are they wrong? `limits` are what the
test demands: a method whose true error rate is the promised one (or the one it is held to) comes out above the upper
limit once in {1 / BY_CHANCE:,.0f} such lines. A lower limit stands where the method is known to err sometimes: without
one a method could pass by never saying anything. Exact lines (studies: all) are sums over every outcome.

## Which headlines hold

The headlines are the typical difference (Hodges-Lehmann estimate) and the mean difference, each over new seeds and
over new seeds and test images; under sequential stopping, the median of the differences and again the mean; and bad
endings with their exact intervals. Each is simulated at 6 to 30 seeds (sequences: up to 200), with one condition and
with three, wherever it can lead: with 6 seeds and three conditions the mean leads alone.

**One headline does not hold: the mean difference.** It keeps its promise where both arms have the same noise. Where a
few runs of one arm alone end far below the others, and where the reference study's own seeds are drawn again, it
misses the true mean several times as often as promised; skewed differences of few seeds do the same to a lesser
extent. Rare bad runs decide the mean, and most studies of few seeds contain none: no interval made of such a study
can know of them. That is why the typical difference leads, why a report states how far a mean hangs on one seed, and
why it draws its own seeds again and says so beside the headline where the interval does not hold. The typical
difference and the median keep their promise in every line. Signed ranks are exact where differences are symmetric;
where the differences themselves are exponential they miss slightly more often.

The noise is that of the differences, or of each arm where several conditions share a control: normal; heavy tails (t
on 3 degrees of freedom); exponential; a lattice (whole numbers of images with a standard deviation of 2, so that most
seeds tie); and a spread that rises ninefold from the first seed to the last. All but the exponential are symmetric.
Three more are of the arms themselves: log-normal noise in the control alone; 5% of the control's runs ending 30
standard deviations low; and the same in every arm. The last is not made up: seeds of the reference study are drawn
with replacement from its 100, and the value at all 100 is the truth. Each made-up study has a test set whose own
effect is about as large as the standard error of ten seeds. Where thousands of families are simulated, 1,999 random
flips stand in for 99,999.

Over several tasks the mean over these tasks keeps its promise in every line, and with few seeds errs far less than it
may. The mean over new tasks misses up to twice as often as promised with ten seeds or fewer, whose standard errors are
uncertain, and somewhat more often where tasks differ little. **The prediction for a single new task does not hold where
tasks differ as little as their estimates err, or are three**: it misses up to six times as often as promised. At five
tasks that differ it still misses somewhat more often, with three conditions in about 7%.
Differences of counts of images do no more than that, heavy tails little more: with six seeds the mean over new tasks
then misses in up to 12%. With one run on each task the task is the unit, and the t interval over tasks keeps its
promise in every line, though a run's spread is not the same on all tasks.
"""


def page(rates: Sequence[Rate], powers: Sequence[Power]) -> str:
    """Return the page, first of all what is held to another rate than it promises; then the power of the headlines."""
    apart = [f"{_row(rate)} {rate.why} |" for rate in rates if rate.most is not None]
    kept = [_row(rate) for rate in rates if rate.most is None]
    return "\n".join(
        [
            _INTRODUCTION,
            "## Where more errors than promised are known of, and why",
            "",
            _header((*_HEAD, "why")),
            *apart,
            "",
            "## Where the promise is kept",
            "",
            _header(_HEAD),
            *kept,
            "",
            "## What is there is detected",
            "",
            "Shares of studies in which the first condition is called superior (in the reference study: inferior), and",
            "in which the exact signed-rank test of the same differences, at alpha over the conditions, agrees.",
            "",
            _header(("method", "data", "n", "detected", "exact test", "studies")),
            *map(_power, powers),
            "",
        ]
    )


def _header(names: Sequence[str]) -> str:
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def _row(rate: Rate) -> str:
    limits = f"{rate.low:.2%} to {rate.high:.2%}" if rate.low else f"up to {rate.high:.2%}"
    cells = (rate.method, rate.error, rate.data, str(rate.n), f"{rate.nominal:.2%}", f"{rate.achieved:.2%}", limits)
    return f"| {' | '.join(cells)} | {'all' if rate.runs is None else f'{rate.runs:,}'} |"


def _power(power: Power) -> str:
    exact = "" if power.exact is None else f"{power.exact / power.runs:.1%}"
    cells = (power.method, power.data, str(power.n), f"{power.found / power.runs:.1%}", exact, f"{power.runs:,}")
    return f"| {' | '.join(cells)} |"
