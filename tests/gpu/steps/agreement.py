"""The fused engine agrees with the stacked one at several sizes, and a network alone has the bits it has among 528."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

import torch

from tests.gpu import book
from tests.gpu.note import Note, WrongError

SHAPES = (
    ((784, 256, 256, 10), 256),
    ((784, 256, 10), 128),
    ((784, 512, 256, 128, 10), 64),
    ((100, 50, 30, 7), 33),
)
"""Layer widths and images a batch: the book's, fewer layers, more of them, and none of it a power of two."""
TINY_SHAPES = (((40, 32, 24, 10), 16), ((25, 18, 7), 5))
STACK, TINY_STACK = 528, 4
ROWS = 608
"""Two full batches of 256 and one of 96."""


def take(note: Note) -> None:
    book.need_triton()
    shapes = TINY_SHAPES if note.rehearsal else SHAPES
    precisions = ("float32",) if note.rehearsal else book.PRECISIONS
    stack = TINY_STACK if note.rehearsal else STACK
    with workers(note.rehearsal) as pool:
        jobs: dict[Future[dict[str, Any]], str] = {}
        for precision in precisions:
            jobs[pool.submit(alone, precision, stack, note.device)] = "alone"
            jobs |= {pool.submit(agreed, shape, precision, note.device): "agreement" for shape in shapes}
        for done in as_completed(jobs):
            if error := done.exception():
                note.add("errors", {"what": jobs[done], "message": f"{type(error).__name__}: {error}"})
            else:
                note.add(jobs[done], done.result())
    found = {"agreement": [], "alone": [], "errors": []} | note.found
    wrong = [f"{row['sizes']} in {row['precision']}" for row in found["agreement"] if not row["agree"]]
    wrong += [f"alone or among {stack} in {row['precision']}" for row in found["alone"] if row["differing"]]
    wrong += [f"{row['what']}: {row['message']}" for row in found["errors"]]
    if wrong:
        raise WrongError(f"engines or stacks differ: {'; '.join(wrong)}")


@contextmanager
def workers(rehearsal: bool) -> Iterator[Executor]:
    """Compile on several cores: processes of their own; in a rehearsal this one."""
    if rehearsal:
        yield Here()
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(2 * len(book.PRECISIONS), mp_context=context) as pool:
            yield pool


class Here(Executor):
    """An executor that does what it is given at once, in this process."""

    def submit(self, fn: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*arguments, **named))
        except Exception as error:  # noqa: BLE001 - it is the future's, as in a process of its own
            future.set_exception(error)
        return future


def agreed(shape: tuple[tuple[int, ...], int], precision: str, device: str) -> dict[str, Any]:
    """Return what bench.engines.fused.agreement finds at layer widths and a batch size."""
    from bench.engines.fused.agreement import agreement  # noqa: PLC0415 - imports Triton

    sizes, batch_size = shape
    found = agreement(torch.device(device), sizes, batch_size, precision)
    return {"sizes": sizes, "batch_size": batch_size} | found.record()


def alone(precision: str, count: int, device: str) -> dict[str, Any]:
    """Train an epoch of `count` networks, and some of them alone; return how many numbers differ."""
    setting = book.setting(device == "cpu")
    rows = min(ROWS, setting.train_size)
    split = book.split(setting, device, rows, test_size=256 if device == "cuda" else 16)
    many = book.trials(count, precision, device, setting.recipe())
    together = trained(many, split)
    places = sorted({0, count // 4, count // 2 + 1, count - 1})
    differing = compared = 0
    for place in places:
        single = trained([many[place]], split)
        for ours, theirs in zip(single, together, strict=True):
            differing += int((ours[0] != theirs[place]).sum())
            compared += ours[0].numel()
    return {"precision": precision, "stack": count, "places": places, "numbers": compared, "differing": differing}


def trained(trials: list[Any], split: Any) -> list[torch.Tensor]:
    """Return weights, biases, running losses and test hits after an epoch, each with a first axis of trials."""
    from bench.engines.fused.training import FusedEngine  # noqa: PLC0415 - imports Triton

    engine = FusedEngine(trials, split)
    running, test = engine.train_epoch(0), engine.evaluate("test")
    losses = torch.tensor([score.loss for score in running], dtype=torch.float64)
    hits = torch.stack([score.correct for score in test])
    return [*engine.stack.networks.weights, *engine.stack.networks.biases, losses[:, None], hits]
