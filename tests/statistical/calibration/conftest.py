"""The ledger of error rates, and the option that writes it as a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.statistical.calibration.ledger import Ledger
from tests.statistical.calibration.page import page

_LEDGER = pytest.StashKey[Ledger]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--calibration-table", type=Path, help="write the error rates found as a Markdown page")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_LEDGER] = Ledger()


def pytest_sessionfinish(session: pytest.Session) -> None:
    ledger, path = session.config.stash[_LEDGER], session.config.getoption("--calibration-table", None)
    if path is not None and ledger.rates:
        path.write_text(page(ledger.rates, ledger.powers), encoding="utf-8")


@pytest.fixture
def ledger(request: pytest.FixtureRequest) -> Ledger:
    return request.config.stash[_LEDGER]
