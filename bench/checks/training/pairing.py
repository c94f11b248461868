"""Laws of pairing: what the conditions of a seed share, and what each stream moves."""

from __future__ import annotations

from typing import Any

from bench.checks.training.case import INIT, MASK, ORDER, SEED, Case
from bench.checks.training.law import Finding, HoldsAsSeen, Law, NotApplicable
from bench.checks.training.once import Run
from bench.checks.training.traces import (
    batches,
    first_difference,
    in_training,
    inputs,
    is_seen,
    masking,
    same_masks,
    same_order,
    same_shapes,
    same_training,
    test_passes,
    weights,
)

ALONE = NotApplicable("there is one condition alone; give a setting to move, as in --set dropout=0.5")
UNSEEN = NotApplicable("no training by torch was seen, and what it starts from or draws cannot be seen from outside")
ORDER_UNSEEN = NotApplicable("the order of the examples cannot be seen from outside")


def _init_cure(run: Run) -> str:
    return (
        "make the network inside `with trial.random('init'):`, before anything else is drawn"
        if ("init", 0, 0) not in run.seen.requests
        else "draw nothing but weights inside `with trial.random('init'):`, in the same order in each condition"
    )


def order_cure(case: Case) -> str:
    """Return where the order comes from, and what to do."""
    if case.uses_loader:
        return (
            "the DataLoader draws from the global generator; give it `generator=trial.generator('order')`"
            if not case.asks_for(ORDER)
            else "give the DataLoader, and every sampler, `trial.generator('order')`, which nothing else draws from"
        )
    return (
        "the order is drawn from a generator that is not of the stream 'order'; draw it from "
        "`trial.generator('order', epoch)` or `trial.numpy('order', epoch)`, which nothing else draws from"
    )


def _shared_init(case: Case) -> Finding:
    if not case.others:
        return ALONE
    control = case.conditions[case.control]
    if not weights(control):
        return UNSEEN
    unlike = [label for label, run in case.others if not same_shapes(run, control)]
    for label, run in case.others:
        if label not in unlike and weights(run) != weights(control):
            return f"initial weights differ between {case.control} and {label}, at one seed: {_init_cure(run)}"
    if len(unlike) == len(case.others):
        return NotApplicable("the conditions have networks of different shapes")
    return None


def _shared_order(case: Case) -> Finding:
    if not case.others:
        return ALONE
    control = case.conditions[case.control]
    seen = [(label, run, same_order(control, run)) for label, run in case.others]
    for label, run, same in seen:
        if same is False and len(inputs(run)) == len(inputs(control)):
            epoch = first_difference(control, run)
            since = f" from epoch {epoch} on" if epoch and epoch > 1 else ""
            at_once = all(one[:1] != other[:1] for one, other in zip(_begun(run), _begun(control), strict=True))
            cause = (
                "since the generator of one of them is in another state from the first batch on"
                if at_once
                else "since something that only one of them does draws from the same generator"
            )
            return (
                f"the batch order changes with the condition{since} ({case.control}, {label}), {cause}: "
                f"{order_cure(case)}"
            )
    if all(same is None for *_, same in seen):
        return ORDER_UNSEEN
    return None if any(same for *_, same in seen) else NotApplicable("the conditions take different numbers of batches")


def _begun(run: Run) -> tuple[list[Any], list[Any]]:
    """Return the batches and the labels that it was trained on, in their order."""
    return inputs(run), run.seen.targets


def _shared_test(case: Case) -> Finding:
    if not case.others:
        return ALONE
    control = case.conditions[case.control]
    expected = set(test_passes(control))
    for label, run in case.others:
        if run.row.get("test_total") != control.row.get("test_total"):
            return f"{case.control} and {label} are tested on different numbers of examples; test all on the same ones"
        if expected and test_passes(run) and not expected & set(test_passes(run)):
            return (
                f"the test examples, or their order, differ between {case.control} and {label}, so that what each "
                "gets right cannot be compared; make the test set from a fixed seed and do not shuffle it"
            )
    return None if expected else NotApplicable("the evaluation of the test set cannot be seen from outside")


def _stream_init(case: Case) -> Finding:
    base, moved = case.base, case.changed[INIT]
    if moved.error:
        return f"with another seed of 'init' the training fails: {moved.error}"
    if not weights(base):
        return (
            _changes(INIT)
            if not same_training(base, moved)
            else NotApplicable("nothing changes with the stream 'init'")
        )
    if weights(base) == weights(moved):
        if not any(each.drawn for each in base.seen.networks) and base.seen.networks:
            return NotApplicable("the initial weights are not random")
        return (
            "the initial weights are the same whatever the stream 'init' is: they are drawn before a seed is set, or "
            "from a seed of their own; make the network inside `with trial.random('init'):`"
        )
    return _nothing_else(case, moved, INIT)


def _stream_order(case: Case) -> Finding:
    base, moved = case.base, case.changed[ORDER]
    if moved.error:
        return f"with another seed of 'order' the training fails: {moved.error}"
    same = same_order(base, moved)
    if same is None:
        if same_training(base, moved) and case.asks_for(ORDER) and base.curve:
            return "the stream 'order' is requested and changes nothing: draw the order of the examples from it"
        return _changes(ORDER) if not same_training(base, moved) else ORDER_UNSEEN
    if same:
        if inputs(base) and batches(base) == 1:
            return NotApplicable("every step takes all examples")
        return f"the order of the examples is the same whatever the stream 'order' is: {_order_cause(case)}"
    return _nothing_else(case, moved, ORDER)


def _order_cause(case: Case) -> str:
    """Return why the order does not follow its stream."""
    if same_order(case.base, case.changed[INIT]) is False:
        return f"it changes with the stream 'init' instead, since {order_cure(case)}"
    if same_order(case.base, case.changed[SEED]) is False:
        return f"it is made from trial.seed; {order_cure(case)}"
    return (
        "the examples are not shuffled, or from a seed of their own, so that no seed changes their order; "
        "draw it from `trial.generator('order')`"
    )


def _stream_mask(case: Case) -> Finding:
    base, moved = case.base, case.changed[MASK]
    if moved.error:
        return f"with another seed of 'mask' the training fails: {moved.error}"
    if same_training(base, moved):
        noisy = bool(base.seen.drops or masking(base))
        if noisy or (case.asks_for(MASK) and not is_seen(base) and base.curve and case.main != case.control):
            return (
                "the masks are the same whatever the stream 'mask' is: dropout draws from the global generators in "
                "another state; train inside `with trial.random('mask', epoch):`"
            )
        return NotApplicable("nothing is drawn from the stream 'mask'")
    return _nothing_else(case, moved, MASK)


def _changes(stream: str) -> HoldsAsSeen:
    return HoldsAsSeen(f"the stream {stream!r} changes the result; what else it moves cannot be seen")


def _nothing_else(case: Case, moved: Run, stream: str) -> Finding:
    """Return what a stream moves that is another's."""
    base = case.base
    if stream != INIT and weights(base) and same_shapes(base, moved) and weights(base) != weights(moved):
        return f"the stream {stream!r} moves the initial weights: {_init_cure(base)}"
    if stream != ORDER and same_order(base, moved) is False:
        return f"the stream {stream!r} moves the batch order: {order_cure(case)}"
    if stream != MASK and masking(base) and not same_masks(base, moved):
        return (
            f"the stream {stream!r} moves the masks: dropout draws from the global generators as {stream!r} left "
            "them; train inside `with trial.random('mask', epoch):`"
        )
    return None if is_seen(base) else _changes(stream)


def _seed_used(case: Case) -> Finding:
    base, moved = case.base, case.changed[SEED]
    if moved.error:
        return f"with another seed the training fails: {moved.error}"
    if same_training(base, moved) and weights(base) == weights(moved):
        return (
            "another seed gives the same numbers: the seed is not used; draw from trial.random, trial.generator or "
            "trial.numpy, or seed with trial.seed and trial.seeds"
        )
    shuffles = in_training(base)
    if not is_seen(base) and shuffles and shuffles == in_training(moved):
        return f"the examples are shuffled alike at every seed: {order_cure(case)}"
    return None


PAIRING_LAWS = (
    Law("shared-init", "conditions of a seed start from the same weights", _shared_init),
    Law("shared-order", "conditions of a seed see the same examples in the same order", _shared_order),
    Law("shared-test", "conditions are tested on the same examples in the same order", _shared_test),
    Law("stream-init", "the stream 'init' moves the initial weights and nothing else", _stream_init, needs=(INIT,)),
    Law("stream-order", "the stream 'order' moves the batch order and nothing else", _stream_order,
        needs=(ORDER, INIT, SEED)),
    Law("stream-mask", "the stream 'mask' moves the masks and nothing else", _stream_mask, needs=(MASK,)),
    Law("seed-used", "another seed gives another training", _seed_used, needs=(SEED,)),
)  # fmt: skip
