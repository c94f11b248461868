"""``python -m bench certify --precision P``."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path

from bench.base.errors import DeviceError
from bench.base.files import write_atomically
from bench.base.precision import DEVICES, PRECISIONS, Target
from bench.commands import options as common

NAME = "certify"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--precision", required=True, help=f"one of {', '.join(PRECISIONS)}")
    parser.add_argument("--device", choices=DEVICES, default="cpu", help="default: %(default)s")
    parser.add_argument("--trials", type=common.count, default=200, help="in each arm (default: %(default)s)")
    parser.add_argument("--epochs", type=common.count, default=10, help="of each trial (default: %(default)s)")
    parser.add_argument(
        "--data", type=common.one_of(_data_sets), default="fashion_mnist", metavar="NAME", help="default: %(default)s"
    )
    parser.add_argument("--rungs", nargs="+", type=common.one_of(_rungs), metavar="RUNG", help="default: all of them")
    parser.add_argument("--out", type=common.folder, default=Path("results/certify"), metavar="DIR")
    common.add_workers(parser)


def execute(options: argparse.Namespace) -> int:
    """Certify a precision against the plain reference: equivalent or not, within stated margins, at a stated n.

    Rungs: agreement, randomness, drift, distribution. Interrupted, the same command goes on from there. The verdict is
    written to DIR/<device>-<precision>/<task>/verdict.json and .md; where rungs are left out, to partial.json and .md,
    which touch no verdict. Exit code: 0 equivalent, 1 anything else.
    """
    from bench.assurance.certify import ladder, setting, wording
    from bench.assurance.certify.distribution import NAME as DISTRIBUTION
    from bench.assurance.certify.finding import EQUIVALENT
    from bench.base.threads import single_thread
    from bench.data import fetch
    from bench.engines.choice import engine_of
    from bench.record.trials import FUSED
    from bench.run.memory import workers_here
    from bench.run.provenance import environment
    from bench.run.trust import untrusted

    setting.check(options.precision, options.device)
    recipe = setting.book_recipe(options.epochs, options.data)
    rungs = options.rungs or list(ladder.RUNGS)
    if DISTRIBUTION in rungs:
        fetch(options.data)
    asked = setting.Setting(
        precision=options.precision,
        device=options.device,
        recipe=recipe,
        trials=options.trials,
        workers=options.workers or workers_here(),
        out=options.out,
        say=lambda text: print(text, file=sys.stderr, flush=True),
    )
    single_thread()
    target = Target(options.device, options.precision)
    fused = [target] if engine_of(options.device, ["dropout"]) == FUSED else []
    provenance = environment([target], [recipe], fused)
    if barred := untrusted(provenance):
        raise DeviceError("\n".join(barred.values()))
    document = ladder.document(asked, list(ladder.climb(asked, rungs)), provenance)
    document["command"] = shlex.join(["python", "-m", "bench", *sys.argv[1:]])
    name = "partial" if document["rungs_left_out"] else "verdict"
    write_atomically(asked.folder / f"{name}.json", json.dumps(wording.finite(document), indent=1).encode())
    write_atomically(asked.folder / f"{name}.md", wording.markdown(document).encode())
    print(wording.summary(document), file=sys.stderr)
    print(asked.folder)
    return common.DONE if document["verdict"] == EQUIVALENT else common.SOME_FAILED


def _data_sets() -> list[str]:
    from bench.data import DATA_SETS

    return list(DATA_SETS)


def _rungs() -> list[str]:
    from bench.assurance.certify import ladder

    return list(ladder.RUNGS)
