"""Which epoch of a run its metrics are taken from: the last, or the best by a metric."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.base.errors import TableError, nearest
from analysis.importing.runs import FAILED, History, Run
from bench.schema.known_metrics import HIGHER, Direction, direction_of, words_of

LAST, BEST = "last", "best:"
_FEW = 4


@dataclass(frozen=True)
class Best:
    """The epoch at which a metric is best."""

    metric: str
    direction: Direction

    def place(self, history: History) -> float | None:
        """Return the first epoch or step with the best finite value; None where there is none."""
        sign = 1 if self.direction == HIGHER else -1
        finite = [(sign * value, -place) for place, value in history if math.isfinite(value)]
        return -max(finite)[1] if finite else None

    @property
    def doubt(self) -> str | None:
        """What a reader must know of this choice."""
        if "test" not in words_of(self.metric):
            return None
        return (
            f"--epochs {BEST}{self.metric}: the best of many looks at the test set flatters every run, and most those "
            "with the noisiest course; choose by a validation metric"
        )


def best_of(source: str, wanted: str, runs: Sequence[Run], direction: Direction | None) -> Best | None:
    """Return what ``--epochs`` asks for, None for the last epoch.

    Raises
    ------
    TableError
        Neither 'last' nor 'best:METRIC', no run with a history of the metric, or no direction.
    """
    if wanted == LAST:
        return None
    metric = wanted.removeprefix(BEST)
    if metric == wanted or not metric:
        raise TableError(source, [f"--epochs is {wanted!r}; allowed: {LAST!r} or '{BEST}METRIC'"])
    known = dict.fromkeys(name for run in runs for name in run.histories)
    if metric not in known:
        why = f"no run has a history of it{nearest(metric, known)}" if known else "this log has no values by epoch"
        raise TableError(source, [f"--epochs {wanted}: {why}"])
    better = direction or direction_of(metric)
    if better is None:
        raise TableError(
            source,
            [
                f"--epochs {wanted}: its name does not say which values are better: give --higher-is-better or "
                "--lower-is-better"
            ],
        )
    return Best(metric, better)


def at_best(run: Run, best: Best) -> Run:
    """Return a run with its metrics as they were at its best epoch.

    What was logged once in a run, such as a test after training, keeps its one value; what was logged at other epochs
    alone has none.
    """
    place = best.place(run.histories.get(best.metric, ()))
    once = {name: value for name, value in run.metrics.items() if len(run.histories.get(name, ())) < 2}
    if place is None:
        return replace(run, metrics=once)
    then = {name: dict(course)[place] for name, course in run.histories.items() if place in dict(course)}
    return replace(run, metrics=once | then)


def last_place(histories: Mapping[str, History]) -> float:
    """Return the last epoch or step of a run, -1 where it has none."""
    return max((place for course in histories.values() for place, _ in course), default=-1)


def unfinished(runs: Sequence[Run]) -> tuple[tuple[Run, ...], list[str]]:
    """Return runs of a log that does not say how they ended, those that stopped early as failed, and what to say of it.

    Stopped early: no metric at all, or fewer epochs than another run that has all its metrics and more.
    """
    ends = [last_place(run.histories) for run in runs]
    longest = max(ends, default=-1)
    made, short = [], []
    for run, end in zip(runs, ends, strict=True):
        fuller = [
            (other_end, sorted(set(other.metrics) - set(run.metrics)))
            for other, other_end in zip(runs, ends, strict=True)
            if other_end > end and set(other.metrics) > set(run.metrics)
        ]
        if run.status == FAILED:
            made.append(run)
        elif not run.metrics:
            made.append(replace(run, status=FAILED, error="it has no metrics"))
        elif fuller:
            other_end, lacking = fuller[0]
            error = f"it ended at {end:g}, without {', '.join(lacking)}, where others end at {other_end:g}"
            made.append(replace(run, status=FAILED, error=error))
        else:
            made.append(run)
            short += [run.name] if end < longest else []
    said = f"end before {longest:g}, where others end, and count as ended: {', '.join(short[:6])}"
    return tuple(made), [f"{len(short)} runs {said}{' ...' if len(short) > 6 else ''}"] if short else []


def behind(runs: Sequence[Run]) -> list[str]:
    """Return which metrics of which runs are older than the end of the run, at which another run has them."""
    notes = []
    ended = [run for run in runs if run.status != FAILED]
    for name in dict.fromkeys(name for run in ended for name in run.histories):
        having = [
            (run, run.histories[name][-1][0], last_place(run.histories)) for run in ended if run.histories.get(name)
        ]
        places = {place for _, place, _ in having}
        late = [
            f"{run.name} (of {place:g}, and the run ends at {end:g})"
            for run, place, end in having
            if place < end and end in places
        ]
        if late:
            more = f" and {len(late) - _FEW} more" if len(late) > _FEW else ""
            notes.append(
                f"{name} is not of the end in {', '.join(late[:_FEW])}{more}, where other runs have it at theirs"
            )
    return notes
