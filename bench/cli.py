"""The command line: plan, run, status, data, export.

Exit codes: 0 done, 1 some trials failed, 2 usage or validation, 3 internal fault, 130 interrupted.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import TextIO

from bench import schema
from bench.data import DATA_SETS, data_root
from bench.estimate import seconds_of
from bench.executors import processes, serial
from bench.faults import StorageError, UsageError, nearest
from bench.progress import duration
from bench.runner import Run, Standing, present_devices, standing
from bench.store import Store
from bench.study import DEVICES, Study, find_study, load_study
from bench.trials import stacks

DONE, SOME_FAILED, USAGE, FAULT, INTERRUPTED = 0, 1, 2, 3, 130
EXECUTORS = {"processes": processes.run, "serial": serial.run}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return options.command(options)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("interrupted; finished trials are kept, and the same command goes on from there", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return DONE if options.command in (plan, status) else FAULT
    except Exception:  # noqa: BLE001 - the last resort: an internal fault has its own exit code
        traceback.print_exc()
        print("internal fault: finished trials are kept; please report the lines above", file=sys.stderr)
        return FAULT


def plan(options: argparse.Namespace) -> int:
    """Print which trials are done and to do, and about how long they will take. Writes nothing."""
    study, store = _study_and_store(options)
    now = standing(study, store, present_devices(study, options.device))
    print(f"study {study.name}: {len(study.conditions)} conditions x {len(study.seeds)} seeds -> {store.folder}")
    _print_standing(now)
    if on_cpu := [trial for trial in now.to_do if trial.device == "cpu"]:
        seconds = seconds_of(stacks(on_cpu, options.workers), options.workers)
        print(f"about {duration(seconds)} for those on the CPU, with {options.workers} workers")
    return DONE


def run(options: argparse.Namespace) -> int:
    """Train what is not done yet. Standard output carries the results folder and nothing else."""
    study, store = _study_and_store(options)
    devices = present_devices(study, options.device)
    out = [] if options.out is None else ["--out", str(options.out)]
    command = shlex.join(["python", "-m", "bench", "run", options.study, *out])
    workers = 1 if options.executor == "serial" else options.workers
    this_run = Run(study, store, EXECUTORS[options.executor], workers)
    _fetch(study.recipe.data)
    now = this_run.start(devices, command)
    _print_standing(now, sys.stderr)
    statuses = this_run.train(now, devices) if now.to_do else []
    counts = Counter(statuses)
    if statuses:
        print(", ".join(f"{number} {status}" for status, number in sorted(counts.items())), file=sys.stderr)
    print(store.folder)
    return SOME_FAILED if counts[schema.FAILED] else DONE


def status(options: argparse.Namespace) -> int:
    """Print where the results folder stands with its own plan."""
    store = Store(options.folder)
    planned = store.plan()
    if planned is None:
        raise StorageError(f"{options.folder}: no results folder ({schema.PLAN_FILE} is missing)")
    found = {trial["trial_id"]: store.read(trial["trial_id"]) for trial in planned["trials"]}
    counts = Counter(row["status"] if row else "to do" for row in found.values())
    devices = Counter(trial["device"] for trial in planned["trials"] if found[trial["trial_id"]] is None)
    print(f"study {planned['study']}: {len(found)} trials planned")
    for name in (schema.OK, schema.DIVERGED, schema.FAILED, "to do"):
        on = f" ({', '.join(f'{n} on {d}' for d, n in devices.items())})" if name == "to do" and devices else ""
        print(f"{counts[name]:>8}  {name}{on}")
    print(
        f"{len(set(store.trial_ids()) - found.keys()):>8}  stale (outside the present plan; left out of the analysis)"
    )
    for row in found.values():
        if row and row["status"] == schema.FAILED:
            print(f"failed: {row['condition']}, seed {row['seed']}, {row['device']}: {row['error']}")
    return DONE


def data(options: argparse.Namespace) -> int:
    """Fetch or verify a data set."""
    if options.name not in DATA_SETS:
        raise UsageError(f"no data set {options.name}{nearest(options.name, DATA_SETS)} ({', '.join(DATA_SETS)})")
    data_set, root = DATA_SETS[options.name], data_root()
    if options.action == "fetch":
        _fetch(options.name)
    data_set.verify(root)
    print(f"{data_set.name}: verified in {data_set.folder(root)} (licence {data_set.licence}, {data_set.origin})")
    return DONE


def export(options: argparse.Namespace) -> int:
    """Write the trials of the present plan as one compact parquet file."""
    print(f"{Store(options.folder).export(options.file)} trials written to {options.file}", file=sys.stderr)
    return DONE


def _fetch(name: str) -> None:
    """Get the data set unless it is here."""
    if DATA_SETS[name].missing(data_root()):
        print(f"{name}: fetching", file=sys.stderr)
        print(f"{name}: fetched from {DATA_SETS[name].fetch(data_root())}", file=sys.stderr)


def _study_and_store(options: argparse.Namespace) -> tuple[Study, Store]:
    study = load_study(find_study(options.study))
    return study, Store(options.out or Path("results") / study.name)


def _print_standing(now: Standing, file: TextIO | None = None) -> None:
    lines = [f"{len(now.done):>8}  trials done", f"{len(now.to_do):>8}  to do"]
    for device, number in Counter(trial.device for trial in now.absent_device).items():
        lines.append(f"{number:>8}  left to do on {device}, which is not used here")
    if now.stale:
        lines.append(f"{now.stale:>8}  stale: trials of other settings or sources, kept but left out")
    print("\n".join(lines), file=file, flush=True)


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("an empty name was given; a folder is expected")
    return Path(text)


def _workers(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} was given; a positive whole number is expected")
    return int(text)


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    cores = len(processes.physical_cores())
    for name, command in (("plan", plan), ("run", run)):
        sub = commands.add_parser(name, help=(command.__doc__ or "").splitlines()[0], description=command.__doc__)
        sub.add_argument("study", metavar="STUDY", help="a study file, or the name of a study that ships")
        sub.add_argument("--out", type=_folder, metavar="DIR", help="results folder (default: results/<name>)")
        sub.add_argument(
            "--workers", type=_workers, default=cores, help="processes (default: one per core, %(default)s)"
        )
        sub.add_argument("--device", choices=["auto", *DEVICES], default="auto", help="default: those that are here")
        sub.set_defaults(command=command)
        if command is run:
            sub.add_argument("--executor", choices=list(EXECUTORS), default="processes", help="serial is for debugging")
    sub = commands.add_parser("status", help=(status.__doc__ or "").splitlines()[0])
    sub.add_argument("folder", metavar="DIR", type=Path)
    sub.set_defaults(command=status)
    sub = commands.add_parser("data", help=(data.__doc__ or "").splitlines()[0])
    sub.add_argument("action", choices=["fetch", "verify"])
    sub.add_argument("name", metavar="NAME", help=", ".join(DATA_SETS))
    sub.set_defaults(command=data)
    sub = commands.add_parser("export", help=(export.__doc__ or "").splitlines()[0])
    sub.add_argument("folder", metavar="DIR", type=Path)
    sub.add_argument("file", metavar="FILE", type=Path)
    sub.set_defaults(command=export)
    return parser
