"""``python -m bench check-dropout MODULE:LAYER``."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

from bench.base.errors import DeviceError
from bench.base.files import write_atomically
from bench.base.precision import DEVICES, Target
from bench.commands import options as common

NAME = "check-dropout"
STANDARD_OUTPUT = "-"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "layer",
        metavar="MODULE:LAYER",
        help="or FILE.py:LAYER: a class or factory taking the rate, or a function of (input, rate)",
    )
    parser.add_argument("--rate-argument", metavar="NAME", help="the rate's parameter, where it is not the first")
    parser.add_argument("--rates", type=_rates, metavar="P,P", help="default: 0.2,0.5")
    parser.add_argument("--device", choices=DEVICES, default="cpu", help="default: %(default)s")
    parser.add_argument("--seed", type=common.seed, default=0, help="of inputs and masks (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE|-", help="write the numbers as JSON; '-' is standard output")


def execute(options: argparse.Namespace) -> int:
    """Check anybody's dropout layer against the laws of dropout: rate, scale, fresh masks, gradient, evaluation, ends.

    Exit code: 0 no law is broken, 1 one is, 2 there is no layer to check. What the layer prints goes to standard error.
    """
    from bench.base.threads import single_thread
    from bench.checks.dropout import wording
    from bench.checks.dropout.check import RATES, check
    from bench.checks.dropout.probing import Probe
    from bench.checks.dropout.resolving import resolve

    if not Target(options.device, "float32").is_present():
        raise DeviceError(f"--device {options.device}: PyTorch finds none on this machine.")
    single_thread()
    with redirect_stdout(sys.stderr):
        checked = check(
            Probe(resolve(options.layer, options.rate_argument), options.device, options.seed), options.rates or RATES
        )
    found = wording.document(checked)
    as_json = json.dumps(found, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    print(wording.render(found), file=sys.stderr if options.json == STANDARD_OUTPUT else sys.stdout)
    if options.json == STANDARD_OUTPUT:
        print(as_json, end="")
    elif options.json is not None:
        write_atomically(Path(options.json), as_json.encode())
    return common.SOME_FAILED if checked.broken else common.DONE


def _rates(text: str) -> tuple[float, ...]:
    """Return `text` as rates between 0 and 1, both ends left out: they are always checked."""
    try:
        rates = tuple(float(part) for part in text.split(","))
    except ValueError:
        rates = ()
    if not rates or not all(0 < rate < 1 for rate in rates) or len(set(rates)) < len(rates):
        raise argparse.ArgumentTypeError(
            f"{text!r} was given; different numbers between 0 and 1, with commas, are expected; 0 and 1 are in any case"
        )
    return rates
