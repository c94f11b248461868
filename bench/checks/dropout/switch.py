"""The switch: evaluation is the identity, and training drops again."""

from __future__ import annotations

from collections.abc import Callable

import torch

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.masks import Masks
from bench.checks.dropout.probing import ROWS, UNITS, call
from bench.checks.dropout.subject import MODULE
from bench.checks.dropout.verdicts import NOT_APPLICABLE, Figure, Found, Verdict, none_of

DROPPING = "units are dropped"


def evaluation(case: Case) -> Verdict:
    """In evaluation mode the output is the input, bit for bit."""

    def look(masks: Masks) -> Found:
        inputs, _, evaluated, _ = _switched(case, masks.rate)
        wrong = evaluated != inputs
        return none_of(inputs.numel(), int(wrong.sum()), masks.rate, _change(inputs[wrong], evaluated[wrong]))

    return _of_modules(case, "evaluation", look, "evaluation is the identity", _still_acts)


def _change(inputs: torch.Tensor, evaluated: torch.Tensor) -> str:
    """Say how what is not the input differs from it."""
    if not inputs.numel():
        return ""
    return DROPPING if (evaluated == 0).any() else f"output / input {float(evaluated[0] / inputs[0]):.4g}"


def _still_acts(figure: Figure) -> str:
    if figure.where == DROPPING:
        return "units are dropped in evaluation mode too: return the input where self.training is false"
    return (
        f"evaluation changes the input ({figure.where}): inverted dropout scales in training by 1 / (1 - p),"
        " and returns the input where self.training is false"
    )


def training_again(case: Case) -> Verdict:
    """After evaluation and train(), units are dropped as before."""

    def look(masks: Masks) -> Found:
        inputs, before, _, after = _switched(case, masks.rate)
        if torch.equal(before, inputs):
            return "nothing is dropped in training mode"
        return none_of(1, int(torch.equal(after, inputs)), masks.rate, "returns to training that switch nothing on")

    return _of_modules(
        case,
        "training-again",
        look,
        "train() after eval() drops units again",
        lambda _: "after eval(), train() does not switch dropout on again: go by self.training in forward",
    )


def _of_modules(
    case: Case, law: str, look: Callable[[Masks], Found], right: str, wrong: Callable[[Figure], str]
) -> Verdict:
    form = case.probe.subject.form
    if form != MODULE:
        return Verdict(law, NOT_APPLICABLE, f"a {form} has no train() and eval(): its caller must switch it off")
    return case.at_each_rate(law, look, right, wrong)


def _switched(case: Case, rate: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return an input, and the output in training, in evaluation, and in training again."""
    inputs = case.probe.inputs(ROWS, UNITS, stream=3)
    outputs = []
    with case.probe.seeded():
        layer = case.probe.make_module(rate)
        for training in (True, False, True):
            layer.train(training)
            outputs.append(call(layer, inputs).detach())
    return inputs, outputs[0], outputs[1], outputs[2]


SWITCH_LAWS = (
    Law("evaluation", "in evaluation mode the output is the input", evaluation),
    Law("training-again", "train() after eval() drops units again", training_again),
)
