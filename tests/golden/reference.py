"""Golden numbers of the reference that certification trains beside the engine, in float64."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from bench.assurance.certify.plain_trial import train_once
from bench.assurance.certify.setting import BOOK
from tests.golden.golden import Golden, Numbers, data_set, reference
from tests.golden.training import RECIPE, SAMPLE, split_of


def of_reference() -> Iterator[Golden]:
    """Yield the golden of the reference."""
    yield Golden("reference of certification", reference() | data_set(SAMPLE), trained)


def trained() -> Numbers:
    """Return what a training of the plain module shows, without dropout and with the book's."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.random.fork_rng():
            found = {str(rates): train_once(split_of(RECIPE), RECIPE, rates, seed=11) for rates in ((0.0, 0.0), BOOK)}
    finally:
        torch.set_default_dtype(before)
    return {
        f"{rates}: {key}": list(value) if isinstance(value, list) else [value]
        for rates, shown in found.items()
        for key, value in shown.items()
    }
