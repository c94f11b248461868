"""Laws of the training loop: each epoch has numbers of its own, every layer learns, every setting is read."""

from __future__ import annotations

from collections import Counter

from bench.checks.training.case import SEED, WORKERS, Case
from bench.checks.training.law import Finding, Law, NotApplicable
from bench.checks.training.once import Run
from bench.checks.training.traces import (
    batches,
    by_epoch,
    in_training,
    is_seen,
    labels_by_epoch,
    masking,
    same_training,
    test_passes,
)
from bench.engines.own.watching.seen import Forward

ONE_EPOCH = NotApplicable("fewer than two epochs were trained; trial.epoch tells where one ends")
NO_TORCH = NotApplicable("no training by torch was seen")
AUGMENTING = ("aug", "noise", "crop", "flip", "jitter", "mix", "shift", "cutout")
"""Parts of the names of streams that inputs are changed by."""
TOGETHER = 1
ROUNDS = 3
"""Backward passes that show whether gradients are ever cleared."""


def _again(run: Run, streams: tuple[str, ...]) -> str | None:
    """Return a stream that is begun anew at the same place in several epochs."""
    used: dict[tuple[str, int], set[int]] = {}
    for stream, epoch, now in run.seen.requests:
        if epoch >= 0 and any(part in stream for part in streams):
            used.setdefault((stream, epoch), set()).add(now)
    return next((stream for (stream, _), epochs in used.items() if len(epochs) > 1), None)


def _order_fresh(case: Case) -> Finding:
    base = case.base
    cure = "draw it from `trial.generator('order', epoch)`, or from one generator that goes on over the epochs"
    told = f"the batch order is the same in each epoch: {cure}"
    if batches(base) == TOGETHER:
        return NotApplicable("every step takes all examples")
    traces = [
        [[each.rows for each in epoch if each.rows] for epoch in by_epoch(base)],
        [epoch for epoch in labels_by_epoch(base) if len(set(epoch)) > 2],
    ]
    seen = [trace for trace in traces if len(trace) > 1 and trace[0]]
    if not seen:
        shuffles = [value for _, value in in_training(base)]
        first = [value for epoch, value in base.seen.shuffles if epoch == 0]
        if is_seen(base) or not shuffles or not first:
            return ONE_EPOCH if len(base.curve) < 2 else NotApplicable("the order cannot be seen from outside")
        return told if first[-1] == shuffles[0] else None
    return told if any(all(epoch == trace[0] for epoch in trace[1:]) for trace in seen) else None


def _masks_fresh(case: Case) -> Finding:
    base = case.base
    cure = "give the epoch: `with trial.random('mask', epoch):`, and seed nothing inside of it"
    if _again(base, ("mask",)) and case.main != case.control:
        return f"the masks are the same in each epoch, since the stream 'mask' begins again: {cure}"
    drawn = masking(base)
    if not drawn:
        return NotApplicable("no network draws from a global generator in training")
    if len(drawn) < 2:
        return ONE_EPOCH
    state, times = Counter(each.before for each in drawn).most_common(1)[0]
    if times == 1:
        return None
    epochs = {each.epoch for each in drawn if each.before == state}
    each = "epoch" if len(epochs) > 1 else "step"
    return f"the masks are the same in each {each}, since the generator that dropout draws from is seeded again: {cure}"


def _augmentation_fresh(case: Case) -> Finding:
    base = case.base
    told = (
        "the augmentation is the same in each epoch: give the epoch, `with trial.random('augment', epoch):` or "
        "`trial.numpy('augment', epoch)`"
    )
    if stream := _again(base, AUGMENTING):
        return f"{told}; the stream {stream!r} begins again"
    epochs = [[each for each in epoch if each.rows] for epoch in by_epoch(base)]
    if not is_seen(base):
        return NO_TORCH
    if len(epochs) < 2 or not epochs[0]:
        return ONE_EPOCH
    if _states_repeat(epochs):
        return f"{told}, and seed nothing else in the loop"
    sets = [{row for each in epoch for row in each.rows} for epoch in epochs]
    if any(each != sets[0] for each in sets[1:]):
        return None
    other, workers = case.changed[SEED], case.changed.get(WORKERS)
    moved = _first_epoch(other) and not _first_epoch(other) & sets[0]
    if moved and set(test_passes(other)) & set(test_passes(base)):
        return told
    if workers is not None and workers.error is None and _first_epoch(workers) and _first_epoch(workers) != sets[0]:
        return f"{told}; workers of a loader that are seeded alike each time do so"
    return None


def _states_repeat(epochs: list[list[Forward]]) -> bool:
    """Tell whether the global generators move from step to step, networks aside, and go the same way in each epoch."""
    states = [[each.before for each in epoch] for epoch in epochs]
    moving = len(set(states[0])) == len(states[0]) > 1 and not any(each.drew for epoch in epochs for each in epoch)
    return moving and all(each == states[0] for each in states[1:])


def _first_epoch(run: Run) -> set[int]:
    return {row for each in by_epoch(run)[:1] for call in each for row in call.rows}


def _built_anew(case: Case) -> Finding:
    if not any(is_seen(run) for run in case.conditions.values()):
        return NO_TORCH
    kinds = dict.fromkeys(kind for run in case.conditions.values() for kind in run.seen.built_anew)
    if not kinds:
        return None
    return (
        f"{', '.join(kinds)} is built again in each forward pass, so that it is never trained, nor in evaluation mode: "
        "build it in __init__ and keep it in self"
    )


def _cleared(case: Case) -> Finding:
    seen = case.base.seen
    trained = {each.network for each in seen.trained}
    if not is_seen(case.base) or not trained:
        return NO_TORCH
    if any(each.unmoved for each in seen.networks):
        return NotApplicable("an optimiser that has not all parameters cannot clear the gradients of the others")
    if len(trained) > 1 or len(seen.losses) < ROUNDS:
        return NotApplicable("several networks, or too few steps, to tell")
    if seen.uncleared < len(seen.losses) - 1:
        return None
    return "gradients are never cleared, so that each step takes all before it again: call optimiser.zero_grad()"


def _all_trained(case: Case) -> Finding:
    seen = case.base.seen
    if not seen.trained:
        return NO_TORCH
    still = [name for each in seen.networks for name in each.unmoved]
    if not still:
        return None
    named = ", ".join(still[:3]) + (" and more" if len(still) > 3 else "")
    return f"{named}: has a gradient and is never changed; give the optimiser all of model.parameters()"


def _settings_read(case: Case) -> Finding:
    if not case.base.ask.settings:
        return NotApplicable("there are no settings; give them by --set")
    read = {name for run in case.conditions.values() for name in run.seen.settings_read}
    if not case.subject.is_command and (unread := [name for name in case.base.ask.settings if name not in read]):
        return f"{', '.join(unread)} is never read: read it from trial.settings, or leave it out"
    for name, (value, run) in case.moved.items():
        if run.error is None and same_training(case.base, run):
            was = case.base.ask.settings[name]
            return (
                f"{name} has no effect: with {value!r} in place of {was!r} the numbers are the same to the bit; "
                "use it, or leave it out"
            )
    return conditions_differ(case)


def conditions_differ(case: Case) -> str | None:
    """Return which condition gives the numbers of the control, though its settings are others."""
    control = case.conditions[case.control]
    for label, run in case.conditions.items():
        if label != case.control and run.ask.settings != control.ask.settings and same_training(control, run):
            varied = [each for each, value in run.ask.settings.items() if value != control.ask.settings.get(each)]
            told = f"{case.control} and {label} give the same numbers to the bit"
            return f"{told}: {', '.join(varied)} has no effect{_at_seed(run, varied)}"
    return None


def _at_seed(run: Run, varied: list[str]) -> str:
    """Return what follows: a setting that is read may matter at other seeds, as an unreached threshold does."""
    if run.seen.settings_read.isdisjoint(varied):
        return "; use it"
    return f" at seed {run.ask.seed}; use it, or give it a level that matters"


LEARNING_LAWS = (
    Law("settings-read", "every setting is read, and those that matter matter", _settings_read),
    Law("order-fresh", "each epoch has a batch order of its own", _order_fresh),
    Law("masks-fresh", "each step has masks of its own", _masks_fresh),
    Law("augmentation-fresh", "each epoch has augmentations of its own", _augmentation_fresh, needs=(SEED,)),
    Law("dropout-built-anew", "a network calls only layers that are part of it", _built_anew),
    Law("gradients-cleared", "gradients are cleared between steps", _cleared),
    Law("all-trained", "every parameter with a gradient changes", _all_trained),
)
