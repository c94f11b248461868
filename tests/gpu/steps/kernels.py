"""The kernels of the book's sizes as this machine compiles them: registers, spills, and which matrix instructions."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

from tests.gpu import book
from tests.gpu.note import Note, WrongError

REHEARSED = 3
"""Kernels that a rehearsal compiles."""
ROWS = 1024
"""Images: a whole pass of evaluation, and a multiple of 16 as 60,000 is, so that later steps find these kernels."""
INSTRUCTIONS = {
    "ptx": ("wgmma.mma_async", "mma.sync", "cp.async", "ld.local", "st.local"),
    "sass": ("HGMMA", "HMMA", "FFMA", "LDL", "STL"),
}


def take(note: Note) -> None:
    book.need_triton()
    if note.rehearsal:
        return rehearse(note)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(book.PRECISIONS), mp_context=spawn) as pool:
        for done in as_completed([pool.submit(compiled, precision) for precision in book.PRECISIONS]):
            for row in done.result():
                note.add("kernels", row)
    check(note.found["kernels"])
    return None


def rehearse(note: Note) -> None:
    """Compile some kernels for an H200, without launching them: not in the interpreter, which compiles none."""
    os.environ.pop("TRITON_INTERPRET", None)
    from tests.unit.bench.engines.fused.compile_kernels import kernels  # noqa: PLC0415 - imports Triton

    for name, made in itertools.islice(kernels(), REHEARSED):
        note.add("kernels", {"kernel": name} | described(made))


def check(rows: list[dict[str, Any]]) -> None:
    """Raise WrongError where a precision has no kernel, or tensor cores are not used where they must be."""
    if absent := [p for p in book.PRECISIONS if not any(row["precision"] == p for row in rows)]:
        raise WrongError(f"no kernel was seen of {', '.join(absent)}")
    products = [
        row
        for row in rows
        if row["precision"] in ("tf32", "bfloat16") and row["kernel"] in ("hidden_kernel", "update_kernel")
    ]
    if idle := [row for row in products if not row["ptx"]["wgmma.mma_async"] and not row["ptx"]["mma.sync"]]:
        raise WrongError(f"no tensor cores in {', '.join(sorted({row['kernel'] for row in idle}))}")


def compiled(precision: str) -> list[dict[str, Any]]:
    """Train and evaluate two networks for a step; return what every kernel was compiled to."""
    from bench.engines.fused.step import FusedStack  # noqa: PLC0415 - imports Triton

    with launches() as seen:
        stack = FusedStack(book.trials(2, precision, "cuda", book.BOOK.recipe()), book.split(book.BOOK, "cuda", ROWS))
        stack.begin_epoch(0)
        stack.step()
        stack.evaluate(stack.parts["train"])
        stack.scores(ROWS)
        rows = [{"precision": precision} | each | described(made) for each, made in seen()]
    return rows


@contextmanager
def launches() -> Iterator[Callable[[], list[tuple[dict[str, Any], Any]]]]:
    """Let every launch of a kernel be seen: the function that is yielded returns each one's constants and what ran."""
    from triton.runtime.jit import JITFunction  # noqa: PLC0415 - may be absent

    seen: dict[Any, tuple[dict[str, Any], Any]] = {}
    plain = JITFunction.run

    def run(self: Any, *arguments: Any, **options: Any) -> Any:
        made = plain(self, *arguments, **options)
        name = getattr(self, "__name__", str(self))
        told = {
            key: options[key]
            for key in ("LAYER", "TRAINING", "PRECISION", "M", "N", "DEPTH", "num_warps")
            if key in options
        }
        seen.setdefault((name, *told.items()), ({"kernel": name, "constants": told}, made))
        return made

    JITFunction.run = run
    try:
        yield lambda: list(seen.values())
    finally:
        JITFunction.run = plain


def described(made: Any) -> dict[str, Any]:
    """Return what is known of a compiled kernel; `registers` and `spills` only of one that was launched."""
    texts = {kind: _text(made, kind) for kind in INSTRUCTIONS}
    counts = {
        kind: None if text is None else {word: len(re.findall(rf"\b{re.escape(word)}\b", text)) for word in words}
        for (kind, words), text in zip(INSTRUCTIONS.items(), texts.values(), strict=True)
    }
    ptx = counts["ptx"] or {}
    return {
        "registers": getattr(made, "n_regs", None),
        "spills": getattr(made, "n_spills", None),
        "shared_bytes": made.metadata.shared,
        "wgmma": bool(ptx.get("wgmma.mma_async")),
        **counts,
    }


def _text(made: Any, kind: str) -> str | None:
    """Return the kernel in PTX, or its machine code disassembled, None where there is no disassembler."""
    try:
        return made.asm[kind]
    except Exception as error:  # noqa: BLE001 - whatever is missing: it is no fault of the kernel
        print(f"{kind}: {type(error).__name__}: {error}")
        return None
