"""Calibration of p-values: how often each method errs on the user's own data, with flipped signs, at every level."""

from __future__ import annotations

from matplotlib.figure import Figure

from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import BLUE, INK, LINE, MUTED, PURPLE, SHADE, SMALL, VERMILION, Layout, place
from analysis.methods.self_check import Calibration, SelfCheck
from analysis.methods.verdict import ROUGH
from analysis.wording.number_format import exact

_LOOKS = ((BLUE, "-", "o"), (VERMILION, (0, (5, 2)), "s"), (PURPLE, (0, (1.5, 1.5)), "^"))
"""Colour, dashes and shape of each check, in their order."""
_PANEL, _TOP, _BOTTOM, _LEFT, _LINE = 2.5, 0.12, 0.48, 0.62, 0.19
_EVERY = 8
"""A mark stands at each so many levels."""


def _check(evidence: Evidence) -> SelfCheck:
    assert evidence.self_check is not None
    return evidence.self_check


def _calibration(evidence: Evidence) -> Calibration:
    found = _check(evidence).calibration
    assert found is not None
    return found


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _TOP + _PANEL + _BOTTOM + (_legend(evidence) if layout.narrow else 0.0)


def _legend(evidence: Evidence) -> float:
    return _LINE * (2 + len(_calibration(evidence).achieved))


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw a line for each check against the diagonal, and the band within which it holds."""
    found, alpha = _calibration(evidence), evidence.primary.alpha
    levels = [100 * each for each in found.levels]
    axes = figure.add_axes((0, 0, 1, 1))
    width = layout.width - _LEFT - 0.2 if layout.narrow else _PANEL * 1.25
    place(axes, _LEFT, _BOTTOM + (_legend(evidence) if layout.narrow else 0.0), width, _PANEL)
    low, high = ([100 * max(0.0, each) for each in end] for end in (found.floor, found.limit))
    axes.fill_between(levels, low, high, color=SHADE, linewidth=0, zorder=0, label="band")
    for end in (low, high):
        axes.plot(levels, end, color=LINE, linewidth=0.7, zorder=1)
    axes.plot([0, levels[-1]], [0, levels[-1]], color=INK, linewidth=0.9, zorder=2, label="as promised")
    for (name, achieved), (colour, dashes, shape) in zip(found.achieved.items(), _LOOKS, strict=True):
        axes.plot(
            levels, [100 * each for each in achieved], color=colour, linestyle=dashes, linewidth=1.4, marker=shape,
            markersize=4.2, markevery=(_EVERY // 2 - 1, _EVERY), zorder=3, label=name,
        )  # fmt: skip
    axes.axvline(100 * alpha, color=MUTED, linewidth=0.7, linestyle=(0, (2, 2)), zorder=1)
    axes.set_xlim(0, levels[-1])
    axes.set_ylim(0, 1.03 * max(high[-1], *(100 * max(each) for each in found.achieved.values())))
    axes.set_xlabel("error rate promised, %", fontsize=SMALL)
    axes.set_ylabel("error rate on these data, %", fontsize=SMALL)
    handles, names = axes.get_legend_handles_labels()
    axes.legend(
        [*handles[1:], handles[0]], [*names[1:], "what is left open"], fontsize=SMALL, borderpad=0, labelspacing=0.45,
        handlelength=2.4, borderaxespad=0,
        loc="upper left" if layout.narrow else "center left",
        bbox_to_anchor=(0.0, -0.20) if layout.narrow else (1.06, 0.5),
    )  # fmt: skip


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    check = _check(evidence)
    flips = f"all {check.flips:,}" if check.exhaustive else f"{check.flips:,} random"
    return (
        f"Self-check on these very data: signs of the centred differences flipped ({flips} flips at {check.n} "
        "seeds), so that nothing differs, and every claim counted as an error. Diagonal: as many errors as promised; "
        f"above the band: too many; below: more careful than promised. Band: what these magnitudes "
        "and this number of seeds leave open (binomial limits, and one step of the lattice of p). Dotted upright "
        f"line: alpha, {exact(100 * evidence.primary.alpha):g}%. {check.note}"
    )


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    told = [
        f"{each.name}: {100 * each.achieved:.2f}% where {exact(100 * each.nominal):g}% are promised, {each.verdict}"
        for each in _check(evidence).checks
    ]
    return f"Error rates at the alpha of the analysis. {'; '.join(told)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if evidence.self_check is None or evidence.self_check.calibration is None:
        return "Nothing can be checked: no condition has two pairs whose differences vary."
    if evidence.self_check.n < ROUGH:
        return f"A self-check needs at least {ROUGH} seeds at which every condition trained."
    return None


PLOT = Plot("p-calibration", "Do the error rates hold on these data?", draw, height, caption, description, missing)
