"""What ``import bench`` offers beside studies and runs: a dropout layer, or a training, held to its laws."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING, Any, cast

from bench.checks.dropout import wording
from bench.checks.dropout.check import RATES, check
from bench.checks.dropout.probing import Probe
from bench.checks.dropout.resolving import subject_of

if TYPE_CHECKING:
    from bench.study.study import Study


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
    laws = {each["name"]: each["outcome"] for each in document["laws"]}
    return LayerReport(laws, tuple(document["broken"]), document)


@dataclass(frozen=True, repr=False)
class TrainingReport:
    """What every law says of training code.

    Parameters
    ----------
    laws : mapping of name to str
        Each law's outcome: ``passed``, ``broken`` or ``not applicable``.
    broken : tuple of str
        Names of the laws that it breaks.
    """

    laws: Mapping[str, str]
    broken: tuple[str, ...]
    document: Mapping[str, Any] = field(compare=False)

    def __str__(self) -> str:
        from bench.checks.training import wording  # noqa: PLC0415 - with it comes all that reads studies

        return wording.render(dict(self.document))

    def __repr__(self) -> str:
        return f"<TrainingReport: {len(self.laws)} laws, broken: {', '.join(self.broken) or 'none'}>"

    def to_json(self) -> dict[str, Any]:
        """Return what ``bench check-training --json`` writes."""
        return json.loads(json.dumps(self.document))


def check_training(
    function: Callable[..., Any] | str | Study, settings: Mapping[str, Any] | None = None, *, time_limit: float = 60.0
) -> TrainingReport:
    """Hold training code to the laws of paired, repeatable trials.

    Parameters
    ----------
    function : callable, str or Study
        What takes a trial; or ``"train.py:train"``, a study or the path of one.
    settings : mapping, optional
        In place of those of the study, or of the function's own defaults.
    time_limit : float
        Seconds that one training may take.

    Raises
    ------
    UsageError
        It cannot be trained at all.
    """
    from bench.checks.training import resolving, wording  # noqa: PLC0415 - as above
    from bench.checks.training.check import check  # noqa: PLC0415

    given = settings or {}
    if isinstance(function, str):
        subject = resolving.resolve(function, given)
    elif hasattr(function, "conditions"):
        subject = resolving.of_study(cast("Study", function), given)
    else:
        subject = resolving.of_callable(cast("Callable[..., Any]", function), given)
    document = wording.document(check(subject, time_limit))
    laws = {each["name"]: each["outcome"] for each in document["laws"]}
    return TrainingReport(laws, tuple(document["broken"]), document)
