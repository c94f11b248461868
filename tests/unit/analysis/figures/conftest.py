"""Evidence made by hand: every number in it is known before a figure is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from analysis.figures.evidence import Band, Broken, Curves, Evidence, Mean, Run, Setting, Trial

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


def comparison(label: str, metric: str, seeds: Sequence[int], verdict: str) -> dict[str, Any]:
    """Return an entry of ``comparisons`` with made-up intervals around the mean."""
    differences = {seed: difference(label, seed) for seed in seeds}
    mean = sum(differences.values()) / len(seeds) if seeds else None
    entry: dict[str, Any] = {
        "condition": label, "control": "none", "metric": metric, "n_pairs": len(seeds), "mean_difference": mean,
        "n_lost_to_divergence": 0,
        "stays_at_chance": label == "all", "lower_is_better": metric.endswith("gap"),
        "verdict": None if label == "all" else verdict,
        "pairs": [{"seed": s, "control": 0.85, "condition": 0.85 + d, "difference": d} for s, d in differences.items()],
    }  # fmt: skip
    for name, reach in (("", 0.004), ("_90", 0.003)):
        known = mean is not None and len(seeds) > 1 and label != "all"
        entry[f"ci_low_simultaneous{name}"] = mean - reach if known else None
        entry[f"ci_high_simultaneous{name}"] = mean + reach if known else None
    entry["headline"] = {
        "scope": "seeds", "verdict": entry["verdict"], "reason": None, "p": None,
        "interval": None if entry["ci_low_simultaneous"] is None else "simultaneous",
        **{f"{end}{name}": entry[f"ci_{end}_simultaneous{name}"] for end in ("low", "high") for name in ("", "_90")},
    }  # fmt: skip
    return entry


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
        metric: {
            "metric": metric, "control": "none", "alpha": 0.05, "margin": 0.001,
            "role": "secondary" if i else "primary", "lower_is_better": metric.endswith("gap"),
            "comparisons": [comparison(label, metric, pairs[label], verdict) for label in labels if label != "none"],
        }
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
    )


def _speed(labels: Mapping[str, tuple[float, ...]], blocks: int) -> dict[str, Any]:
    """Return a measurement of speed in which every condition is slower than the one before it."""
    entries = []
    for index, label in enumerate(labels):
        ratio = 1 + 0.007 * index
        reach = {"": 0.01, "_90": 0.007} if blocks > 1 else {}
        ends = {
            f"ratio_{end}_simultaneous{inner}": ratio + side * reach[inner] if inner in reach else None
            for end, side in (("low", -1), ("high", 1))
            for inner in ("", "_90")
        }
        entries.append(
            {"condition": label, "control": "none", "alpha": 0.05, "n_blocks": blocks, "ratio": ratio, **ends,
             "verdict": "inconclusive", "blocks": [{"ratio": ratio}] * blocks}
        )  # fmt: skip
    return {"control": "none", "alpha": 0.05, "margin": 0.02, "comparisons": entries[1:]}


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
