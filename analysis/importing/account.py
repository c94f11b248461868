"""The account of an import in words."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.importing.imported import Account, Row
from analysis.importing.pairs import Unpaired
from bench.schema.characters import BYTES, escaped

_MOST = 12


def render(account: Account) -> str:
    """Return which run became which condition and seed, which were not used, and what else to know."""
    task = f", task from {account.task_from!r}" if account.task_from else ""
    lines = [
        f"{account.kind}: {len(account.rows)} runs; condition from {_quoted(account.condition_from)}, "
        f"seed from {account.seed_from!r}{task}; metrics: {', '.join(account.metrics) or 'none'}"
    ]
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in account.rows:
        groups.setdefault((row.task or "", row.condition), []).append(row)
    shown = [
        (" / ".join(filter(None, key)), _seeds([row.seed for row in rows]), _few([row.run for row in rows]))
        for key, rows in groups.items()
    ]
    lines += _columns([("condition", "seeds", "runs"), *shown[:_MOST]])
    if len(shown) > _MOST:
        lines.append(f"  and {len(shown) - _MOST} more conditions")
    lines += [
        f"{row.status}: {row.run} ({row.condition}, seed {row.seed}){_why(row)}"
        for row in account.rows
        if row.status != "ok"
    ]
    lines += [f"not used: {each.run}: {each.reason}" for each in account.left_out]
    lines += [
        f"not paired: {_place(each)}: {each.reason} at seed{'' if len(each.seeds) == 1 else 's'} {_seeds(each.seeds)}, "
        "where another condition has a result"
        for each in account.unpaired[:_MOST]
    ]
    if len(account.unpaired) > _MOST:
        lines.append(f"not paired: {len(account.unpaired) - _MOST} more conditions lack seeds")
    return escaped("\n".join([*lines, *(f"note: {note}" for note in account.notes)]), but="\n" + BYTES)


def _place(each: Unpaired) -> str:
    return each.condition if each.task is None else f"{each.task} / {each.condition}"


def _why(row: Row) -> str:
    return f": {row.error}" if row.error else ""


def _quoted(names: Sequence[str]) -> str:
    return " and ".join(repr(name) for name in names)


def _seeds(seeds: Sequence[int | str]) -> str:
    """Return seeds, those in a row as first-last."""
    whole = sorted(seed for seed in seeds if isinstance(seed, int))
    spans: list[list[int]] = []
    for seed in whole:
        if spans and seed == spans[-1][1] + 1:
            spans[-1][1] = seed
        else:
            spans.append([seed, seed])
    texts = [str(low) if low == high else f"{low}-{high}" for low, high in spans]
    return _few([*texts, *(seed for seed in seeds if isinstance(seed, str))], 6)


def _few(names: Sequence[str], most: int = 3) -> str:
    more = [f"... ({len(names)})"] if len(names) > most else []
    between = "; " if any(", " in name for name in names[:most]) else ", "
    return between.join([*names[:most], *more])


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    return [
        "  " + "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]
