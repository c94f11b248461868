"""Checks of dropout's masks, drawn as the engine draws them: specified bits, rates, independence, nesting."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from scipy import stats

from bench.assurance.certify import specification
from bench.assurance.certify.finding import Check
from bench.base import draws
from bench.base.draws import Position
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Draw

ROWS, UNITS = 256, 256
RATES = (0.1, 0.2, 0.3, 0.5, 0.7)
LAYERS = (0, 1)
BATCHES = 160
"""Masks of each layer: 160 x 256 x 256 = 10,485,760 numbers a layer."""
STEPS_PER_EPOCH = 20
SEED = 11
LAGS = 16
KEYS = tuple((seed, *at) for seed in (0, 1, 2**40) for at in ((0, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 0), (7, 234, 1)))
"""(seed, epoch, step, layer) where the bits are compared, and between which independence is tested."""
NEIGHBOURS = tuple(
    (seed, epoch, step, layer) for seed in (3, 4) for epoch in (0, 1) for step in range(6) for layer in LAYERS
)


def checks(device: str) -> Iterator[Check]:
    """Yield every check of the masks that are drawn for `device`."""
    yield _known_answers()
    yield _specified_words()
    yield _specified_masks(device)
    yield _exact_ends(device)
    yield from _frequencies(device)
    yield _between_masks(device)
    yield _between_units(device)
    yield _nesting(device)


def kept(
    seed: int, at: Position, rates: tuple[float, ...], device: str, shape: tuple[int, int] = (ROWS, UNITS)
) -> torch.Tensor:
    """Return which units the engine keeps, bool `[rates, rows, units]`."""
    return factors(seed, at, rates, device, shape) != 0


def factors(
    seed: int, at: Position, rates: tuple[float, ...], device: str, shape: tuple[int, int] = (ROWS, UNITS)
) -> torch.Tensor:
    """Return the engine's multipliers `[rates, rows, units]` at a position."""
    strength = torch.tensor(rates, dtype=torch.float64, device=device)
    return REGULARISERS["dropout"].multiplier(Draw(seed, at), strength, shape)


def _known_answers() -> Check:
    right = sum(
        specification.philox(counter, key, 4).tolist() == list(words)
        for counter, key, words in specification.KNOWN_ANSWERS
    )
    total = len(specification.KNOWN_ANSWERS)
    return Check("Philox4x64-10 gives its published answers", right == total, {"right": right, "of": total})


def _specified_words() -> Check:
    streams = ("dropout", "order", "initialisation")
    places = [(stream, *key) for stream in streams for key in KEYS]
    wrong = sum(
        not np.array_equal(
            draws.words(seed, stream, Position(*at), 1001),
            specification.words(seed, stream, (at[0], at[1], at[2]), 1001),
        )
        for stream, seed, *at in places
    )
    return Check("words are the specified ones", wrong == 0, {"places": len(places), "wrong": wrong})


def _specified_masks(device: str) -> Check:
    """Multipliers, in float32, to half a unit in the last place."""
    rates, shape, wrong = (0.0, 1e-6, *RATES, 0.999995, 1.0), (96, UNITS), 0
    for seed, *at in KEYS:
        ours = factors(seed, Position(*at), rates, device, shape).cpu().numpy()
        expected = [specification.multiplier(seed, (at[0], at[1], at[2]), shape, rate) for rate in rates]
        wrong += int((ours != np.array(expected).astype(np.float32)).sum())
    return Check(
        "masks and scales are the specified ones",
        wrong == 0,
        {"places": len(KEYS), "rates": len(rates), "wrong": wrong},
    )


def _exact_ends(device: str) -> Check:
    ends = factors(SEED, Position(), (0.0, 1.0), device)
    exact = bool((ends[0] == 1).all() and (ends[1] == 0).all())
    return Check("rates 0 and 1 are exact", exact, {"numbers": ends[0].numel()})


def _frequencies(device: str) -> Iterator[Check]:
    """Yield, for each layer and rate, the chi-square of the kept counts by unit: UNITS degrees of freedom.

    The expected share is known, (65536 - dropped cells) / 65536, hence no degree of freedom is lost.
    """
    n = BATCHES * ROWS
    for layer in LAYERS:
        counts = torch.zeros((len(RATES), UNITS), dtype=torch.int64, device=device)
        for batch in range(BATCHES):
            at = Position(batch // STEPS_PER_EPOCH, batch % STEPS_PER_EPOCH, layer)
            counts += kept(SEED, at, RATES, device).sum(dim=1)
        for rate, of_units in zip(RATES, counts.cpu().numpy(), strict=True):
            share = 1 - specification.dropped_cells(rate) / 65536
            chi_square = float(((of_units - n * share) ** 2).sum() / (n * share * (1 - share)))
            yield Check(
                f"keep frequency by unit, layer {layer + 1}, rate {rate}",
                None,
                {
                    "draws": n * UNITS,
                    "chi_square": chi_square,
                    "df": UNITS,
                    "p": two_sided(chi_square, UNITS),
                    "kept": float(of_units.sum() / (n * UNITS)),
                    "expected": share,
                },
            )


def _between_masks(device: str) -> Check:
    """Pairwise agreements of masks at other steps, epochs, layers and seeds: each is Binomial(n, 1/2) at rate 0.5."""
    signs = np.array([_signs(key, device).ravel() for key in NEIGHBOURS])
    n, pairs = signs.shape[1], len(signs) * (len(signs) - 1) // 2
    z = (signs @ signs.T)[np.triu_indices(len(signs), k=1)] / np.sqrt(n)
    worst = float(np.abs(z).max())
    return Check(
        "masks of other steps, epochs, layers and seeds are independent",
        None,
        {"masks": len(signs), "pairs": pairs, "numbers": n, "largest_z": worst, "p": bonferroni(worst, pairs)},
    )


def _between_units(device: str) -> Check:
    """Within masks: agreement of units at every lag up to LAGS along a row, and of the row with the next."""
    signs = np.array([_signs(key, device) for key in NEIGHBOURS])
    products = [signs[:, :, lag:] * signs[:, :, :-lag] for lag in range(1, LAGS + 1)] + [signs[:, 1:] * signs[:, :-1]]
    z = [product.sum() / np.sqrt(product.size) for product in products]
    worst = float(np.abs(z).max())
    return Check(
        "units of a mask are independent of their neighbours",
        None,
        {"lags": len(z), "numbers": int(signs.size), "largest_z": worst, "p": bonferroni(worst, len(z))},
    )


def _nesting(device: str) -> Check:
    """What is kept at a rate is kept at every lower one, and fewer are."""
    breaches, shrinks = 0, True
    for seed, *at in NEIGHBOURS:
        masks = kept(seed, Position(*at), (0.0, *RATES, 1.0), device)
        breaches += int((masks[1:] & ~masks[:-1]).sum())
        shrinks = shrinks and bool((masks[:-1] & ~masks[1:]).flatten(start_dim=1).any(dim=1).all())
    return Check(
        "masks are nested across rates", breaches == 0 and shrinks, {"masks": len(NEIGHBOURS), "breaches": breaches}
    )


def _signs(key: tuple[int, ...], device: str) -> np.ndarray:
    """Return a mask at rate 0.5 as +1 and -1, float32."""
    seed, *at = key
    return kept(seed, Position(*at), (0.5,), device)[0].cpu().numpy().astype(np.float32) * 2 - 1


def two_sided(chi_square: float, df: int) -> float:
    """Return the p-value of a chi-square that may be too large or, where numbers are too even, too small."""
    return float(min(1.0, 2 * min(stats.chi2.sf(chi_square, df), stats.chi2.cdf(chi_square, df))))


def bonferroni(largest_z: float, tests: int) -> float:
    """Return the p-value of the largest of `tests` standard normal deviates, two-sided."""
    return float(min(1.0, tests * 2 * stats.norm.sf(largest_z)))
