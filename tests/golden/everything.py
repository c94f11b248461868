"""All goldens there are."""

from __future__ import annotations

from tests.golden.columns import of_columns
from tests.golden.data import of_data
from tests.golden.fused import of_fused
from tests.golden.golden import Golden
from tests.golden.randomness import of_randomness
from tests.golden.reference import of_reference
from tests.golden.training import trainings

GOLDENS: list[Golden] = [
    *(each.golden() for each in trainings()),
    *of_columns(),
    *of_data(),
    *of_randomness(),
    *of_reference(),
    *of_fused(),
]
