"""What is noted of tensors: their bytes, a hash of each example, and what a backward pass reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from bench.engines.own.watching.watch import digest


def tensors(given: Any) -> Iterator[torch.Tensor]:
    """Yield the tensors in what a call takes or gives."""
    if isinstance(given, torch.Tensor):
        yield given
    elif isinstance(given, dict):
        yield from tensors(list(given.values()))
    elif isinstance(given, list | tuple):
        for each in given:
            yield from tensors(each)


def raw(tensor: torch.Tensor) -> bytes:
    """Return the bytes of a tensor."""
    return tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def rows(tensor: torch.Tensor) -> tuple[int, ...]:
    """Return a hash of each example of a batch."""
    if tensor.ndim == 0 or not len(tensor):
        return ()
    content, size = raw(tensor), tensor.nbytes // len(tensor)
    return tuple(digest(content[start : start + size]) for start in range(0, len(content), size))


def shapes(values: Iterator[torch.Tensor]) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Return shape and hash of each parameter."""
    return tuple((tuple(each.shape), digest(raw(each))) for each in values)


def leaves(value: torch.Tensor) -> list[torch.Tensor]:
    """Return the tensors that a backward pass reaches, those of networks and others."""
    found: dict[int, torch.Tensor] = {}
    waiting, known = [value.grad_fn], set[Any]()
    while waiting:
        node = waiting.pop()
        if node is None or node in known:
            continue
        known.add(node)
        if (leaf := getattr(node, "variable", None)) is not None:
            found[id(leaf)] = leaf
        waiting += [each for each, _ in node.next_functions]
    return list(found.values())


def are_shares(scores: torch.Tensor, target: torch.Tensor) -> bool:
    """Tell whether labels are shares of classes, one row for each example, that add up to 1."""
    if not target.is_floating_point() or target.ndim < 2 or target.shape != scores.shape:
        return False
    sums = target.detach().sum(1)
    return bool(torch.allclose(sums, torch.ones_like(sums), atol=1e-3))
