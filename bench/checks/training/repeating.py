"""Laws of repetition: what a training's numbers must not depend on."""

from __future__ import annotations

from bench.checks.training.case import (
    AMBIENT_STATE,
    HASHING,
    KILLED,
    REPEATED,
    RESUMED,
    WORKERS,
    Case,
)
from bench.checks.training.law import Finding, Law, NotApplicable
from bench.checks.training.once import Run
from bench.checks.training.pairing import order_cure
from bench.checks.training.traces import (
    evaluations,
    in_training,
    inputs,
    masking,
    same_masks,
    same_order,
    same_training,
    weights,
)


def what_differs(case: Case, other: Run) -> str:
    """Return what differs first between the training as it is and another run of it, and what to do."""
    base = case.base
    if weights(base) != weights(other):
        return "the initial weights differ: make the network inside `with trial.random('init'):`"
    if same_order(base, other) is False:
        return f"the batch order differs: {order_cure(case)}"
    if in_training(base) and in_training(base) != in_training(other):
        return f"the order of the examples differs: {order_cure(case)}"
    if inputs(base) != inputs(other):
        return (
            "the same examples are augmented otherwise: draw the augmentation inside "
            "`with trial.random('augment', epoch):`"
        )
    if masking(base) and not same_masks(base, other):
        return "the masks differ: train inside `with trial.random('mask', epoch):`"
    if repr(base.seen.losses) != repr(other.seen.losses):
        return (
            "the losses differ with the same weights and batches: something draws from a generator without a seed of "
            "the trial, reads a clock, or sums in a varying order (torch.use_deterministic_algorithms)"
        )
    if [each.rows for each in evaluations(base)] != [each.rows for each in evaluations(other)]:
        return "the evaluated examples, or their order, differ: make them from a fixed seed and do not shuffle them"
    return "what is given back differs: it comes from a clock, or from numbers drawn without a seed of the trial"


def _repeatable(case: Case) -> Finding:
    again = case.changed[REPEATED]
    if again.error:
        return f"a second run of the same trial fails: {again.error}"
    if same_training(case.base, again):
        return None
    return f"two runs of the same trial differ; {what_differs(case, again)}"


def _ambient(case: Case) -> Finding:
    if case.subject.is_command:
        return NotApplicable("a command starts from nothing but its own process")
    if not same_training(case.base, case.changed[REPEATED]):
        return NotApplicable("two runs of the same trial differ anyhow")
    other = case.changed[AMBIENT_STATE]
    if other.error:
        return f"with the global generators in another state the training fails: {other.error}"
    if same_training(case.base, other):
        return None
    if weights(case.base) != weights(other) and same_order(case.base, other) is not False:
        if case.base.seen.reseeded:
            return (
                "the seed is set after the weights were drawn, so that they depend on the state that the global "
                "generators were left in: make the network after seeding, inside `with trial.random('init'):`"
            )
        if not masking(case.base) or same_masks(case.base, other):
            return None  # the harness promises that the global generators are seeded from 'init' before the call
    return (
        "the training depends on the state that the global generators of Python, NumPy and torch were left in: "
        f"{what_differs(case, other)}"
    )


def _hashing(case: Case) -> Finding:
    other = case.changed.get(HASHING)
    if other is None:
        return NotApplicable("the function cannot be imported in a fresh interpreter")
    if not same_training(case.base, case.changed[REPEATED]):
        return NotApplicable("two runs of the same trial differ anyhow")
    if other.error:
        return f"in a fresh interpreter the training fails: {other.error}"
    if same_training(case.base, other):
        return None
    return (
        "in an interpreter with another PYTHONHASHSEED the numbers differ: something goes through a set, or hash() "
        f"of a text, whose order or value changes there; sort it. First, {what_differs(case, other)}"
    )


def _workers(case: Case) -> Finding:
    other = case.changed.get(WORKERS)
    if other is None:
        return NotApplicable("no DataLoader is used")
    before, now = max(case.base.seen.workers), other.ask.changes.workers
    if not same_training(case.base, case.changed[REPEATED]):
        return NotApplicable("two runs of the same trial differ anyhow")
    if other.error:
        return f"with {now} loader workers in place of {before} the training fails: {other.error}"
    if same_training(case.base, other):
        return None
    if same_order(case.base, other) is False:
        return (
            f"with {now} loader workers in place of {before} the batch order differs, since {order_cure(case)}; a "
            "data set that is read as a stream has to be shared out among its workers"
        )
    if before == 0 and not any("worker" in name for name in case.base.ask.settings):
        return None  # the data set draws in this process, inside a stream of the trial, and no setting moves it
    return (
        f"with {now} loader workers in place of {before} the numbers differ: examples are augmented from generators "
        "that each worker seeds for itself; draw the augmentation of example i in an epoch from "
        "`trial.numpy(f'augment {i}', epoch)`, or of whole batches in the training loop"
    )


def _resume(case: Case) -> Finding:
    base, killed, resumed = case.base, case.changed.get(KILLED), case.changed.get(RESUMED)
    if base.seen.asked_to_restore and not base.seen.saved:
        return NotApplicable("trial.restored() is called, and trial.save is not, in this short a training")
    if not base.seen.saved or killed is None or resumed is None:
        return NotApplicable("nothing is saved: a trial that is killed begins again")
    if not killed.died:
        return NotApplicable("it is saved at the end alone: a trial that is killed before begins again")
    if resumed.error:
        return f"a killed trial that goes on from what was saved fails: {resumed.error}"
    if not resumed.seen.asked_to_restore:
        return "a killed trial begins again though it has saved: call `state = trial.restored()` and go on from there"
    if not same_training(base, case.changed[REPEATED]):
        return NotApplicable("two runs of the same trial differ anyhow")
    if resumed.outcome == base.outcome and _is_tail(resumed.seen.losses, base.seen.losses):
        return None
    return (
        f"a killed trial that goes on gives other numbers than one that was not killed: {_not_restored(base, resumed)}"
    )


def _is_tail(end: list[float], whole: list[float]) -> bool:
    return not end or repr(whole[-len(end) :]) == repr(end)


def _not_restored(base: Run, resumed: Run) -> str:
    """Return what was not restored."""
    if len(base.seen.losses) == len(resumed.seen.losses) > 0:
        return "it does all epochs again, with what was saved; save the epoch, and go on from the next one"
    ends = inputs(base)[-len(inputs(resumed)) :] if inputs(resumed) else []
    if ends != inputs(resumed):
        return (
            "the batches differ; draw the order of each epoch from `trial.generator('order', epoch)`, or make the "
            "generator before `trial.restored()` and keep it while saving"
        )
    tail = masking(base)[-len(masking(resumed)) :] if masking(resumed) else []
    if [each.before for each in tail] != [each.before for each in masking(resumed)]:
        return "the masks differ; train each epoch inside `with trial.random('mask', epoch):`"
    first = resumed.seen.losses[:1]
    if first and first[0] not in base.seen.losses:
        return "the first loss differs already; save and restore the weights of every network and all buffers"
    if resumed.seen.losses and not _is_tail(resumed.seen.losses, base.seen.losses):
        return (
            "losses differ from the second step on; save and restore the optimiser and the learning-rate schedule too"
        )
    return "what is given back differs; save what is collected over the epochs too"


REPEATING_LAWS = (
    Law("repeatable", "two runs of a trial give the same bits", _repeatable, equal_bits=True, needs=(REPEATED,)),
    Law("ambient-state", "random numbers drawn before the training change nothing in it", _ambient, equal_bits=True,
        needs=(REPEATED, AMBIENT_STATE)),
    Law("hash-seed", "the order of sets and the hashes of texts change nothing", _hashing, equal_bits=True,
        needs=(REPEATED,)),
    Law("loader-workers", "the number of a loader's workers changes nothing", _workers, equal_bits=True,
        needs=(REPEATED,)),
    Law("resume", "a killed trial that goes on gives the same bits", _resume, equal_bits=True, needs=(REPEATED,)),
)  # fmt: skip
