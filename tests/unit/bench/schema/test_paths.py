"""What names a place of this machine."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from bench.schema.paths import local


def test_a_url_is_no_place_to_write_to() -> None:
    assert local("results/a:b") == Path("results/a:b")
    with pytest.raises(ArgumentTypeError, match=r"'s3://b/x' was given; a path of this machine is expected"):
        local("s3://b/x")
