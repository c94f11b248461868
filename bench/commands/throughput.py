"""``python -m bench throughput STUDY``."""

from __future__ import annotations

import argparse
import math
import shlex
import sys
from typing import TYPE_CHECKING, Any

from bench.base.cores import physical_cores
from bench.base.errors import DeviceError, UsageError
from bench.base.precision import Target
from bench.commands import options as common

if TYPE_CHECKING:
    from bench.record.store import Store
    from bench.record.trials import Trial
    from bench.study.study import Study


NAME = "throughput"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    common.add_study(parser)
    parser.add_argument(
        "--blocks", type=common.count, default=12, help="blocks wanted alone on the machine (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds", type=_seconds, default=1.5, help="training time of a slot, about (default: %(default)s)"
    )
    parser.add_argument("--order-seed", type=common.seed, default=0, help="seed of the order (default: %(default)s)")


def execute(options: argparse.Namespace) -> int:
    """Measure the speed of every condition; exit 1 where other load left fewer blocks than were wanted.

    Standard output carries the files written and nothing else. A measurement is written when it is complete.
    """
    from bench.data import fetch
    from bench.run.executors import serial
    from bench.run.library import choose_library
    from bench.run.memory import workers_here
    from bench.run.provenance import environment
    from bench.run.runner import Run, fused_targets
    from bench.run.standing import present_targets
    from bench.run.trust import untrusted

    study, store = common.study_and_store(options)
    cores, options.workers = len(physical_cores()), options.workers or workers_here()
    if options.workers > cores:
        raise UsageError(f"--workers {options.workers} was given; to measure speed, at most one per core: {cores}")
    if not study.recipes():
        raise UsageError(
            f"study {study.name} has own training code: its trials' speed is in their rows (train_seconds)"
        )
    targets = present_targets(study, options.device)
    fetch(study.recipes()[0].data)
    out = [] if options.out is None else ["--out", common.shown(options.out)]
    command = shlex.join(["python", "-m", "bench", "run", options.study, *out])
    Run(study, store, serial.run, options.workers).start(targets, command)
    for target in study.targets():
        if target not in targets:
            print(f"{target}: not measured: it is not used here", file=sys.stderr)
    for said in choose_library(study.trials(), store.made_with().values()):
        print(said, file=sys.stderr)
    provenance = environment(targets, study.recipes(), fused_targets(study.trials()))
    if barred := untrusted(provenance):
        raise DeviceError("\n".join(barred.values()))
    complete = True
    for target in targets:
        complete &= _measure(options, store, study, target, provenance)
    return common.DONE if complete else common.SOME_FAILED


def _by_label(study: Study, trials: list[Trial]) -> dict[str, Trial]:
    """Return one of the trials of each condition by its label, the control first."""
    control = study.analysis.control
    ordered = sorted(trials, key=lambda trial: (trial.condition.label != control, trial.seed != study.seeds[0]))
    found: dict[str, Trial] = {}
    for trial in ordered:
        found.setdefault(trial.condition.label, trial)
    return found


def _measure(
    options: argparse.Namespace, store: Store, study: Study, target: Target, provenance: dict[str, Any]
) -> bool:
    """Measure one target and write it; return whether every condition has the blocks wanted."""
    from bench.assurance.pinned_workers import Lanes
    from bench.assurance.throughput import measurement
    from bench.assurance.throughput.machine import dose_for, workbench
    from bench.assurance.throughput.measure import AGAIN, measure
    from bench.assurance.throughput.slot import pairs, reasons
    from bench.record.trials import content_hash
    from bench.run.stacking import stacks
    from bench.run.trust import widest

    every = [trial for trial in study.trials() if trial.target == target]
    trials = _by_label(study, every)
    control = next(iter(trials.values()))
    workers = options.workers if target.device == "cpu" else 1
    largest = max(stacks(every, workers, widest(provenance)[str(target)]), key=lambda stack: len(stack.trials))

    def tell(blocks: int, counted: dict[str, int]) -> None:
        least = min(counted.values())
        print(
            f"{target}: block {blocks}, alone on the machine in {least} of {options.blocks} wanted",
            file=sys.stderr,
            flush=True,
        )

    with Lanes(workers) as lanes:
        dose = dose_for(lanes, control, largest, options.seconds)
        bench = workbench(lanes, trials, dose)
        slots = measure(bench, list(trials), options.blocks, options.order_seed, tell)
    environment_id = content_hash(provenance)
    store.write_environment(environment_id, provenance)
    known = {"environment_id": environment_id, "order_seed": options.order_seed}
    print(measurement.write(store.folder, measurement.rows(slots, trials, dose, known)))
    left_out = sum(why is not None for why in reasons(slots))
    if left_out:
        print(f"{left_out} of {len(slots)} slots were not alone on the machine: kept, never compared", file=sys.stderr)
    short = min(pairs(slots, control.condition.label).values())
    if short < options.blocks:
        print(
            f"{target}: {short} of {options.blocks} blocks wanted, after {AGAIN} times as many:"
            " measure again when nothing else runs",
            file=sys.stderr,
        )
    return short >= options.blocks


def _seconds(text: str) -> float:
    """Return `text` as a positive number."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"{text!r} was given; a finite number above 0 is expected")
    return number
