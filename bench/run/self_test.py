"""What this machine must do right, or is known to do: checked before training, and recorded."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from bench.base import draws
from bench.base.draws import Position
from bench.base.precision import Target, operand_format, products
from bench.base.threads import single_thread
from bench.engines.fused.capacity import capacity_of
from bench.engines.stacked import model
from bench.engines.stacked.model import Workspace
from bench.engines.stacked.train import softmax_error

RANDOM123_ANSWER = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
"""Philox4x64-10 of counter 0 and key 0, from the known answers published with Random123."""

STEPS = 3


LAYOUTS = [*([size] for size in range(2, 9)), [1] * 8, [1, 3]]
"""Numbers of networks that share a batch, for each batch of a stack."""
Shapes = Mapping[tuple[int, ...], list[int]]
"""Layer widths of each network of a study, and the sizes of its batches, rising."""


def self_test(target: Target, shapes: Shapes) -> dict[str, Any]:
    """Return what was found; raise RuntimeError where random numbers are not what they must be.

    ``stack_slices_equal``: a network trained in a stack of 2 to 8, of one seed and of several, is the same to the bit
    as alone. Matrix libraries do not promise it.
    ``training_digest``: hash of parameters and logits after a few steps, to compare machines.
    """
    generator = np.random.Philox(key=0, counter=2**256 - 1)
    if generator.random_raw(4).tolist() != RANDOM123_ANSWER:
        raise RuntimeError("Philox4x64-10 does not give its published answer: this build of numpy cannot be used")
    single_thread()
    equal, digest = True, hashlib.sha256()
    with products(target.precision):
        for sizes, batch in ((sizes, batch) for sizes, rows in shapes.items() for batch in rows):
            alone = _after_steps(target, sizes, batch, [1])[0]
            digest.update(alone.tobytes())
            stacked = [found for layout in LAYOUTS for found in _after_steps(target, sizes, batch, layout)]
            equal = equal and all(np.array_equal(alone, found) for found in stacked)
    return {
        "philox_known_answer": True,
        "stack_slices_equal": equal,
        "training_digest": digest.hexdigest()[:16],
    }


def _after_steps(target: Target, sizes: tuple[int, ...], rows: int, layout: list[int]) -> list[np.ndarray]:
    """Return what each network of a stack holds after a few steps without noise, its losses, and its last logits.

    `layout` has how many networks share a batch, for each batch. All of them are of the same images.
    """
    stack_size, stops = sum(layout), itertools.accumulate(layout)
    sharing = [slice(stop - count, stop) for count, stop in zip(layout, stops, strict=True)]
    device = torch.device(target.device)
    weights = model.initial_weights(sizes, 0, "default")
    operands = operand_format(target.precision, torch.float32)
    network = model.build(weights, stack_size, torch.float32, device, operands)
    space = Workspace(network, rows, sharing)
    uniform = draws.uniforms(0, "self-test", Position(), STEPS * rows * sizes[0]).reshape(STEPS, rows, sizes[0])
    batches = torch.as_tensor(uniform, dtype=torch.float32, device=device)
    labels = torch.arange(rows, device=device) % sizes[-1]
    losses = []
    for batch in batches:
        space.batches[..., :-1] = batch
        logits = model.forward(network, space, model.no_noise)
        loss, _, error = softmax_error(logits, labels)
        losses.append(loss)
        model.backward(network, space, error)
        model.descend(network, 0.5)
    evaluated = model.predict(network, batches[0])
    found = [*(layer.parameters for layer in network), *losses, evaluated]
    return list(torch.cat([each.flatten(start_dim=1) for each in found], dim=1).cpu().numpy())


def fused_test(target: Target, shapes: Shapes) -> dict[str, Any]:
    """Return how the fused engine agrees with the stacked one on this device, and the ``capacity`` of its stacks.

    With networks of several shapes, it is the first on which the engines do not agree, else that of least capacity.
    """
    found = [_fused_test(target, sizes, max(rows)) for sizes, rows in shapes.items()]
    return min(found, key=lambda each: (each["agree"], each["capacity"]))


def _fused_test(target: Target, sizes: tuple[int, ...], batch_size: int) -> dict[str, Any]:
    from bench.engines.fused.agreement import agreement  # noqa: PLC0415 - Triton may be absent

    device = torch.device(target.device)
    try:
        found = agreement(device, sizes, batch_size, target.precision)
    except Exception as error:  # noqa: BLE001 - whatever the kernels raise is told, and nothing is trained there
        return {"agree": False, "error": f"{type(error).__name__}: {error}", "capacity": 1}
    return found.record() | {"capacity": capacity_of(device, sizes, batch_size)}
