"""What keeps the gate from a verdict."""

from __future__ import annotations

from bench.base.errors import UsageError


class GateError(UsageError):
    """The gate was asked for something that it cannot do: a ref, a checkout, a number of rounds."""


class GateFault(Exception):  # noqa: N818 - the word of the exit code
    """A slot broke, or measured other sources than its own: there is no verdict."""
