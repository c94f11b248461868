"""The page of findings: per question a figure, a table of verdicts, the sentences, and what stays open."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from analysis.answer.effect import Effect, Judged
from analysis.answer.out_of_reach import SIZE_OPEN
from analysis.base.errors import TableError
from analysis.base.files import write_atomically
from analysis.figures import gaps as figure
from analysis.figures import theme
from analysis.figures.activations import left_out
from analysis.figures.plot import rendered
from analysis.findings import over_tasks
from analysis.findings.effects import effects
from analysis.findings.questions import Asked, read_questions
from analysis.methods import verdict
from analysis.methods.verdict import ROUGH
from analysis.report.comparison_grid import headline_interval
from analysis.report.document import Column, Grid, Illustration
from analysis.report.gather import Material, Pool, gather
from analysis.report.markdown import block, bullets, table
from analysis.report.sections import activations, bad_endings, divergence, worth_of_pairing
from analysis.report.sections.gaps import what_is_left
from analysis.report.sections.order import PLOTS
from analysis.report.sections.reduce_uncertainty import what_is_found, what_shows_the_size, what_would_help
from analysis.report.sign_agreement_grid import early_words
from analysis.report.typical_grid import mean_words
from analysis.tables.tasks import tasks_of_folder
from analysis.wording import phrases
from analysis.wording import sentences as words
from analysis.wording.bad_endings import shown as bad_ends
from analysis.wording.markdown import escaped
from analysis.wording.phrases import count, listed
from analysis.wording.style import PAGE
from analysis.wording.units import unit_of
from analysis.wording.verdicts import OPEN, pairs_of, short, tone

INTRODUCTION = """\
# Findings

What the committed studies say, each about one question. Figures, tables and sentences are computed from the
results by `python -m analysis findings {file}`, and a test compares this page with what that command writes. The line
below each finding says when the plan of analysis was recorded. Every difference is a condition minus its control,
paired by seed; intervals and verdicts hold for all conditions of a study at once. All are conditional on one
training set."""


def write_findings(file: Path, out: Path) -> Path:
    """Write the page that answers the questions in `file` to `out`, its figures to ``figures/`` beside it.

    Raises
    ------
    TableError
        Questions or results that cannot be read, or a place that cannot be written to.
    """
    blocks, figures = [INTRODUCTION.format(file=file.as_posix())], {}
    asked = read_questions(file)
    blocks.append("\n".join(f"- [{escaped(each.title)}](#finding-{place})" for place, each in enumerate(asked, 1)))
    for place, each in enumerate(asked, start=1):
        if names := tasks_of_folder(each.folder):
            stem = f"figures/{each.folder.name}-{each.figure}.png"
            over, plot = over_tasks.gathered(each, names), over_tasks.plot_of(each)
            blocks.append(f'## <a id="finding-{place}"></a>{escaped(each.title)}')
            blocks += over_tasks.finding(each, over, stem, out.parent)
            figures[stem] = rendered(plot, over.evidence, theme.WIDE, ("png",))["png"]
            continue
        if each.figure not in [plot.name for plot in PLOTS]:
            raise TableError(each.folder, [f"is of one task, and the figure {each.figure!r} is over tasks"])
        material = gather(each.folder)
        for pool in material.pools:
            stem = "-".join(filter(None, (each.folder.name, *pool.name.split(", "), each.figure)))
            blocks.append(f'## <a id="finding-{place}"></a>{escaped(each.title)}')
            blocks += _finding(each, material, pool, f"figures/{stem}.png", out.parent)
            plot = next(plot for plot in PLOTS if plot.name == each.figure)
            if plot.missing(pool.evidence) is None:
                figures[f"figures/{stem}.png"] = rendered(plot, pool.evidence, theme.WIDE, ("png",))["png"]
    for name, content in figures.items():
        write_atomically(out.parent / name, content)
    write_atomically(out, ("\n\n".join(blocks) + "\n").encode())
    return out


def _finding(asked: Asked, material: Material, pool: Pool, drawing: str, home: Path) -> list[str]:
    """Return the blocks of one question on one pool of trials."""
    plot = next(plot for plot in PLOTS if plot.name == asked.figure)
    why = plot.missing(pool.evidence)
    shown = [escaped(why or "")]
    if why is None:
        shown = [f"![{escaped(plot.title)}]({drawing})", f"*{escaped(plot.caption(pool.evidence))}*"]
    return [
        f"**{escaped(asked.question)}**" + (f" ({escaped(pool.name)})" if pool.name else ""),
        *shown,
        *(_judged(asked, pool) if asked.metrics else []),
        *(_activations(asked, pool) if asked.activations else []),
        *(_collapses(pool) if asked.collapses else []),
        *(_pairing(asked, pool) if asked.pairing else []),
        _where(asked, material, pool, home),
    ]


def _judged(asked: Asked, pool: Pool) -> list[str]:
    """Return what is judged as tables and in sentences, and what stays open."""
    if asked.effects:
        blocks, contrasts = effects(asked, pool)
        return [*blocks, escaped(_open(pool, contrasts, contrasts))]
    grid, sentences, primary = _told(asked, pool)
    return [table(grid), bullets(sentences), escaped(_open(pool, primary, pool.primary.effects.values()))]


def _activations(asked: Asked, pool: Pool) -> list[str]:
    """Return how the variance of the hidden units differs from the control's, as a table and in sentences."""
    found = pool.evidence.activations
    if found is None:
        raise TableError(asked.folder, ["has no statistics of hidden units: [training] record_activations writes them"])
    labels = [each.condition for each in found.left_out if each.condition != found.control]
    lacking = [each for each in asked.conditions if each not in labels]
    if lacking:
        raise TableError(
            asked.folder,
            [f"records no hidden units of a condition {each!r} (it has: {listed(labels)})" for each in lacking],
        )
    sentences, omitted = activations.sentences(found, asked.conditions), left_out(pool.evidence)
    if not sentences:
        return [escaped(" ".join(filter(None, (activations.NO_PAIR, omitted))))]
    note = " ".join(filter(None, (activations.DESCRIPTIVE, omitted)))
    return [table(activations.differences_grid(found, asked.conditions)), bullets(sentences), escaped(note)]


def _collapses(pool: Pool) -> list[str]:
    """Return how many trials collapsed, and when, as the report tells it; the figure stands above."""
    ends = bad_endings.section(None, pool)
    blocks = (*divergence.how_many(pool), *(ends.blocks if ends is not None else ()))
    told = [text for each in blocks if not isinstance(each, Illustration) for text in block(each, {})]
    alpha = pool.primary.alpha
    tested = [(each.condition, each.p_mcnemar) for each in pool.primary.divergence.values()]
    open_ = [phrases.quoted(condition) for condition, p in tested if p is not None and p > alpha]
    control = phrases.quoted(pool.primary.control)
    return [
        *told,
        *([f"Not decided: whether trials collapse as often with {listed(open_)} as with {control}."] if open_ else []),
    ]


def _pairing(asked: Asked, pool: Pool) -> list[str]:
    """Return what pairing is worth as a table and in sentences, and what ended badly; the figure stands above."""
    found = pool.evidence.paired_effects
    if found is None:
        raise TableError(asked.folder, ["crosses no other factor with two rates of dropout: nothing pairs by level"])
    ends = bad_ends(pool.primary)
    return [
        table(worth_of_pairing.grid(found)),
        bullets(worth_of_pairing.sentences(found)),
        *([escaped(ends)] if ends else []),
    ]


def _told(asked: Asked, pool: Pool) -> tuple[Grid, list[str], list[Effect]]:
    """Return the comparisons with the control as a table and in sentences, and those of the primary metric."""
    told = [(metric, each) for metric in asked.metrics for each in _comparisons(asked, pool, metric)]
    sentences = [
        " ".join(words.sentences(each, whole.divergence, PAGE, only_failures=True, example=whole.example))
        for metric, each in told
        for whole in [pool.evidence.comparisons[metric]]
    ]
    primary = [each for metric, each in told if metric == pool.primary.metric]
    return _grid(told), sentences + _asides(asked, pool, primary), primary


def _asides(asked: Asked, pool: Pool, of_primary: list[Effect]) -> list[str]:
    """Return typical differences, how often fewer would have erred, and what of a smaller gap is owed to measuring."""
    found = [said for each in of_primary if (said := mean_words(each)) is not None]
    if (early := early_words(of_primary)) is not None:
        found.append(f"{unit_of(pool.primary.metric).name.capitalize()}: {early}")
    if {figure.CLEAN, figure.RUNNING} <= set(asked.metrics):
        judged = {each.condition for each in _comparisons(asked, pool, figure.CLEAN)}
        found += [what_is_left(each, pool) for each in pool.evidence.gap_splits if each.condition in judged]
    return found


def _comparisons(asked: Asked, pool: Pool, metric: str) -> list[Effect]:
    whole = pool.evidence.comparisons.get(metric)
    if whole is None:
        raise TableError(asked.folder, [f"tells nothing of {metric} (it has: {', '.join(pool.evidence.comparisons)})"])
    lacking = [each for each in asked.conditions if each not in whole.effects]
    if lacking:
        raise TableError(
            asked.folder,
            [f"compares no condition {each!r} (it has: {listed(list(whole.effects))})" for each in lacking],
        )
    wanted = asked.conditions or [each.condition for each in whole.judged]
    return [each for each in whole.effects.values() if each.condition in wanted]


def _grid(told: list[tuple[str, Effect]]) -> Grid:
    """Return verdict, difference, interval and n of each comparison."""
    return Grid(
        name="finding",
        caption="",
        columns=(
            Column("condition", numeric=False),
            Column("metric", numeric=False),
            Column("verdict", numeric=False),
            Column("difference"),
            Column("interval"),
            Column("pairs of seeds"),
        ),
        rows=tuple(
            (
                each.condition,
                unit_of(metric).name,
                short(each),
                f"{unit_of(metric).tell_difference(each.headline.estimate, each.margin)} "
                f"{unit_of(metric).difference}".rstrip(),
                headline_interval(each, unit_of(metric)),
                str(pairs_of(each)),
            )
            for metric, each in told
        ),
    )


def _open(pool: Pool, told: Sequence[Judged], family: Iterable[Judged]) -> str:
    """Return what the primary metric leaves undecided of `told`, and what would help; `family` is judged together."""
    judged = [each for each in told if not each.stays_at_chance]
    undecided = [each for each in judged if tone(each) == OPEN and each.headline.verdict not in verdict.BY_SIGN]
    unclear = [each for each in judged if each.headline.verdict in SIZE_OPEN and each not in undecided]
    name = unit_of(pool.primary.metric).name
    said = []
    if undecided:
        said.append(f"Not decided yet for {name}: {listed([phrases.quoted(each.condition) for each in undecided])}.")
    if unclear:
        names = listed([phrases.quoted(each.condition) for each in unclear])
        said.append(f"Whether it is by an amount that matters is open for {names}.")
    if not said:
        return f"Nothing shown here about {name} is left open."
    size = sum(not each.stays_at_chance for each in family)
    for each, tell in ((undecided, what_is_found), (unclear, what_shows_the_size)):
        if measured := [one for one in each if one.n_pairs >= ROUGH and one.sd_difference]:
            said.append(tell(measured, size, pool.primary.drawn))
    return " ".join([*filter(None, said), *what_would_help([*undecided, *unclear], size, pool.primary.drawn)])


def _where(asked: Asked, material: Material, pool: Pool, home: Path) -> str:
    """Return where the numbers come from."""
    folder = Path(os.path.relpath(asked.folder, home)).as_posix()
    analysis = material.analysis
    plan = "no margin" if analysis.margin is None else f"margin {analysis.margin:g}"
    return (
        f"Study [{escaped(material.study)}]({folder}/study.toml), {count(len(pool.evidence.trials), 'trial')}, control "
        f"{phrases.quoted(analysis.control)}, primary {analysis.primary}, {plan}, alpha {analysis.alpha:g}; plan of "
        f"analysis {(material.plan or {}).get('analysis_hash', 'unknown')}, {_recorded(material)}."
    )


def _recorded(material: Material) -> str:
    """Return when the plan of analysis was recorded, and how often it was changed after that."""
    if not material.plan_changes:
        return "of which no record says when it was made"
    first, *later = (each.get("trials_done", 0) for each in material.plan_changes)
    when = f"recorded after {count(first, 'finished trial')}" if first else "recorded before the first trial"
    late = sum(map(bool, later))
    return f"{when} and changed {count(late, 'time')} after that" if late else when
