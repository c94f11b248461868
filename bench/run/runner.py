"""Run a study: what is not done yet, on the devices that are here, into a folder."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bench import schema
from bench.base.errors import StorageError
from bench.base.precision import Target
from bench.data import DATA_SETS, data_root
from bench.record import rows, unfinished
from bench.record.agreement import ALIKE, Agreement
from bench.record.claims import STALE_SECONDS, Claims
from bench.record.claims_on_store import claims_on
from bench.record.documents import Documents
from bench.record.experiment import Experiment
from bench.record.segments import compact, is_due
from bench.record.store import Store
from bench.record.trials import FUSED, Stack, Trial
from bench.run.deadline import Deadline
from bench.run.executors import EpochDone, Executor, StackDone
from bench.run.memory import check_memory
from bench.run.plan import plan_document
from bench.run.present_names import changed_names
from bench.run.progress import Progress
from bench.run.stacking import stacks
from bench.run.standing import Standing, standing
from bench.run.superseding import check_nothing_is_left_out
from bench.run.trust import untrusted, widest
from bench.schema.documents import content_hash
from bench.schema.local_copy import shown
from bench.study.study import Study

OTHER_RUNNER_SECONDS = 1.0
COMPACTION = "compact"
"""Claim of the one runner that puts trials into segments."""
NOT_TRAINED = "not trained"
"""What becomes of a trial whose engine cannot be trusted here: it is left to do."""
ELSEWHERE = "left to another runner"
"""What becomes of a trial that another runner is at, where that is not waited for."""


@dataclass(frozen=True)
class Run:
    """A run of one study into one store: what stays the same while its trials are trained."""

    study: Study
    store: Store
    executor: Executor
    workers: int
    supersede: bool = False
    """Whether finished trials may be left out for others of the same label, seed and device."""
    rehearse: bool = True
    """Whether own training code is held to laws before its first trial."""
    here: int | None = None
    """How many of the workers share the memory of this machine; None for all."""
    deadline: Deadline = field(default_factory=Deadline)
    waits: bool = True
    """Whether to wait for what other runners are at."""
    joins_seeds: bool = True
    """Whether a stack may have several seeds."""

    def check(self, targets: list[Target]) -> Standing:
        """Check everything, and write nothing.

        Raises DataError or StorageError where data or results cannot be used, and UsageError where networks do not fit
        into memory or finished trials would be left out.
        """
        for recipe in self.study.recipes()[:1]:
            DATA_SETS[recipe.data].verify(data_root())
        if (tasks := self.store.tasks()) is not None:
            raise StorageError(
                f'{self.store.folder}: holds the tasks of study "{tasks.study}", {", ".join(tasks.names)}, each in a '
                "folder of its own. Give another --out."
            )
        before = self.store.plan()
        if before is not None and before["study"] != self.study.name:
            raise StorageError(
                f'{self.store.folder}: holds study "{before["study"]}", not "{self.study.name}". Give another --out.'
            )
        if not self.supersede:
            check_nothing_is_left_out(self.store, self.study)
        now = standing(self.study, self.store, targets)
        here = self.workers if self.here is None else self.here
        check_memory(self._stacks([trial for trial in now.to_do if trial.device == "cpu"], self.workers), here)
        return now

    def start(self, targets: list[Target], command: str) -> Standing:
        """Check everything, write the plan, and give trials on disk their present names.

        Raises as `check` does. A plan of which nothing is done replaces no other: `train` writes it with its first
        trial.
        """
        now = self.check(targets)
        self.store.prepare()
        self.store.replace(changed_names(now, self.study.factors()))  # before the plan: where this fails, that stays
        if now.done or self.store.plan() is None:
            self._write_plan(command, len(now.done))
        if is_due(self.store.files):
            with closing(claims_on(self.store.folder)) as claims:
                self._compact(claims)
        return now

    def _agreement(self, now: Standing) -> Agreement:
        """Return what the trials that are done have in common."""
        done = {trial.trial_id for trial in now.done}
        return Agreement(row for row in self.store.table(set(ALIKE)).to_pylist() if row["trial_id"] in done)

    def _compact(self, claims: Claims) -> None:
        """Put trials into segments where they lie in many files, unless another runner is at it."""
        if is_due(self.store.files) and claims.take(COMPACTION):
            try:
                compact(self.store.files, self.store.curves)
            finally:
                claims.release([COMPACTION])

    def _write_plan(self, command: str, trials_done: int) -> None:
        keep_code(self.store, self.study)
        self.store.write_plan(plan_document(self.study, command), self.study.to_toml(), trials_done)

    def train(self, now: Standing, targets: list[Target], command: str) -> list[str]:
        """Train what is to do; return the status of each trial that this run trained.

        Where a target's engine cannot be trusted that is said, and each of its trials is `NOT_TRAINED`. One that was
        left to another runner, and not waited for, is `ELSEWHERE`.
        """
        from bench.run.library import choose_library  # noqa: PLC0415 - torch is slow to import
        from bench.run.provenance import environment  # noqa: PLC0415

        for said in choose_library(self.study.trials(), self.store.made_with().values()):
            print(said, file=sys.stderr)
        fused = fused_targets(now.to_do)
        print(_set_up(targets, bool(fused), bool(self.study.recipes())), file=sys.stderr, flush=True)
        provenance = environment(targets, self.study.recipes(), fused)
        barred = untrusted(provenance)
        for why in barred.values():
            print(f"error: {why}", file=sys.stderr)
        trusted = [trial for trial in now.to_do if str(trial.target) not in barred]
        most_of = {str(target): None for target in targets} | widest(provenance)
        statuses: list[str] = []
        factors = self.study.factors()
        is_planned = bool(now.done)
        claims = claims_on(self.store.folder)
        if claims.fault:
            print(
                f"warning: {shown(self.store.folder)}: two runners here would train the same trials, since "
                f"{claims.fault}. Start one at a time; rows are right either way.",
                file=sys.stderr,
            )
        with closing(claims), Progress(len(now.done), trusted, self.workers) as progress:
            for target in targets:
                to_do = [trial for trial in trusted if trial.target == target]
                workers = self.workers if target.device == "cpu" else 1
                most = most_of[str(target)]
                workers = min(workers, max(1, len(self._stacks(to_do, workers, most))))
                agreed = self._agreement(now)
                progress.workers = workers
                here = cache(lambda: self._noted(provenance))
                for trained in self._target((to_do, most), workers, claims, progress):
                    written = [
                        [
                            (rows.stamp(result.trial, agreed.held(result.row) | known, factors), result.curve)
                            for result in each.results
                        ]
                        for each in trained
                        for environment_id in [self._noted(each.environment) if each.environment else here()]
                        for known in [{"workers": workers, "environment_id": environment_id}]
                    ]
                    self.store.write_stacks(written)
                    ended = [[row["status"] for row, _ in stack] for stack in written]
                    done = [row["trial_id"] for stack in written for row, _ in stack if row["status"] != schema.FAILED]
                    unfinished.forget(self.store.folder, done)
                    if done and not is_planned:
                        self._write_plan(command, 0)
                        is_planned = True
                    if twice := claims.release(trial.trial_id for each in trained for trial in each.stack.trials):
                        print(
                            f"warning: another runner took over {len(twice)} trials of this one, which stood still for"
                            f" more than {STALE_SECONDS:g} s, or the clock of their folder was set meanwhile: they are"
                            " trained twice, with the same rows",
                            file=sys.stderr,
                        )
                    self._compact(claims)
                    for each, of_trials in zip(trained, ended, strict=True):
                        statuses += of_trials
                        progress.finished(each.stack, of_trials)
        left = 0 if self.waits or self.deadline.is_over else len(trusted) - len(statuses)
        return statuses + [ELSEWHERE] * left + [NOT_TRAINED] * (len(now.to_do) - len(trusted))

    def _stacks(self, trials: list[Trial], workers: int, most: int | None = None) -> list[Stack]:
        return stacks(trials, workers, most, joined=self.joins_seeds)

    def _noted(self, environment: dict[str, Any]) -> str:
        """Return the id of an environment, whose provenance is on disk."""
        environment_id = content_hash(environment)
        self.store.write_environment(environment_id, environment)
        return environment_id

    def _target(
        self, work: tuple[list[Trial], int | None], workers: int, claims: Claims, progress: Progress
    ) -> Iterator[list[StackDone]]:
        """Yield the stacks of one target that this run has trained, those together that are known together.

        `work` is what is to do, and how many trials a stack may have. What another runner is at is waited for, and
        taken over should that runner end without it.
        """
        to_do, most = work
        while to_do and not self.deadline.is_over:
            queue = _Queue(self._stacks(to_do, workers, most), self.store, claims, self.deadline)
            if queue.has_next():
                progress.waiting_for(0)
                with closing(self.executor(queue.next, min(workers, 1 + len(queue.waiting)))) as events:
                    for happened in events:
                        for event in happened:
                            if isinstance(event, StackDone):
                                self.deadline.done(event.stack)
                            elif isinstance(event, EpochDone):
                                progress.epoch(event.stack)
                            else:
                                progress.put_back(event.stack)
                        if done := [event for event in happened if isinstance(event, StackDone)]:
                            yield done
            progress.elsewhere(queue.done_elsewhere)
            to_do = queue.claimed_elsewhere if self.waits else []
            progress.waiting_for(len(to_do))
            if to_do and not self.deadline.is_over:
                time.sleep(OTHER_RUNNER_SECONDS)


def keep_code(documents: Documents, study: Study) -> None:
    """Keep a copy of what a study has of its user's own code in the folder of its results."""
    documents.write_plugins(study.own.plugins)
    if isinstance(study.recipe, Experiment):
        documents.write_code(study.recipe.folder, study.recipe.files)


def _set_up(targets: list[Target], fused: bool, tested: bool) -> str:
    """Return what is done before the first trial, for whoever waits for it."""
    said = "set-up: what this machine computes with is put on record"
    if tested:
        said += f", and tested at the layer sizes of this study ({', '.join(map(str, targets))})"
    return f"{said}; the first time, kernels are compiled for minutes" if fused else said


class _Queue:
    """The stacks still to train, less what other runners are at or have done, for as long as there is time."""

    def __init__(self, waiting: list[Stack], store: Store, claims: Claims, deadline: Deadline) -> None:
        self.waiting, self.store, self.claims, self.deadline = waiting, store, claims, deadline
        self.claimed_elsewhere: list[Trial] = []
        self.done_elsewhere: list[Trial] = []
        self.claimed: Stack | None = None

    def has_next(self) -> bool:
        """Tell whether there is a stack for this runner: it is claimed, and `next` returns it first."""
        self.claimed = self.next()
        return self.claimed is not None

    def next(self) -> Stack | None:
        """Return the next stack with a trial that can be claimed and is not done, or None."""
        if self.claimed is not None:
            claimed, self.claimed = self.claimed, None
            return claimed
        while self.waiting and self.deadline.allows(self.waiting[0]):
            trials = self.waiting.pop(0).trials
            taken = {trial.trial_id: self.claims.take(trial.trial_id) for trial in trials}
            self.claimed_elsewhere += [trial for trial in trials if not taken[trial.trial_id]]
            statuses = self.store.statuses()
            mine, done = [], []
            for trial in trials:
                if taken[trial.trial_id]:
                    is_left = statuses.get(trial.trial_id, schema.FAILED) == schema.FAILED
                    (mine if is_left else done).append(trial)
            self.done_elsewhere += done
            self.claims.release(trial.trial_id for trial in done)
            if mine:
                stack = Stack(tuple(mine))
                self.deadline.taken(stack)
                return stack
        return None


def fused_targets(trials: Iterable[Trial]) -> set[Target]:
    """Return the targets of those trials that the fused engine trains."""
    return {trial.target for trial in trials if trial.engine == FUSED}
