"""Samples of Inspect as items, their scores as numbers, and the metrics of a log, or of one of its epochs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.importing.inspect_log import Log
from analysis.importing.items import Item, content_of
from analysis.importing.plain_files import number

_LETTERS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}
"""Correct, incorrect, partial, no answer."""
_WORDS = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
"""What graders write, in any capitals."""
_MEANS = ("accuracy", "mean")
_SPREADS = ("stderr", "bootstrap_stderr", "std", "var", "ci", "ci_wilson")
_REDUCED_BY_MEAN = (None, "mean")
_ROUNDING = 1e-9


def items_of(samples: Sequence[Mapping[str, Any]]) -> list[Item]:
    """Return samples by their ids; numbers by size, then names.

    A sample is what it asks and what is right: ids are numbers in the order of a shuffle where the data set has none.
    Only where two samples ask the same thing does the id distinguish them.
    """
    in_turn = sorted(samples, key=lambda each: _in_turn(each.get("id")))
    contents = [content_of(_without_ids(each.get("input")), _answer(each)) for each in in_turn]
    if len(set(contents)) < len(contents):
        contents = [content_of(each.get("id"), content) for each, content in zip(in_turn, contents, strict=True)]
    return [
        Item(content, scores_of(each), fields if isinstance(fields := each.get("metadata"), Mapping) else {})
        for each, content in zip(in_turn, contents, strict=True)
    ]


def _in_turn(name: object) -> tuple[int, float, str]:
    found = number(name)
    return (1, 0.0, str(name)) if found is None else (0, float(found), str(name))


def _without_ids(asked: object) -> object:
    """Return what was asked without the ids that each run gives its messages."""
    if not isinstance(asked, list):
        return asked
    return [
        {key: value for key, value in each.items() if key != "id"} if isinstance(each, Mapping) else each
        for each in asked
    ]


def _answer(sample: Mapping[str, Any]) -> object:
    """Return what is right; of choices, which may be shuffled, their texts in place of letters."""
    target, choices = sample.get("target"), sample.get("choices")
    letters = target if isinstance(target, list) else [target]
    if not isinstance(choices, list) or not choices:
        return target
    texts = {chr(ord("A") + place): str(text) for place, text in enumerate(choices)}
    return sorted(map(str, choices)), sorted(texts.get(str(letter), str(letter)) for letter in letters)


def is_unscored(sample: Mapping[str, Any]) -> bool:
    """Return whether a sample has no score that its metrics count: none at all, or NaN alone."""
    return all(_is_nan(value) for value in _values(sample).values())


def scores_of(sample: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the scores of a sample as numbers, None where one is none; those that are NaN are no scores.

    Of a score with several values each has its own name.
    """
    return {name: _as_number(value) for name, value in _values(sample).items() if not _is_nan(value)}


def _values(sample: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {}
    given = sample.get("scores")
    for scorer, score in given.items() if isinstance(given, Mapping) else ():
        value = score.get("value") if isinstance(score, Mapping) else None
        if isinstance(value, Mapping):
            found |= {f"{scorer}.{key}": part for key, part in value.items()}
        elif value is not None:
            found[scorer] = value
    return found


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _as_number(value: object) -> float | None:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        known = _LETTERS.get(value, _WORDS.get(value.lower()))
        if known is not None:
            return known
    found = number(value)
    return None if found is None or not math.isfinite(found) else float(found)


def metrics_of(log: Log, epochs: Sequence[Sequence[Item]], notes: list[str]) -> list[dict[str, float]]:
    """Return the metrics of each epoch: those of the log where it has one, else the means of an epoch's own samples."""
    scores = [each for each in (log.header.get("results") or {}).get("scores") or () if isinstance(each, Mapping)]
    names = [str(each.get("name") or "") for each in scores]
    reducers = {name: {each.get("reducer") for each, its in zip(scores, names, strict=True) if its == name}
                for name in names}  # fmt: skip
    made: list[dict[str, float]] = [{} for _ in epochs]
    for score, name in zip(scores, names, strict=True):
        reducer = score.get("reducer")
        metrics = score.get("metrics")
        for metric, each in metrics.items() if isinstance(metrics, Mapping) else ():
            value = number(each.get("value")) if isinstance(each, Mapping) else None
            if value is None or metric in _SPREADS or each.get("group") in _SPREADS:
                continue
            parts = [name] if len(reducers) > 1 else []
            if len(epochs) == 1:
                parts += [str(reducer)] if len(reducers[name]) > 1 else []
                made[0][".".join([*parts, metric])] = float(value)
                continue
            shown = ".".join([*parts, metric])
            means = _means(epochs, (name, f"{score.get('scorer')}.{name}")) if metric in _MEANS else []
            over_all = reducer in _REDUCED_BY_MEAN
            if means and (not over_all or _averages(means, epochs, value)):
                for found, mean in zip(made, means, strict=True):
                    found[shown] = mean
            if not over_all or shown not in made[0]:
                by = "" if over_all else f" by {reducer}"
                notes.append(f"{shown}{by} is over all epochs of {log.path.name}, and left out of each")
    return made


def _means(epochs: Sequence[Sequence[Item]], keys: tuple[str, str]) -> list[float]:
    """Return the mean score in each epoch; none where some score is no number, or an epoch has none."""
    found = []
    for items in epochs:
        values = [each.scores[key] for each in items for key in keys if key in each.scores]
        numbers = [value for value in values if value is not None]
        if not numbers or len(numbers) < len(values):
            return []
        found.append(sum(numbers) / len(numbers))
    return found


def _averages(means: Sequence[float], epochs: Sequence[Sequence[Item]], value: float) -> bool:
    """Return whether the epochs' means average to the log's value, which a metric of another kind does not have.

    Where a sample lacks a score in some epoch they need not.
    """
    whole = all(len(items) == len(epochs[0]) and all(each.scores for each in items) for items in epochs)
    return not whole or abs(sum(means) / len(means) - value) <= _ROUNDING
