"""The page ``docs/calibration.md``: every error rate that the suite observed."""

from __future__ import annotations

from collections.abc import Sequence

from tests.statistical.calibration.ledger import BY_CHANCE, Rate

_HEAD = ("method", "what counts as an error", "data", "n", "promised", "observed", "limits", "studies")

_INTRODUCTION = f"""# Calibration

Made by `make test-statistical TABLE=docs/calibration.md`; do not edit. Every line is a simulation with a fixed seed, in
which the truth is known and the project's own functions answer: how often are they wrong? `limits` are what the
test demands: a method whose true error rate is the promised one (or the one it is held to) comes out above the upper
limit once in {1 / BY_CHANCE:,.0f} such lines. A lower limit stands where the method is known to err sometimes: without
one a method could pass by never saying anything. Exact lines (studies: all) are sums over every outcome.

The noise is that of the differences, or of each arm where several conditions share a control: normal; heavy tails (t on
3 degrees of freedom); a lattice (whole numbers of images with a standard deviation of 2, so that most seeds tie); and a
spread that rises ninefold from the first seed to the last. All four are symmetric. Skewed noise is not, and is shown
for what it costs. Where thousands of families are simulated, 1,999 random flips stand in for 99,999.
"""


def page(rates: Sequence[Rate]) -> str:
    """Return the page, first of all what is held to another rate than it promises."""
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
        ]
    )


def _header(names: Sequence[str]) -> str:
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def _row(rate: Rate) -> str:
    limits = f"{rate.low:.2%} to {rate.high:.2%}" if rate.low else f"up to {rate.high:.2%}"
    cells = (rate.method, rate.error, rate.data, str(rate.n), f"{rate.nominal:.2%}", f"{rate.achieved:.2%}", limits)
    return f"| {' | '.join(cells)} | {'all' if rate.runs is None else f'{rate.runs:,}'} |"
