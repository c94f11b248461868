"""The laws of regularisers: what each trial's numbers must not depend on, and what a record must say."""

from __future__ import annotations

import random
from functools import partial

import numpy as np
import torch

from bench.base.draws import Position
from bench.checks.plugin.law import Law
from bench.checks.plugin.random_numbers import NUMBER_LAWS
from bench.checks.plugin.training import (
    beside,
    same,
    setting,
    split,
    stack,
    streams_noted,
    trained,
    weaker,
    without,
)
from bench.engines.stacked.train import StackedEngine
from bench.record.trials import Condition
from bench.regularisers.record import Draw, Regulariser, Weights
from bench.study.fields import LARGEST

ALWAYS_DRAWN = {"order", "initialisation"}
PLAIN = Condition("none", ())


def _record(record: Regulariser) -> str | None:
    if not record.low <= record.null <= record.high:
        return f"null {record.null:g} is not within {record.low:g} to {record.high:g}"
    if not record.low <= record.typical <= record.high or record.typical == record.null:
        return f"typical {record.typical:g} must be within {record.low:g} to {record.high:g} and not null"
    if record.whole and record.typical != int(record.typical):
        return f"strengths are whole numbers, and typical is {record.typical:g}"
    if not (record.definition and record.source and record.reference):
        return "definition, source and reference must each say something"
    return None if record.hooks() or record.passes else "it has no hook: it does nothing"


def _identity(record: Regulariser) -> str | None:
    draw, null = Draw(0, Position(), 0.5, (28, 28)), torch.tensor([record.null], dtype=torch.float64)
    if (record.hidden or record.weights) and not torch.equal(
        record.multiplier(draw, null, (64, 32)), torch.ones(1, 64, 32)
    ):
        return "at null its multiplier is not exactly 1"
    numbers = torch.linspace(0, 1, 6 * 784).reshape(1, 6, 784)
    changes = {"inputs": record.inputs, "targets": record.targets}
    layers = [Weights(numbers.clone(), numbers.flip(2).contiguous(), 5)]
    for name, change in changes.items():
        changed = numbers.clone()
        if change:
            change(draw, null, changed)
        if not torch.equal(changed, numbers):
            return f"at null it changes the {name}"
    if record.gradient:
        record.gradient(draw, null, layers)
    for update in filter(None, (record.before_step, record.after_step)):
        update(null, 0.5, layers)
    if not torch.equal(layers[0].gradient, numbers.flip(2)):
        return "at null it changes gradients"
    return None if torch.equal(layers[0].parameters, numbers) else "at null it changes weights"


def _absent(record: Regulariser) -> str | None:
    absent = without(record, "absent")
    null, active = setting(record, record.null, "null"), setting(record, record.typical)
    (alone,) = trained(absent)
    first, _, third = trained(absent, active, null)
    if not same(first, alone):
        return "a trial without it is another beside one that has it"
    return None if same(third, alone) else "at null a trial is not what it is without it"


def _stacked(record: Regulariser) -> str | None:
    none, active, weak = without(record), setting(record, record.typical), setting(record, weaker(record), "weak")
    (alone,), (weak_alone,) = trained(active), trained(weak)
    first, second, _, fourth = trained(none, weak, none, active)
    others = trained(active, weak, active)
    if same(first, alone):
        return f"at {record.typical:g} it does nothing"
    right = [(second, weak_alone), (fourth, alone), *zip(others, (alone, weak_alone, alone), strict=True)]
    if not all(same(*pair) for pair in right):
        return "a trial in a stack is not the same to the bit as alone"
    _, _, third, fourth = trained(active, weak, others=(weak, active))
    mixed = same(third, alone) and same(fourth, weak_alone)
    return None if mixed else "a trial is not the same to the bit beside trials of another seed"


def _stream(record: Regulariser) -> str | None:
    states = _global_states()
    with streams_noted() as streams:
        trained(setting(record, record.typical))
    if foreign := sorted(streams - {*ALWAYS_DRAWN, record.name, *beside(record)}):
        return f"it draws from the stream {foreign[0]!r}; its own, {record.name!r}, is for it alone"
    return (
        None if _global_states() == states else "it draws from a global generator; take numbers from bench.base.draws"
    )


def _global_states() -> tuple[object, ...]:
    """Return the states of the generators that are everybody's."""
    return torch.random.get_rng_state().numpy().tobytes(), str(np.random.get_state()), random.getstate()


def _untrained(record: Regulariser) -> str | None:
    active = setting(record, record.null if record.passes else record.typical)
    plain, regularised = (StackedEngine(stack(each), split()) for each in (without(record), active))
    (expected,), (found,) = plain.evaluate("test"), regularised.evaluate("test")
    unlike = found.loss != expected.loss or not torch.equal(found.correct, expected.correct)
    return "before any training, evaluation is not what it is without it" if unlike else None


def _end(record: Regulariser, end: str) -> str | None:
    strength = min(getattr(record, end), LARGEST)
    try:
        _, neighbour = trained(setting(record, strength), PLAIN)
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer
        return f"at {strength:g} it raises {type(error).__name__}: {error}"
    return None if same(neighbour, trained(PLAIN)[0]) else f"at {strength:g} it changes a neighbour's numbers"


def _diverging(record: Regulariser) -> str | None:
    active, weak = setting(record, record.typical), setting(record, weaker(record), "weak")
    engines = [StackedEngine(stack(*each), split()) for each in ((active,), (active, weak, active))]
    for layer in engines[1].network:
        layer.parameters[:-1] = torch.inf
        layer.refresh()
    for epoch in range(2):
        (alone,), (*_, stacked) = (engine.train_epoch(epoch) for engine in engines)
        for engine in engines:
            engine.end_epoch(epoch)
        one, other = (engine.evaluate("test")[-1] for engine in engines)
        if stacked.loss != alone.loss or one.loss != other.loss or not torch.equal(one.correct, other.correct):
            return "a trial is another beside one whose weights are infinite: it sums, or draws, over networks"
    return None


LAWS = (
    Law("record", "the record says what it is, and its strengths are in order", _record),
    Law("null-hooks", "each hook is the identity at the null strength", _identity),
    Law("null-absent", "a trial at null is to the bit what it is without it, whatever it is trained beside", _absent),
    Law("stack", "it acts, and a trial in a stack, also with other seeds, is to the bit what it is alone", _stacked),
    Law("stream", "its random numbers come from the stream of its own name: nobody else's move", _stream),
    Law("training-only", "a network that is not trained is evaluated as without it", _untrained),
    Law("low-end", "its least strength trains, and does nothing to a neighbour", partial(_end, end="low")),
    Law("high-end", "its greatest strength trains, and does nothing to a neighbour", partial(_end, end="high")),
    Law("divergence", "a neighbour that diverges changes nothing", _diverging),
    *NUMBER_LAWS,
)
