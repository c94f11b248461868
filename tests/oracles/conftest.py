"""Tells at the end of a run how many oracle values there were, and how far the worst was off."""

from __future__ import annotations

import pytest

from tests.oracles.agreement import LEDGER


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LEDGER.values:
        terminalreporter.write_line(LEDGER.told())
