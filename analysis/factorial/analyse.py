"""The factorial of a table on one metric: one record that sentences, table, figures and LaTeX are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import numpy as np
import pandas as pd

from analysis.answer.caveats import of_progress, of_question, of_seeds
from analysis.answer.effect import Block, Contrast, Contrasted, assembled
from analysis.answer.headline import Headline
from analysis.answer.judgement import judged
from analysis.base.errors import TableError, listed
from analysis.factorial.blocks import Blocks, ContrastImages, blocks, contrasted
from analysis.factorial.cells import cells, profiles
from analysis.factorial.contrasts import Effect, effects, simple_effects
from analysis.factorial.design import Crossing, crossing
from analysis.factorial.result import (
    DIFFERENCE,
    ENDS,
    REFERENCE,
    CrossedFactor,
    EffectTest,
    Factorial,
    FactorialEffect,
    HeldAt,
    Outside,
)
from analysis.factorial.slopes import FEWEST_LEVELS, SCORES, Scores, Slope, slope
from analysis.methods.multiplicity import holm
from analysis.methods.omnibus import repeated_measures
from analysis.methods.result import Results
from analysis.methods.selection import selection
from analysis.methods.sign_flip import RandomFlips
from analysis.tables.asking import asked_of
from analysis.tables.folds import refuse_folds
from analysis.tables.images import Images, crossed, images_of
from analysis.tables.loading import load
from analysis.tables.metric import measure
from analysis.tables.pairing import rounding, varies
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question, Told
from analysis.tables.seeds import with_names
from analysis.tables.table import Table

_NO_CONTROL = "nothing"
"""The cells of a factorial are compared with each other."""


def factorial(
    table: Table | pd.DataFrame | Path | str,
    metric: str,
    crossed: Crossing | None = None,
    *,
    scores: Scores = "raw",
    **told: Unpack[Told],
) -> Factorial:
    """Return main effects, interactions and simple effects of the factors that `table` crosses.

    Parameters
    ----------
    table : Table, DataFrame, Path or str
        As `analysis.load` takes it.
    metric : str
    crossed : Crossing, optional
        Factors and conditions by `analysis.factorial.design.crossing`; default: what it finds by itself.
    margin : float, optional
        Smallest effect that matters, in the metric's own unit.
    alpha : float
        Error rate of each interval, and of each family: all main effects and interactions that have a contrast; all
        simple effects that have one.
    direction : {"higher", "lower"}, optional
        Which values are better; default: the plan's, else by the metric's name.
    estimand : {"typical", "mean"}, optional
        Which centre of the effects leads; default: the plan's, else the typical one.
    scores : {"raw", "log", "rank"}
        What the slope of a factor with three numeric levels or more runs over.

    Raises
    ------
    TableError
        No full factorial, an unknown metric, an alpha or margin out of range, the logarithm of a level 0, a
        `bad_ending`, which has no use here; folds or splits of one data set in place of seeds.
    """
    table = load(table)
    refuse_folds(table.source, table.unit, "a factorial")
    if told.get("bad_ending") is not None:
        raise TableError(
            table.source, ["bad_ending is of a comparison with a control: a factorial counts no bad endings"]
        )
    found = crossing(table) if crossed is None else crossed
    return _analysed(table, found, asked_of(table, metric, _NO_CONTROL, told), scores)


def of_study(table: Table, metric: str, **told: Unpack[Told]) -> Factorial | None:
    """Return `factorial` by the columns that vary; None where the conditions form none, and over splits."""
    if not table.unit.independent:
        return None
    try:
        found = crossing(table)
    except TableError:
        return None
    return _analysed(table, found, asked_of(table, metric, _NO_CONTROL, told), "raw")


def _analysed(table: Table, found: Crossing, asked: Question, scores: Scores) -> Factorial:
    if faults := asked.faults() + _faults_of_scores(found, scores):
        raise TableError(table.source, faults)
    measured = measure(table, asked.metric)
    held = blocks(measured, found.cells, table.chance)
    known, grouped = crossed(images_of(table, asked.metric), len(table.seeds))
    seeds = max(table.seeds_of(label) for label in found.cells)
    main, said = _family(effects(found), held, known, asked, seeds, scores)
    simple, also_said = _family(simple_effects(found), held, known, asked, seeds, scores)
    notes = [
        *table.warnings,
        *measured.warnings,
        *found.warnings,
        *of_question(asked),
        *of_progress(table),
        *of_seeds(table, asked),
    ]
    notes += [*_of_blocks(found, held), *grouped, *said, *also_said]
    plan = table.analysis
    made = Factorial(
        metric=asked.metric,
        alpha=asked.alpha,
        margin=asked.margin,
        direction=asked.direction,
        role=None if plan is None else "primary" if asked.metric == plan.primary else "secondary",
        n=len(held.seeds),
        seeds=tuple(int(seed) for seed in held.seeds),
        n_lost_to_divergence=len(held.lost),
        factors=tuple(
            CrossedFactor(name=each.name, columns=each.columns, levels=each.levels, numeric=each.numeric)
            for each in found.factors
        ),
        random_flips=RandomFlips(),
        dropped=(*table.dropped, *measured.dropped, *held.dropped),
        outside=tuple(Outside(condition=label, reason=why) for label, why in found.outside),
        warnings=tuple(dict.fromkeys(notes)),
        effects=main,
        simple_effects=simple,
        cells=cells(found, held, asked.alpha),
        profiles=profiles(found, held, asked.alpha),
        best_set=_best_set(found, held, asked),
        example=table.example,
    )
    return with_names(made, table.seed_names)


def _faults_of_scores(found: Crossing, scores: Scores) -> list[str]:
    """Return what a slope over these scores cannot be taken of."""
    faults = [] if scores in SCORES else [f"scores {scores!r}; allowed: {', '.join(SCORES)}"]
    for each in found.factors:
        if scores == "log" and each.numeric and len(each.levels) >= FEWEST_LEVELS and float(each.levels[0]) <= 0:
            faults.append(
                f"factor {each.name!r} has the level {float(each.levels[0]):g}, which has no logarithm; allowed with "
                "scores 'log': levels above 0"
            )
    return faults


def _of_blocks(found: Crossing, held: Blocks) -> list[str]:
    notes = [f"condition {label!r} is left out: it {why}" for label, why in found.outside]
    for label, seeds in held.absent.items():
        number = "1 seed" if len(seeds) == 1 else f"{len(seeds)} seeds"
        notes.append(f"{label} has no value at {number} that other cells have ({listed(seeds, 8)})")
    if held.absent or held.lost:
        ended = len(held.seeds) + len(held.lost)
        blocks_ = "1 block is" if len(held.seeds) == 1 else f"{len(held.seeds)} blocks are"
        said = f"{blocks_} complete: only seeds at which every cell trained are used"
        lost = f"{len(held.lost)} of {ended} seeds at which every cell ended are left out because a trial diverged"
        notes.append(f"{said}; {lost}" if held.lost else said)
    return notes


def _family(
    every: Sequence[Effect], held: Blocks, known: Images | None, asked: Question, seeds: int, scores: Scores
) -> tuple[tuple[FactorialEffect, ...], list[str]]:
    """Return effects that are judged together, and what the methods warn of."""
    signed = {one.name: one for each in every for one in (each, *each.against_reference) if one.weights is not None}
    against = {name: contrasted(held, each) for name, each in signed.items()}
    images = None if known is None else ContrastImages(known, held.cells, signed)
    results, warnings = judged(Contrast, against, asked, frozenset(), images, seeds)
    told = {name: _contrast(each, asked, against[name], results[name]) for name, each in signed.items()}
    tests = tests_of(every, held.values, asked.alpha)
    return tuple(
        FactorialEffect(
            effect=effect.name,
            factors=tuple(factor.name for factor in effect.factors),
            at=None if effect.at is None else HeldAt(factor=effect.at[0].name, level=effect.at[1]),
            kind=None if effect.weights is None else DIFFERENCE,
            df=effect.df,
            omnibus=test,
            contrast=told.get(effect.name),
            against_reference=tuple(told[each.name] for each in effect.against_reference),
            **vars(_slope(effect, held, asked, scores)),
        )
        for effect, test in zip(every, tests, strict=True)
    ), warnings


def _slope(effect: Effect, held: Blocks, asked: Question, scores: Scores) -> Slope:
    """Return the slope of one factor with three numeric levels or more; nothing of any other effect."""
    factor = effect.factors[0]
    if len(effect.factors) > 1 or not factor.numeric or len(factor.levels) < FEWEST_LEVELS:
        return Slope()
    return slope([float(each) for each in factor.levels], held.values @ effect.means, scores, asked.alpha)


def tests_of(every: Sequence[Effect], values: np.ndarray, alpha: float) -> list[EffectTest]:
    """Return F of each effect over `values` [n, cells], and its p adjusted over all of them."""
    tests = [_test(values, each, alpha) for each in every]
    by_holm = iter(holm([test.p_gg for test in tests if test.p_gg is not None]))
    return [test if test.p_gg is None else replace(test, p_holm=next(by_holm)) for test in tests]


def _test(values: np.ndarray, effect: Effect, alpha: float) -> EffectTest:
    """Return whether the effect is there at all, in any of its `df` directions."""
    scores, n = values @ effect.projection, len(values)
    noise = rounding(values) if values.size else 0.0
    if n < 2 or not any(varies(column, noise) for column in scores.T):
        return EffectTest(df1=effect.df, n=n, alpha=alpha)
    tested = repeated_measures(scores, effect.df)
    return EffectTest(
        f=tested.rm_anova_f,
        df1=tested.rm_anova_df1,
        df2=tested.rm_anova_df2,
        p=tested.rm_anova_p,
        epsilon=tested.gg_epsilon,
        p_gg=tested.rm_anova_p_gg,
        n=n,
        alpha=alpha,
    )


def _contrast(effect: Effect, asked: Question, found: Arms, results: Results) -> Contrast:
    """Return what one contrast shows."""
    pairs = found.complete
    own = Contrasted(
        condition=effect.name,
        metric=asked.metric,
        direction=asked.direction,
        alpha=asked.alpha,
        margin=asked.margin,
        stays_at_chance=False,
        n_pairs=pairs.n,
        n_lost_to_divergence=len(found.diverged),
        weights=tuple(float(each) for each in effect.weights or ()),
        contrast=ENDS if all(each.has_ends for each in effect.factors) else REFERENCE,
        levels=effect.between,
    )
    by_seed = zip(pairs.seeds, pairs.differences, strict=True)
    blocks_ = tuple(Block(seed=int(seed), difference=float(d) / pairs.scale) for seed, d in by_seed)
    return assembled(Contrast, own, results, headline=results[Headline], pairs=blocks_)


def _best_set(found: Crossing, held: Blocks, asked: Question) -> tuple[str, ...] | None:
    """Return the cell with the best mean, and those not shown to be worse; None below two blocks."""
    return selection(found.cells, held.values, None, asked.alpha, asked.direction).best_set
