"""Laws of evaluation: it is deterministic, in evaluation mode, on unseen examples, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from bench.checks.training.case import TWICE, UNDO, Case
from bench.checks.training.law import Finding, Law, NotApplicable
from bench.checks.training.once import Run
from bench.checks.training.pairing import order_cure
from bench.checks.training.traces import evaluations, examples, foreign, inputs, same_order, test_passes

UNSEEN = NotApplicable("no evaluation by a torch module was seen")
STRAY = 0.02
"""Share of test examples that may be trained on by chance, beside twice the share of doubles in training."""


def _in_any_condition(judge: Callable[[Run], str | None], case: Case) -> Finding:
    """Return what a law finds in the main condition, or else in another."""
    if not any(foreign(run) for run in case.conditions.values()):
        return UNSEEN
    runs = [case.base, *(run for label, run in case.conditions.items() if label != case.main)]
    return next((found for run in runs if (found := judge(run)) is not None), None)


def _deterministic(case: Case) -> Finding:
    twice = case.changed[TWICE]
    probed = [each for each in twice.seen.forwards if each.same_again is not None and not each.trained]
    if not probed:
        return UNSEEN
    wrong = next((each for each in probed if each.same_again is False), None)
    if wrong is None:
        return None
    if wrong.training or wrong.dropout_on:
        cause = "the network is in training mode; call model.eval() before, as trial.correct does"
    elif wrong.drops:
        cause = (
            "dropout is left on in evaluation: F.dropout(x, p) is always on; write F.dropout(x, p, self.training), or "
            "make an nn.Dropout in __init__"
        )
    else:
        cause = "a layer draws random numbers in evaluation mode too; draw only where self.training is true"
    return f"two evaluations of the same weights on the same examples differ: {cause}"


def _mode(run: Run) -> str | None:
    for each in foreign(run):
        if each.refit:
            continue
        if each.drops and not each.dropout_on:
            return (
                "dropout drops in evaluation, whatever the mode is: F.dropout(x, p) is always on, and so is a layer "
                "made in forward; write F.dropout(x, p, self.training), or make an nn.Dropout in __init__"
            )
        if each.dropout_on or each.norm_on:
            what = "dropout" if each.dropout_on else "batch normalisation"
            return (
                f"the network is evaluated in training mode, {what} on: call model.eval() before, or use trial.correct"
            )
    return _training_mode(run)


def _training_mode(run: Run) -> str | None:
    """Return how a network is in the wrong mode while it is trained."""
    for network in {each.network for each in run.seen.trained}:
        calls = [each for each in run.seen.trained if each.network == network]
        moody = [each for each in calls if each.dropout_on or each.dropout_off or each.norm_on or each.drew]
        if not moody:
            continue
        left = next((late for early, late in pairwise(calls) if early.training > late.training), None)
        if left is not None:
            return (
                f"evaluation mode is never left: from epoch {left.epoch + 1} on the network is trained with dropout "
                "and batch normalisation off; call model.train() at the beginning of each epoch"
            )
        if all(not each.training and each.dropout_off and not each.dropout_on for each in calls):
            return "the network is trained in evaluation mode, dropout off; call model.train() before training"
    return None


def _statistics(run: Run) -> str | None:
    moved = next((each for each in foreign(run) if each.statistics_moved and not each.refit), None)
    if moved is None:
        return None
    mode = "in training mode; call model.eval() before" if moved.norm_on or moved.training else "in its forward"
    return f"evaluation changes the network's running statistics (buffers): it is evaluated {mode}"


def _apart(case: Case) -> Finding:
    if not any(each.evaluation_moved for each in (case.changed[UNDO].seen,)):
        return None if evaluations(case.base) else UNSEEN
    if same_order(case.base, case.changed[UNDO]) is not False:
        return None
    moved = ", ".join(case.changed[UNDO].seen.evaluation_moved).partition(" (")[0]
    return (
        f"evaluation moves the batch order of the next epochs: it draws from {moved}, which the order is drawn from as "
        f"well (a DataLoader draws each time it is gone through, shuffled or not); {order_cure(case)}"
    )


def _test_unseen(case: Case) -> Finding:
    found: Finding = UNSEEN
    for run in case.conditions.values():
        known, passes = examples(run), test_passes(run)
        if not known or not passes:
            continue
        found = None
        first = [row for rows in inputs(run)[: _batches_of_first_epoch(run)] for row in rows]
        doubles = 1 - len(set(first)) / len(first)
        shares = [sum(row in known for row in rows) / len(rows) for rows in passes]
        if min(shares) > STRAY + 2 * doubles:
            return (
                f"{min(shares):.0%} of the test examples are among those that the network is trained on: split the "
                "data before training, and train on the training part alone"
            )
    return found


def _batches_of_first_epoch(run: Run) -> int:
    first = [each for each in run.seen.trained if each.rows]
    return len([each for each in first if each.epoch == first[0].epoch])


EVALUATING_LAWS = (
    Law("evaluation-deterministic", "evaluating twice gives the same bits", _deterministic, equal_bits=True,
        needs=(TWICE,)),
    Law("evaluation-mode", "evaluation is in evaluation mode, and training in training mode",
        partial(_in_any_condition, _mode)),
    Law("batch-statistics", "evaluation leaves running statistics as they are",
        partial(_in_any_condition, _statistics)),
    Law("evaluation-apart", "what evaluation draws does not move the training", _apart, needs=(UNDO,)),
    Law("test-unseen", "no test example is trained on", _test_unseen),
)  # fmt: skip
