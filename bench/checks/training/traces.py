"""What two trainings have in common: initial weights, order of the examples, masks, and everything."""

from __future__ import annotations

from collections.abc import Sequence

from bench.checks.training.once import Run
from bench.engines.own.watching.seen import Forward

FEW = 3
"""Different batches of labels that tell one order from another."""


def weights(run: Run) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Return shapes and hashes of the initial parameters; empty where none were seen."""
    seen = run.seen
    trained = {each.network for each in seen.trained}
    return tuple(part for index in sorted(trained) for part in seen.networks[index].initial) or seen.leaves


def same_shapes(one: Run, other: Run) -> bool:
    """Tell whether two trainings have parameters of the same shapes."""
    return [shape for shape, _ in weights(one)] == [shape for shape, _ in weights(other)]


def inputs(run: Run) -> list[tuple[int, ...]]:
    """Return the examples of each batch that was trained on."""
    return [each.rows for each in run.seen.trained if each.rows]


def same_order(one: Run, other: Run) -> bool | None:
    """Tell whether two trainings saw the same examples in the same order; None where that cannot be seen.

    Inputs may differ, where they are augmented or generated, and labels may, where they are smoothed or mixed: what
    agrees is enough, and what differs is no evidence where it is not the same examples that are elsewhere.
    """
    given, labels = (inputs(one), inputs(other)), (one.seen.targets, other.seen.targets)
    first = tuple([each.target for each in run.seen.trained if each.target is not None] for run in (one, other))
    telling = [pair for pair in (labels, first) if pair[0] and pair[1] and _tells(pair[0])]
    if any(_agree(*pair) for pair in (*telling, given) if pair[0] and pair[1]):
        return True
    if telling and not (one.seen.mixed or other.seen.mixed):
        return False
    in_place = _in_place(one, other)
    if in_place is not None:
        return in_place
    if in_training(one) and in_training(other):
        if one.seen.shuffles == other.seen.shuffles:
            return True
        return None if any(map(all, (given, labels))) else False
    return None


def _in_place(one: Run, other: Run) -> bool | None:
    """Tell whether most examples that two trainings share stand at the same places of each epoch; None without any."""
    shared = False
    first, second = _places(one), _places(other)
    for part in first.keys() & second.keys():
        both = first[part].keys() & second[part].keys()
        shared = shared or bool(both)
        if 2 * sum(first[part][row] == second[part][row] for row in both) < len(both):
            return False
    return True if shared else None


def _places(run: Run) -> dict[tuple[int, int], dict[int, list[int]]]:
    """Return where each example is trained on, by epoch and network."""
    parts: dict[tuple[int, int], list[int]] = {}
    for each in run.seen.trained:
        parts.setdefault((each.epoch, each.network), []).extend(each.rows)
    found: dict[tuple[int, int], dict[int, list[int]]] = {}
    for part, rows in parts.items():
        of_part = found.setdefault(part, {})
        for place, row in enumerate(rows):
            of_part.setdefault(row, []).append(place)
    return found


def _tells(targets: Sequence[object]) -> bool:
    return len({str(each) for each in targets}) >= min(FEW, len(targets))


def _agree(one: Sequence[object], other: Sequence[object]) -> bool:
    return list(one) == list(other)


def in_training(run: Run) -> list[tuple[int, int]]:
    """Return the permutations that were drawn after the first epoch, with their epochs: those are of training."""
    return [each for each in run.seen.shuffles if each[0] > 0]


def first_difference(one: Run, other: Run) -> int | None:
    """Return the epoch, from 1, from which the order differs; None where that cannot be seen."""
    pairs = zip(
        [each for each in one.seen.trained if each.rows],
        [each for each in other.seen.trained if each.rows],
        strict=False,
    )
    return next((first.epoch + 1 for first, second in pairs if first.rows != second.rows), None)


def batches(run: Run) -> int:
    """Return how many different sets of examples were trained on together: 1 where all are, always."""
    return len({frozenset(each) for each in inputs(run)})


def masking(run: Run) -> list[Forward]:
    """Return the calls that were trained on and drew from a global generator."""
    return [each for each in run.seen.trained if each.drew]


def same_masks(one: Run, other: Run) -> bool:
    """Tell whether the global generators were in the same states whenever a network drew from them in training."""
    return [each.before for each in masking(one)] == [each.before for each in masking(other)]


def same_training(one: Run, other: Run) -> bool:
    """Tell whether two trainings gave the same losses and the same outcome."""
    return repr(one.seen.losses) == repr(other.seen.losses) and one.outcome == other.outcome


def is_seen(run: Run) -> bool:
    """Tell whether a training by torch was seen."""
    return bool(run.seen.losses)


def examples(run: Run) -> set[int]:
    """Return the examples that were trained on."""
    return {row for rows in inputs(run) for row in rows}


def evaluations(run: Run) -> list[Forward]:
    """Return the calls that evaluate: no gradient came back through them."""
    trained = {each.network for each in run.seen.trained}
    return [
        each
        for each in run.seen.forwards
        if not each.trained and each.rows and (not each.gradient or each.network in trained)
    ]


def foreign(run: Run) -> list[Forward]:
    """Return the evaluations of batches with examples that were not trained on."""
    known = examples(run)
    return [each for each in evaluations(run) if not set(each.rows) <= known]


def test_passes(run: Run) -> list[tuple[int, ...]]:
    """Return the evaluations, batch after batch, that can be those of the test set.

    Those by trial.correct of which the result was given back; else all of as many examples as the test set has.
    """
    total, bits = run.row.get("test_total") or 0, run.row.get("test_bits")
    given = [(first, end) for first, end, packed in run.seen.corrected if packed == bits]
    if given:
        return [tuple(row for each in run.seen.forwards[first:end] for row in each.rows) for first, end in given]
    found: list[tuple[int, ...]] = []
    calls = evaluations(run)
    for start in range(len(calls) if total else 0):
        rows: tuple[int, ...] = ()
        for each in calls[start:]:
            if each.network != calls[start].network or len(rows) >= total:
                break
            rows += each.rows
        if len(rows) == total:
            found.append(rows)
    return found


def by_epoch(run: Run) -> list[list[Forward]]:
    """Return the calls that were trained on, epoch by epoch as they were reported."""
    found: dict[int, list[Forward]] = {}
    for each in run.seen.trained:
        found.setdefault(each.epoch, []).append(each)
    return [found[epoch] for epoch in sorted(found)]


def labels_by_epoch(run: Run) -> list[list[int]]:
    """Return the labels of each loss, epoch by epoch."""
    epochs = sorted({epoch for epoch, _ in run.seen.targets})
    return [[label for when, label in run.seen.targets if when == epoch] for epoch in epochs]
