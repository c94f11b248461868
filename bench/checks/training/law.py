"""What a law is, and what one says of a training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.checks.training.case import Case

PASSED, BROKEN, NOT_APPLICABLE = "passed", "broken", "not applicable"


@dataclass(frozen=True)
class NotApplicable:
    """Why a law says nothing of a training."""

    why: str


@dataclass(frozen=True)
class HoldsAsSeen:
    """What holds, where less of the training can be seen than the law is about."""

    says: str


Finding = str | NotApplicable | HoldsAsSeen | None
"""How a law is broken and what to do, or why it does not apply; None where it holds."""


@dataclass(frozen=True)
class Law:
    """What holds of every right training.

    Parameters
    ----------
    key : str
    says : str
        What holds, for people.
    judge : callable
        Case -> finding.
    equal_bits : bool
        Whether it needs two runs of a trial to give the same bits.
    needs : tuple of str
        Changed trainings that it judges by.
    """

    key: str
    says: str
    judge: Callable[[Case], Finding]
    equal_bits: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A law's verdict on a training."""

    law: str
    outcome: str
    message: str
