"""How sure, and why: the differences themselves, both scopes side by side, the self-check, the spread by source."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.headline import SEEDS_AND_IMAGES
from analysis.answer.variance import SplitByTestSet, VarianceBySource
from analysis.figures import p_calibration, raincloud, sequence, variance_shares
from analysis.figures.plot import Plot
from analysis.methods.self_check import SelfCheck
from analysis.report.comparison_grid import headline_interval, interval_over_seeds
from analysis.report.document import Block, Column, Grid, Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.report.sign_agreement_grid import early_grid, early_words
from analysis.report.typical_grid import typical_grid
from analysis.wording.number_format import NOTHING, exact, level
from analysis.wording.phrases import listed
from analysis.wording.resampling import NAMES, outcome
from analysis.wording.sentences import quoted
from analysis.wording.units import Unit, plain, unit_of
from analysis.wording.verdicts import short, worded
from bench.schema.known_metrics import TYPICAL

TITLE = "How sure, and why"


def section(material: Material, pool: Pool) -> Section | None:
    """Return the evidence behind the verdicts, from the seeds themselves to the error rates of the methods."""
    whole = pool.primary
    judged = whole.judged
    if not judged:
        return None
    blocks: list[Block] = [_shown(pool, raincloud.PLOT)]
    if any(each.extreme_seed is not None for each in judged):
        blocks.append(typical_grid(judged))
    early = early_words(judged)
    if early is not None:
        blocks += [Paragraph(early), early_grid(judged)]
    if any(each.headline.scope == SEEDS_AND_IMAGES for each in judged):
        blocks += [Paragraph(_two_scopes(judged)), _scopes(whole, judged)]
    blocks += [_shown(pool, p_calibration.PLOT)]
    if pool.evidence.self_check is not None and p_calibration.missing(pool.evidence) is None:
        blocks.append(_checks(pool.evidence.self_check))
    blocks += [_shown(pool, plot) for plot in (sequence.PLOT, variance_shares.PLOT)]
    spread = pool.evidence.variance
    if spread is not None and any(each.components or each.test_set for each in spread.conditions):
        blocks.append(_sources(spread, {each.label for each in pool.evidence.at_chance}))
    return Section(TITLE, tuple(blocks))


def _shown(pool: Pool, plot: Plot) -> Block:
    why = plot.missing(pool.evidence)
    return Illustration(plot, pool.evidence) if why is None else Paragraph(why)


def _two_scopes(judged: list[Effect]) -> str:
    """Return how many verdicts change with the scope."""
    both = [each for each in judged if each.headline.scope == SEEDS_AND_IMAGES]
    changed = [quoted(each.condition) for each in both if _over_seeds(each) != short(each)]
    said = (
        "Over seeds alone a verdict holds for this one test set; over seeds and test images it holds for new images of "
        "the same kind too. The second interval is the first one, widened by what new images add; all else is alike. "
    )
    if not changed:
        return said + "Here both give the same verdicts."
    verb = "has" if len(changed) == 1 else "have"
    return said + f"Here {listed(changed)} {verb} another verdict when new test images count too."


def _over_seeds(each: Effect) -> str:
    """Return the verdict over seeds alone in words."""
    verdict = each.verdict_typical if each.headline.estimand == TYPICAL else each.verdict
    return NOTHING if verdict is None else worded(verdict, each.direction)


def _scopes(whole: Comparison, judged: list[Effect]) -> Grid:
    unit, told = unit_of(whole.metric), level(whole.alpha)
    return Grid(
        name="scopes",
        caption=(
            "Verdict and interval over new seeds alone, and over new seeds and new test images. "
            f"All intervals of a column hold at once, at {told}."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("over seeds alone", numeric=False),
            Column(f"{told} interval", unit.difference),
            Column("over seeds and images", numeric=False),
            Column(f"{told} interval", unit.difference),
        ),
        rows=tuple(
            (
                each.condition,
                _over_seeds(each),
                interval_over_seeds(each, unit),
                short(each),
                headline_interval(each, unit),
            )
            for each in judged
            if each.headline.scope == SEEDS_AND_IMAGES
        ),
    )


def _checks(check: SelfCheck) -> Grid:
    drawn = tuple(each for each in check.resampled if each.achieved is not None)
    how = f"all {check.flips:,}" if check.exhaustive else f"{check.flips:,} random"
    return Grid(
        name="self-check",
        caption=(
            f"Error rates at the study’s alpha on these very data, by {how} flips of the signs of the centred "
            f"differences at the {check.n} seeds that all conditions have."
            + (
                f" Last rows: intervals in {check.resamples:,} studies of seeds drawn with replacement."
                if drawn
                else ""
            )
        ),
        columns=(
            Column("method", numeric=False),
            Column("promised", "%"),
            Column("achieved", "%"),
            Column("at most", "%"),
            Column("outcome", numeric=False),
        ),
        rows=tuple(
            (
                each.name,
                f"{exact(100 * each.nominal):g}",
                *(plain(100 * rate, 2) for rate in (each.achieved, each.limit)),
                each.verdict,
            )
            for each in check.checks
        )
        + tuple(
            (
                f"intervals of the {NAMES[each.estimand]}, resampled seeds, any condition",
                f"{exact(100 * each.nominal):g}",
                *(plain(100 * rate, 2) for rate in (each.achieved or 0.0, each.limit)),
                outcome(each),
            )
            for each in drawn
        ),
        data=(*check.checks, *drawn),
    )


def _sources(variance: VarianceBySource, at_chance: set[str]) -> Grid:
    """Return the standard deviations by source of each condition."""
    unit = unit_of(variance.metric)
    rows, data = [], []
    for each in variance.conditions:
        name = each.condition
        for part in each.components:
            low, high = part.share_low, part.share_high
            between = NOTHING if low is None or high is None else f"{plain(100 * low, 0)} to {plain(100 * high, 0)}"
            source = " × ".join(part.factors)
            rows.append((name, source, _sd(part.variance, unit), _percent(part.share), between))
            data.append({"condition": name, "source": source} | {k: v for k, v in vars(part).items() if k != "factors"})
        for source, part_of, share in _split(each.test_set):
            rows.append((name, source, _sd(part_of, unit), _percent(share), NOTHING))
            data.append({"condition": name, "source": source, "variance": part_of, "share": share})
    return Grid(
        name="variance",
        caption=f"Spread of {unit.name} by source: standard deviation, and share of the variance.",
        columns=(
            Column("condition", numeric=False),
            Column("source", numeric=False),
            Column("SD", unit.difference),
            Column("share", "%"),
            Column(f"{level(variance.alpha)} interval", "%"),
        ),
        rows=tuple(rows),
        data=tuple(data),
        quiet=frozenset(index for index, row in enumerate(rows) if row[0] in at_chance),
    )


def _split(found: SplitByTestSet | None) -> list[tuple[str, float, float | None]]:
    """Return source, variance and share of each part of a split."""
    if found is None:
        return []
    return [
        ("seed, new test images too", found.lasting, found.lasting_share),
        ("seed, this test set’s churn", found.churn, found.churn_share),
    ]


def _sd(variance: float, unit: Unit) -> str:
    return unit.tell(variance**0.5)


def _percent(share: float | None) -> str:
    return NOTHING if share is None else plain(100 * share, 0)
