"""Sign agreement: how often so few seeds would have pointed the other way, in words and as a table."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.effect import Effect
from analysis.methods.sign_agreement import SIZES
from analysis.report.document import Column, Grid
from analysis.wording.number_format import NOTHING
from analysis.wording.phrases import count, listed, quoted
from analysis.wording.units import plain
from bench.schema.known_metrics import TYPICAL


def early_words(judged: Sequence[Effect]) -> str | None:
    """Return what one seed, and the most seeds that the study can answer for, would have said; None where unknown."""
    least = _share(judged, SIZES[0])
    if least is None:
        return None
    said = (
        f"The mean difference of {count(SIZES[0], 'seed')}, drawn from these, has the opposite sign to that of all "
        f"seeds in {least}"
    )
    most = next(size for size in reversed(SIZES) if _share(judged, size) is not None)
    if most != SIZES[0]:
        said += f"; that of {count(most, 'seed')} in {_share(judged, most)}"
    return f"{said}.{_other_sign(judged)}"


def _other_sign(judged: Sequence[Effect]) -> str:
    """Return where the typical difference leads and the mean of all seeds has the other sign."""
    names = [
        quoted(each.condition)
        for each in judged
        if each.headline.estimand == TYPICAL and (each.mean_difference or 0.0) * (each.headline.estimate or 0.0) < 0
    ]
    if not names:
        return ""
    return f" With {listed(names)} the typical difference, which leads, has another sign than this mean."


def early_grid(judged: Sequence[Effect]) -> Grid:
    """Return the shares of each comparison by size of study, in per cent."""
    return Grid(
        name="early",
        caption=(
            "Share of the subsets of so many seeds whose mean difference has the opposite sign to that of all seeds. "
            "At 50%, the sign of so few seeds is that of a coin."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("seeds in all"),
            *(Column(count(size, "seed"), "%") for size in SIZES),
        ),
        rows=tuple((each.condition, str(each.n_pairs), *map(_percent, each.opposite_sign.values())) for each in judged),
        data=tuple(
            {"condition": each.condition, "n_pairs": each.n_pairs}
            | {f"opposite_sign_{size}": share for size, share in each.opposite_sign.items()}
            for each in judged
        ),
    )


def _share(judged: Sequence[Effect], size: int) -> str | None:
    """Return the range of the shares in words, and of which conditions."""
    shares = ((each.opposite_sign[size], each.condition) for each in judged)
    known = sorted((share, condition) for share, condition in shares if share is not None)
    if not known:
        return None
    (low, first), (high, last) = known[0], known[-1]
    least, most = f"{plain(100 * low, 0)}%", f"{plain(100 * high, 0)}%"
    if least == most:
        return f"{least} of cases" + ("" if first == last else ", with each condition")
    return f"{least} ({quoted(first)}) to {most} ({quoted(last)}) of cases"


def _percent(share: float | None) -> str:
    return NOTHING if share is None else plain(100 * share, 1)
