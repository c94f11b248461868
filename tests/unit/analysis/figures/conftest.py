"""Evidence made by hand: every number in it is known before a figure is drawn."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from analysis.answer.effect import Effect, Pair
from analysis.answer.power_curves import ConditionPower, PowerCurve, PowerCurves
from analysis.answer.sequences import ConditionSequence, Sequences
from analysis.answer.variance import ConditionVariance, SplitByTestSet, VarianceBySource
from analysis.factorial.result import (
    Cell,
    CrossedFactor,
    EffectTest,
    Factorial,
    FactorialEffect,
    HeldAt,
    Profile,
    ProfilePoint,
)
from analysis.factorial.worth_by_level import PairedEffects, WorthByLevel
from analysis.figures.evidence import Band, Broken, Curves, Evidence, Mean, Run, Setting, Trial
from analysis.methods.activations import Activations, LeftOut, VarianceCurve
from analysis.methods.confidence_sequence import Look
from analysis.methods.dose_response import DoseResponse
from analysis.methods.self_check import Calibration, Check, SelfCheck
from analysis.methods.sign_flip import RandomFlips
from analysis.methods.survival import ConditionCurve, Survival
from analysis.methods.variance_components import Component
from analysis.throughput.result import BlockTimes, Speed, SpeedComparison
from tests.unit.analysis.results import comparison, contrast, effect, headline

METRICS = ("test_accuracy", "generalisation_gap", "running_gap")
BASE = {"test_accuracy": 0.85, "generalisation_gap": 0.02, "running_gap": 0.03}
RATES = {"none": (0.0, 0.0), "book": (0.2, 0.5), "mild": (0.1, 0.1), "strong": (0.7, 0.7), "all": (1.0, 1.0)}


def difference(label: str, seed: int) -> float:
    """Return what every metric of this condition and seed is above the control's."""
    return 0.001 * (list(RATES).index(label) if label in RATES else 9) + 0.0004 * ((seed * 7) % 5 - 2)


def trial(label: str, seed: int, diverged: bool) -> Trial:
    values = {metric: BASE[metric] + 0.0003 * seed for metric in METRICS}
    if label != "none":
        values = {metric: value + difference(label, seed) for metric, value in values.items()}
    return Trial(label, seed, diverged, values)


def compared(label: str, metric: str, seeds: Sequence[int], verdict: str) -> Effect:
    """Return an effect with made-up intervals around the mean."""
    differences = {seed: difference(label, seed) for seed in seeds}
    mean = sum(differences.values()) / len(seeds) if seeds else None
    varies = mean is not None and len(seeds) > 1 and label != "all"
    word = None if label == "all" else verdict
    ends: dict[str, float | None] = {}
    for name, reach in (("", 0.004), ("_90", 0.003)):
        for end, side in (("low", -1), ("high", 1)):
            ends[f"{end}{name}"] = mean + side * reach if mean is not None and varies else None
    ordered = sorted(differences.values())
    quartiles = [ordered[place * (len(ordered) - 1) // 4] for place in (1, 2, 3)] if ordered else [None] * 3
    errors = {
        "standard_error": 0.0020, "se_crossed": 0.0024, "se_crossed_2x_seeds": 0.0019, "se_crossed_4x_seeds": 0.0016,
        "se_crossed_10x_seeds": 0.0014, "se_crossed_4x_images": 0.0021, "test_set_floor": 0.0012, "surer_by": "seeds",
    }  # fmt: skip
    return effect(
        label, metric=metric, n_pairs=len(seeds), mean_difference=mean, stays_at_chance=label == "all",
        direction="lower" if metric.endswith("gap") else "higher", verdict=word,
        pairs=tuple(Pair(seed=s, control=0.85, condition=0.85 + d, difference=d) for s, d in differences.items()),
        headline=headline(word, interval="simultaneous" if varies else None, **ends),
        **{f"ci_{end}_simultaneous{name}": ends[f"{end}{name}"] for end in ("low", "high") for name in ("", "_90")},
        lower_quartile_difference=quartiles[0], median_difference=quartiles[1], upper_quartile_difference=quartiles[2],
        trimmed_mean_difference=mean, **(errors if varies else {}),
    )  # fmt: skip


def make(
    labels: Mapping[str, tuple[float, ...]] = RATES,
    seeds: int = 6,
    diverged: Sequence[tuple[str, int]] = (),
    verdict: str = "inconclusive",
    curves: bool = True,
) -> Evidence:
    """Return evidence of trials that differ from the control as `difference` says."""
    settings = tuple(Setting(label, rates, label == "none", label == "all") for label, rates in labels.items())
    trials = tuple(trial(label, seed, (label, seed) in diverged) for label in labels for seed in range(seeds))
    good = {label: [t.seed for t in trials if t.condition == label and not t.diverged] for label in labels}
    pairs = {label: [seed for seed in good[label] if seed in good["none"]] for label in labels}
    comparisons = {
        metric: comparison(
            *(compared(label, metric, pairs[label], verdict) for label in labels if label != "none"), metric=metric,
            role="secondary" if i else "primary", direction="lower" if metric.endswith("gap") else "higher",
            dose_response=_dose_response(labels, seeds),
        )
        for i, metric in enumerate(METRICS)
    }  # fmt: skip
    return Evidence(
        settings=settings,
        trials=trials,
        curves=_curves(list(labels), seeds, diverged) if curves else None,
        means={metric: tuple(_mean(label, metric, good[label]) for label in labels) for metric in METRICS},
        broken={label: _broken(label, seeds, diverged) for label in labels},
        comparisons=comparisons,
        speed=_speed(labels, seeds),
        sequences=_sequences(pairs),
        factorial=_factorial(seeds, verdict),
        survival=_survival(list(labels), seeds, diverged),
        activations=_activations(good, seeds),
        paired_effects=_paired_effects(seeds),
        self_check=_self_check(min(map(len, pairs.values()), default=0)),
        variance=_variance(good),
        power=_power(pairs),
    )


def _dose_response(labels: Mapping[str, tuple[float, ...]], seeds: int) -> DoseResponse | None:
    """Return a curve through 0.85 and 0.86 with its top at 0.4; None below three rates."""
    rates = {values[0]: label for label, values in labels.items() if len(set(values)) == 1 and label != "all"}
    if len(rates) < 3:
        return None
    fitted = {"intercept": 0.85, "b1": 0.05, "b2": -0.0625, "optimum": 0.4, "optimum_low": 0.3, "optimum_high": 0.55}
    known: dict[str, Any] = fitted if seeds > 1 else {}
    over = {"rates": tuple(rates), "conditions": tuple(rates.values()), "n": seeds}
    return DoseResponse(**over, identified=seeds > 1, **known)


def _sequences(pairs: Mapping[str, Sequence[int]]) -> Sequences:
    """Return sequences that are unbounded up to the third seed and leave zero at the fifth, if there is one."""
    told = []
    for label, seeds in pairs.items():
        if label in ("none", "all"):
            continue
        widths = [None, None, None, 0.02, 0.009, 0.008]
        looks = tuple(
            Look(n=n + 1, mean=0.01, half_width=widths[min(n, 5)], log_e_value=0.0) for n in range(len(seeds))
        )
        first = 5 if len(seeds) > 4 else None
        told.append(
            ConditionSequence(condition=label, n=len(seeds), first_n_excluding_zero=first, looks=looks,
                              first_n_excluding_zero_family=first, looks_family=looks)
        )  # fmt: skip
    return Sequences(alpha=0.05, conditions=len(told), sequences=tuple(told))


def _power(pairs: Mapping[str, Sequence[int]]) -> PowerCurves | None:
    """Return curves through 50% at 30 seeds, of equivalence at 60; None where no condition has two pairs."""
    seeds = (3, 10, 30, 60, 100)
    told = tuple(
        ConditionPower(
            condition=label,
            n=len(mine),
            curves=(
                PowerCurve(goal="superior", delta=0.001, seeds=seeds, power=(0.05, 0.2, 0.5, 0.8, 0.95),
                           power_upper=(0.04, 0.1, 0.3, 0.5, 0.8)),
                PowerCurve(goal="equivalent", delta=0.0, seeds=seeds, power=(0.0, 0.0, 0.2, 0.5, 0.9),
                           power_upper=(0.0, 0.0, 0.1, 0.2, 0.5)),
            ),
        )
        for label, mine in pairs.items()
        if label not in ("none", "all") and len(mine) > 1
    )  # fmt: skip
    return PowerCurves(estimand="typical", power=0.8, over_images=True, conditions=told) if told else None


def _self_check(n: int) -> SelfCheck:
    """Return a self-check in which the first method errs as promised, the second half and the third twice as often."""
    if n < 2:
        return SelfCheck(n=n, conditions=())
    levels, names = (0.05, 0.1, 0.15, 0.2), {"t test": 1.0, "intervals": 0.5, "max-t": 2.0}
    checks = tuple(
        Check(name=name, nominal=0.05, achieved=0.05 * times, limit=0.06, floor=0.04, verdict="holds")
        for name, times in names.items()
    )
    calibration = Calibration(
        levels=levels, achieved={name: tuple(times * each for each in levels) for name, times in names.items()},
        limit=tuple(each + 0.01 for each in levels), floor=tuple(each - 0.01 for each in levels),
    )  # fmt: skip
    return SelfCheck(
        n=n, conditions=("a",), note="A note.", flips=2**n, exhaustive=True, checks=checks, calibration=calibration
    )


def _variance(good: Mapping[str, Sequence[int]]) -> VarianceBySource:
    """Return shares of 60, 30 and 10%, and a split of 75 to 25%."""
    parts = tuple(
        Component(factors=factors, df=1, mean_square=share, estimate=share, variance=share, low=0.0, high=1.0,
                  share=share, share_low=share / 2, share_high=share + 0.1)
        for factors, share in ((("initialisation",), 0.6), (("order",), 0.3), (("initialisation", "order"), 0.1))
    )  # fmt: skip
    split = SplitByTestSet(total=1.0, lasting=0.75, churn=0.25, lasting_share=0.75, churn_share=0.25)
    conditions = tuple(
        ConditionVariance(
            condition=label, n=len(seeds), n_diverged=0, why=None if len(seeds) > 1 else "one trial.",
            components=parts if len(seeds) > 1 and label != "all" else (),
            test_set=split if len(seeds) > 1 else None,
        )
        for label, seeds in good.items()
    )  # fmt: skip
    return VarianceBySource(metric="test_accuracy", alpha=0.05, conditions=conditions, notes=())


def _factorial(seeds: int, verdict: str) -> Factorial:
    """Return a crossing of three rates with two, in which the second lowers accuracy by a point at every seed."""
    levels = list(itertools.product((0.0, 0.2, 0.5), (0.0, 0.3)))
    means = [0.85 + 0.01 * a - 0.01 * (b > 0) for a, b in levels]
    known = seeds > 1
    points = tuple(
        ProfilePoint(across=a, line=b, mean=mean, low=mean - 0.002 if known else None,
                     high=mean + 0.002 if known else None)
        for (a, b), mean in zip(levels, means, strict=True)
    )  # fmt: skip
    cells = tuple(
        Cell(condition=f"{a}-{b}", levels=(a, b), n=seeds, sd=None, mean=mean, low=None, high=None)
        for (a, b), mean in zip(levels, means, strict=True)
    )
    told = tuple(
        FactorialEffect(
            effect=name, factors=tuple(name.split(" × ")), kind="difference", df=1,
            omnibus=EffectTest(n=seeds, alpha=0.05),
            contrast=contrast(name, compared("book", "test_accuracy", list(range(seeds)), verdict)),
        )
        for name in ("dropout_1", "dropout_2", "dropout_1 × dropout_2")
    )  # fmt: skip
    factors = (("dropout_1", (0.0, 0.2, 0.5)), ("dropout_2", (0.0, 0.3)))
    return Factorial(
        metric="test_accuracy", alpha=0.05, margin=0.001, direction="higher", role="primary", n=seeds,
        seeds=tuple(range(seeds)), n_lost_to_divergence=0, random_flips=RandomFlips(), dropped=(), outside=(),
        warnings=(), effects=told, simple_effects=(), cells=cells,
        factors=tuple(CrossedFactor(name=name, columns=(name,), levels=of, numeric=True) for name, of in factors),
        profiles=(Profile(across="dropout_1", lines="dropout_2", points=points),),
        best_set=("0.5-0.0", "0.2-0.0") if known else None,
    )  # fmt: skip


def _paired_effects(seeds: int) -> PairedEffects:
    """Return a crossing of three ways with two rates; the second takes twice, the third sixteen times the seeds."""
    known = seeds > 1
    rows = tuple(
        WorthByLevel(
            n=seeds, at=(HeldAt(factor="seeding", level=way), HeldAt(factor="learning_rate", level=rate)),
            reference=None if times == 1 else "streams", correlation=r if known else None, sd_difference=0.01,
            correlation_low=r - 0.2 if known else None, correlation_high=r + 0.1 if known else None,
            seeds_needed=times if known and times > 1 else None,
            seeds_needed_low=times / 2 if known and times > 1 else None,
            seeds_needed_high=times * 2 if known and times > 1 else None,
        )
        for rate, (way, r, times) in itertools.product(
            (0.05, 0.3), (("streams", 0.8, 1.0), ("manual_seed", 0.4, 2.0), ("unseeded", -0.1, 16.0))
        )
    )  # fmt: skip
    return PairedEffects(metric="test_accuracy", alpha=0.05, treatment="dropout", levels=(0.0, 0.2), by_level=rows)


def _survival(labels: Sequence[str], seeds: int, diverged: Sequence[tuple[str, int]]) -> Survival:
    """Return curves that fall at the second of three epochs; without a collapse, one of the control's trials does."""
    trained = [label for label in labels if label != "all"]
    broken = [each for each in diverged if each[0] != "all"] or [(trained[0], 0)]
    curves = []
    for label in trained:
        lost = sum(name == label for name, _ in broken)
        alive = 1 - lost / seeds
        low, high = (alive / 2, (1 + alive) / 2) if 0 < alive < 1 else (None, None)
        left = ([(2, seeds)] if lost else []) + ([(3, seeds - lost)] if alive else [])
        curves.append(
            ConditionCurve(
                condition=label, n=seeds, collapsed=lost, not_from_curve=0, epochs=tuple(epoch for epoch, _ in left),
                survival=(alive,) * len(left), low=(low,) * len(left), high=(high,) * len(left),
                at_risk=tuple(number for _, number in left),
            )
        )  # fmt: skip
    return Survival(alpha=0.05, control=trained[0], last_epoch=3, note="A note", curves=tuple(curves))


def _activations(good: Mapping[str, Sequence[int]], seeds: int) -> Activations:
    """Return variances that halve by the epoch in two layers; the mask doubles them, but not the control's."""
    trained = {label: len(mine) for label, mine in good.items() if mine and label != "all"}
    curves = []
    for (label, n), layer, side in itertools.product(trained.items(), (1, 2), ("before", "after")):
        times = 2 if side == "after" and label != "none" else 1
        mean = [times * layer * (0.4 + 0.01 * list(good).index(label)) / 2**epoch for epoch in range(3)]
        low, high = (tuple(each * share if n > 1 else None for each in mean) for share in (0.9, 1.1))
        curves.append(
            VarianceCurve(condition=label, layer=layer, side=side, epochs=(1, 2, 3), n=(n,) * 3, variance=tuple(mean),
                          low=low, high=high)
        )  # fmt: skip
    left_out = tuple(LeftOut(condition=label, n=seeds, diverged=seeds - len(mine)) for label, mine in good.items())
    return Activations(
        alpha=0.05, control="none", layers=(1, 2), left_out=left_out, curves=tuple(curves), ends=(), differences=()
    )


def _speed(labels: Mapping[str, tuple[float, ...]], blocks: int) -> Speed:
    """Return a measurement of speed in which every condition is slower than the one before it."""
    entries = []
    for index, label in enumerate(labels):
        ratio, known = 1 + 0.007 * index, blocks > 1
        times = BlockTimes(block=0, control=1.0, condition=ratio, ratio=ratio)
        entries.append(
            SpeedComparison(
                condition=label, control="none", alpha=0.05, n_blocks=blocks, blocks_left_out=0, ratio=ratio,
                ratio_low=None, ratio_high=None, ratio_low_90=None, ratio_high_90=None,
                ratio_low_simultaneous=ratio - 0.01 if known else None,
                ratio_high_simultaneous=ratio + 0.01 if known else None,
                ratio_low_simultaneous_90=ratio - 0.007 if known else None,
                ratio_high_simultaneous_90=ratio + 0.007 if known else None,
                mean_log_ratio=None, sd_log_ratio=None, standard_error=None, t=None, df=None, p_t=None,
                verdict="inconclusive", verdict_reason=None, blocks=(times,) * blocks,
            )
        )  # fmt: skip
    return Speed(
        metric="seconds_per_step", device="cpu", precision="float32", study="made", control="none", alpha=0.05,
        margin=0.02, file="throughput/made.parquet", earlier_measurements=0, started_at="2026-01-03T12:00:00+00:00",
        environment_id="e0", schema_version=1, workers=2, stack_size=8, steps=40, batch_size=256, order_seed=0,
        load_limit=0.05, bound_tolerance=0.1, n_blocks=blocks, n_slots=blocks * len(labels),
        n_exclusive=blocks * len(labels), left_out=(), warnings=(), comparisons=tuple(entries[1:]), conditions=(),
    )  # fmt: skip


def _mean(label: str, metric: str, seeds: Sequence[int]) -> Mean:
    if not seeds:
        return Mean(label, 0, None, None, None)
    mean = sum(trial(label, seed, False).values[metric] for seed in seeds) / len(seeds)
    low, high = (mean - 0.002, mean + 0.002) if len(seeds) > 1 else (None, None)
    return Mean(label, len(seeds), mean, low, high)


def _broken(label: str, seeds: int, diverged: Sequence[tuple[str, int]]) -> Broken:
    own = {seed for name, seed in diverged if name == label}
    other = {seed for name, seed in diverged if name == "none"} if label != "none" else own
    return Broken(label, seeds, len(own), len(own - other), len(other - own), len(own & other))


def _curves(labels: Sequence[str], seeds: int, diverged: Sequence[tuple[str, int]]) -> Curves:
    epochs = (1, 2, 3)
    bands = [
        Band(label, quantity, epochs, (0.5, 0.6, 0.7), (0.55, 0.65, 0.75), (0.6, 0.7, 0.8))
        for label in labels
        for quantity in ("running_train_loss", "running_train_accuracy", "test_accuracy")
        if any((label, seed) not in diverged for seed in range(seeds))
    ]
    bands += [Band(label, "train_accuracy", (3,), (0.8,), (0.81,), (0.82,)) for label in labels if label != "all"]
    runs = [Run(label, seed, epochs, (0.5, 0.1, 0.1)) for label, seed in diverged]
    return Curves(tuple(bands), tuple(runs))


@pytest.fixture
def evidence():
    """Return the function that makes evidence."""
    return make
