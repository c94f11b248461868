"""How far a run is: trials done, left, failed, speed, and a time left that can be believed."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from bench.record.trials import Stack, Trial

PLAIN_SECONDS = 10
PLAIN_SHARE = 0.01
"""What of a long run passes between two plain lines: those of ten days fit into a pipe that nobody reads."""
WIDEST_BAR = 24
"""Columns of the bar, where the words leave room for it."""


class Progress:
    """Counts trained epochs of trials, the unit of speed, and shows them on standard error.

    On a terminal it is one live line; elsewhere a plain line at most every ten seconds, later at most every
    hundredth of the time so far, and at the end.
    """

    def __init__(self, done: int, to_do: Sequence[Trial], workers: int) -> None:
        self.done, self.failed, self.diverged = done, 0, 0
        self.trials_to_do, self.workers = len(to_do), workers
        self.epochs = self.stacks_done = self.waited_for = 0
        self.tells_epochs = False
        self.in_flight: dict[Stack, int] = {}
        self.seen: list[int] = []
        """Epochs of own trials that ended, where no setting says how many there are to be."""
        self.waiting = Counter(trial.recipe.epochs for trial in to_do)
        """Trials to do, by their epochs; None where that is not known."""
        self.started = self.shown = self.last_told = time.monotonic()
        self.line = ""
        console = Console(file=sys.stderr)
        self.live = Live(console=console, refresh_per_second=4) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self.live:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.show(last=True)
        if self.live:
            self.live.stop()

    def expected(self, epochs: int | None) -> float:
        """Return how many epochs a trial has: as planned, or as those that ended had; 1 before any has."""
        if epochs is not None:
            return epochs
        return max(1.0, sum(self.seen) / len(self.seen)) if self.seen else 1.0

    @property
    def epochs_to_do(self) -> float:
        """Epochs of all trials that are not done, those in training included, and those trained so far."""
        return (
            self.epochs
            + sum(number * self.expected(each) for each, number in self.waiting.items())
            - sum(self.in_flight.values())
        )

    def epoch(self, stack: Stack) -> None:
        """Count one epoch of every trial of `stack`."""
        self.tells_epochs = True
        self.in_flight[stack] = self.in_flight.get(stack, 0) + len(stack.trials)
        self.epochs += len(stack.trials)
        self.last_told = time.monotonic()
        self.show()

    def finished(self, stack: Stack, statuses: list[str]) -> None:
        """Count the trials of `stack` as done; what it did not train (it failed) is no longer to do."""
        trained = self.in_flight.pop(stack, 0)
        self.stacks_done += 1
        epochs = stack.trials[0].recipe.epochs
        if "failed" not in statuses and not (epochs and trained):
            if epochs is None:
                self.seen.append(trained)
            else:
                self.tells_epochs = True  # at its end, as a command does
            self.epochs += 0 if trained else len(stack.trials) * (epochs or 1)
            self.last_told = time.monotonic()
        self.waiting[epochs] -= len(stack.trials)
        self.done += len(statuses)
        self.trials_to_do -= len(statuses)
        self.failed += statuses.count("failed")
        self.diverged += statuses.count("diverged")
        self.show()

    def put_back(self, stack: Stack) -> None:
        """Take back the epochs of `stack`, which is trained again from its start."""
        self.epochs -= self.in_flight.pop(stack, 0)
        self.show()

    def elsewhere(self, trials: Sequence[Trial]) -> None:
        """Count trials that another runner has done."""
        self.done += len(trials)
        self.trials_to_do -= len(trials)
        self.waiting.subtract(trial.recipe.epochs for trial in trials)

    def waiting_for(self, trials: int) -> None:
        """Say that `trials` are being trained by another runner, and waited for."""
        self.waited_for = trials
        self.show()

    def speed(self) -> float:
        """Return the trained epochs of trials per second up to the last one told; 0 until every worker has told."""
        seconds = self.last_told - self.started
        told = self.stacks_done > 0 or len(self.in_flight) >= self.workers
        return self.epochs / seconds if told and seconds > 0 else 0.0

    def seconds_left(self) -> float | None:
        """Return the time left, or None until every worker has told of an epoch.

        Workers share what is left, but one stack is one worker's: the last one is not shared.
        """
        if not self.speed():
            return None
        left = self.epochs_to_do - self.epochs
        longest = max(
            (
                self.expected(stack.trials[0].recipe.epochs) * len(stack.trials) - trained
                for stack, trained in self.in_flight.items()
            ),
            default=0,
        )
        since = time.monotonic() - self.last_told
        return max(0.0, max(left, self.workers * longest) / self.speed() - since)

    def text(self, width: int | None = None) -> str:
        """Return the state on one line; in fewer columns than that takes, first without the speed, then without zeros.

        What is done and left, and the time that it takes, is what a narrow terminal has room for.
        """
        left = self.seconds_left()
        of = "epochs" if self.tells_epochs else "trials"
        speed = f"{self.speed():.1f} {of}/s" if self.speed() else "starting"
        parts = [f"{self.done} done", f"{self.trials_to_do} left", f"{self.failed} failed"]
        if self.diverged:
            parts.append(f"{self.diverged} diverged")
        if self.waited_for:
            return " · ".join([*parts, f"waiting for {self.waited_for} that another runner trains"])
        time_left = [f"about {duration(left)} left"] if left is not None and self.trials_to_do else []
        whole, brief = [*parts, speed, *time_left], [*parts, *(time_left or [speed])]
        if width is None or len(" · ".join(whole)) <= width:
            return " · ".join(whole)
        told = " · ".join(brief)
        return told if len(told) <= width or self.failed else told.replace(" · 0 failed", "")

    def on_one_line(self, width: int) -> Table:
        """Return the state for a terminal of so many columns: the bar takes what the words, never wrapped, leave."""
        text = self.text(width)
        room = min(WIDEST_BAR, width - len(text) - 2)
        line = Table.grid(padding=(0, 1))
        bar = [ProgressBar(total=max(self.epochs_to_do, 1), completed=self.epochs, width=room)] if room > 3 else []
        for _ in bar:
            line.add_column()
        line.add_column(no_wrap=True, overflow="ellipsis")
        line.add_row(*bar, text)
        return line

    def show(self, last: bool = False) -> None:
        """Show the state, if it is time to."""
        if self.live:
            self.live.update(self.on_one_line(self.live.console.width))
        elif last or self._is_time():
            self.shown, before, self.line = time.monotonic(), self.line, self.text()
            if not last or self.line != before:
                print(self.line, file=sys.stderr, flush=True)

    def _is_time(self) -> bool:
        now = time.monotonic()
        return now - self.shown >= max(PLAIN_SECONDS, PLAIN_SHARE * (now - self.started))


def duration(seconds: float) -> str:
    """Return a time as people say it: 45 s, 6 min 40 s, 3 h 05 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
