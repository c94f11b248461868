"""Where a study stands, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from bench.record.store import Store
    from bench.run.standing import Standing


def print_standing(now: Standing, store: Store, file: TextIO | None = None) -> None:
    """Print how many trials are done, to do, and stale, and where those that are done came from, if not from here."""
    from bench.record.origins import TELLS_ORIGIN, notes

    lines = [f"{len(now.done):>8}  trials done", f"{len(now.to_do):>8}  to do"]
    for target, number in Counter(trial.target for trial in now.absent).items():
        lines.append(f"{number:>8}  left to do on {target}, which is not used here")
    if now.stale:
        lines.append(f"{now.stale:>8}  stale: trials of other settings or versions, kept but left out")
    lines += [f"note: {each}" for each in notes(now.rows(*TELLS_ORIGIN), store.made_with())]
    print("\n".join(lines), file=file, flush=True)
