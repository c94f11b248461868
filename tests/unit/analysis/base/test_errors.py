"""What a fault names beside itself."""

from __future__ import annotations

from analysis.base.errors import nearest


def test_the_nearest_name_of_a_number_is_that_number() -> None:
    """By its letters 0.0 is nearer to 0.5 than to 0."""
    assert "did you mean '0'?" in nearest("0.0", ["0.5", "0"])
    assert "did you mean '0.1'?" in nearest("0.10", ["0.5", "0.15", "0.1"])
    assert "did you mean 'drop'?" in nearest("drp", ["1", "drop"])
