"""The check: what a layer does is recorded at each rate, and every law judges it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from bench.base.errors import UsageError
from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.laws import LAWS
from bench.checks.dropout.masks import PLAIN, SHIFTED, collect
from bench.checks.dropout.probing import ROWS, UNITS, LayerError, Probe, call_as_is
from bench.checks.dropout.recognising import CHANNEL_FORM, SHIFTED_FORM, UNIT_FORM, of_channels, recognised
from bench.checks.dropout.verdicts import BROKEN, NOT_APPLICABLE, Verdict

FALSE_ALARM = 5e-5
"""Probability that a right layer fails any law at any rate, at most; half of what is promised, since rates are realised
in cells and deviates are taken for normal in one law."""
RATES = (0.2, 0.5)


@dataclass(frozen=True)
class Checked:
    """A layer, and what every law says of it."""

    probe: Probe
    rates: tuple[float, ...]
    verdicts: tuple[Verdict, ...]
    kind: str
    """What it was read as: dropout, shifted dropout, multiplicative noise, or not finite."""
    reproducible: bool
    """Whether torch.manual_seed fixes its masks."""

    @property
    def form(self) -> str:
        """The form whose laws it is held to: units, channels, or shifted values."""
        if SHIFTED in self.kind:
            return SHIFTED_FORM
        return CHANNEL_FORM if self.probe.spatial else UNIT_FORM

    @property
    def broken(self) -> list[str]:
        """The laws that it breaks."""
        return [verdict.law for verdict in self.verdicts if verdict.outcome == BROKEN]


def check(probe: Probe, rates: Sequence[float] = RATES, laws: Sequence[Law] = LAWS) -> Checked:
    """Judge a layer by every law, or by some.

    Raises
    ------
    UsageError
        It cannot be run on a plain batch, float32 `[64, 64]`, so that there is nothing to judge.
    """
    where, fault = _runnable(recognised(probe), rates[0])
    alpha = FALSE_ALARM / (len(rates) * sum(law.statistical for law in LAWS))
    try:
        masks = tuple(collect(where, rate) for rate in rates)
    except LayerError as error:
        raise UsageError(f"{probe.subject.name} cannot be checked: {error}") from error
    case = Case(where, masks, alpha, fault)
    kinds = ", ".join(dict.fromkeys(each.kind for each in masks if each.kind != PLAIN)) or PLAIN
    return Checked(where, tuple(rates), tuple(_judge(law, case) for law in laws), _kind(kinds, where),
                   _reproducible(where, rates[0]))  # fmt: skip


def _judge(law: Law, case: Case) -> Verdict:
    try:
        verdict = law.judge(case)
        return of_channels(verdict) if case.probe.spatial else verdict
    except LayerError as fault:
        return Verdict(law.key, NOT_APPLICABLE, f"cannot tell: {fault}")


def _kind(kind: str, probe: Probe) -> str:
    return f"{kind} of whole channels" if probe.spatial else kind


def _runnable(probe: Probe, rate: float) -> tuple[Probe, str | None]:
    """Return where the layer can be run, and why that is not where it was asked for."""
    try:
        _first_output(probe, rate)
    except LayerError as fault:
        if probe.device == "cpu":
            raise UsageError(f"{probe.subject.name} cannot be checked: {fault}") from fault
        return _runnable(recognised(replace(probe, device="cpu")), rate)[0], str(fault)
    return probe, None


def _first_output(probe: Probe, rate: float) -> torch.Tensor:
    with probe.seeded():
        return call_as_is(probe.make(rate), probe.inputs(ROWS, UNITS)).detach()


def _reproducible(probe: Probe, rate: float) -> bool:
    first, again = (_first_output(probe, rate) for _ in range(2))
    return torch.equal(first, again)
