"""What ``import bench`` offers beside studies and runs: a dropout layer held to its laws."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from bench.checks.dropout import wording
from bench.checks.dropout.check import RATES, check
from bench.checks.dropout.probing import Probe
from bench.checks.dropout.resolving import subject_of


@dataclass(frozen=True, repr=False)
class LayerReport:
    """What every law of dropout says of a layer.

    Parameters
    ----------
    laws : mapping of name to str
        Each law's outcome.
    broken : tuple of str
        Names of the laws that the layer breaks.
    """

    laws: Mapping[str, str]
    broken: tuple[str, ...]
    document: Mapping[str, Any] = field(compare=False)

    def __str__(self) -> str:
        return wording.render(dict(self.document))

    def __repr__(self) -> str:
        return f"<LayerReport: {len(self.laws)} laws, broken: {', '.join(self.broken) or 'none'}>"

    def to_json(self) -> dict[str, Any]:
        """Return what ``bench check-dropout --json`` writes."""
        return json.loads(json.dumps(self.document))


def check_dropout(
    layer: Callable[..., Any],
    *,
    rates: Sequence[float] = RATES,
    device: str = "cpu",
    seed: int = 0,
    rate_argument: str | None = None,
) -> LayerReport:
    """Hold a dropout layer to the laws of dropout.

    Parameters
    ----------
    layer : callable
        A class or factory taking the rate, or a function of (input, rate).
    rates : sequence of float
        Rates between 0 and 1 to check at; 0 and 1 are checked in any case.
    device : str
        Where it runs.
    seed : int
        Seed of inputs and masks.
    rate_argument : str, optional
        The rate's parameter, where it is not the first.

    Raises
    ------
    UsageError
        No layer comes of it, or it cannot be run on a plain batch.
    """
    subject = subject_of(layer, getattr(layer, "__qualname__", repr(layer)), rate_argument)
    with redirect_stdout(StringIO()):
        document = wording.document(check(Probe(subject, device, seed), rates))
    laws = {each["law"]: each["verdict"] for each in document["laws"]}
    return LayerReport(laws, tuple(document["failed"]), document)
