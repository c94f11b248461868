"""Agreement with values from elsewhere, counted: how many there are, and the largest relative error among them."""

from __future__ import annotations

import math
from dataclasses import dataclass

RELATIVE = 1e-9


@dataclass
class Ledger:
    """What has been compared so far in this run of the tests."""

    values: int = 0
    largest: float = 0.0
    where: str = ""

    def told(self) -> str:
        """Return it in a line."""
        at = f", at {self.where}" if self.where else ""
        return f"{self.values} oracle values; largest relative error {self.largest:.2g}{at}"


LEDGER = Ledger()


def agree(ours: object, theirs: float, where: object, *, rel: float = RELATIVE, near_zero: float = 0.0) -> None:
    """Assert that `ours` is `theirs`, and count it; NaN stands for what must be null.

    Parameters
    ----------
    ours, theirs
    where
        What is compared: told where it fails.
    rel : float
        Largest relative error.
    near_zero : float
        Values smaller than this are compared as if they were as large: where subtraction has left only rounding.
    """
    LEDGER.values += 1
    if math.isnan(theirs):
        assert ours is None, f"{where}: {ours!r} in place of null"
        return
    assert isinstance(ours, int | float), f"{where}: {ours!r} in place of {theirs!r}"
    size = max(abs(theirs), near_zero)
    error = 0.0 if ours == theirs else abs(ours - theirs) / size if size else math.inf
    assert error <= rel, f"{where}: {ours!r} in place of {theirs!r}, relative error {error:.3g}"
    if error > LEDGER.largest:
        LEDGER.largest, LEDGER.where = error, str(where)
