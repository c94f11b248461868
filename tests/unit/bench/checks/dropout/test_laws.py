"""Every wrong layer breaks the laws that it must, and no other; right layers break none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from bench.checks.dropout.check import FALSE_ALARM, RATES, Checked, check
from bench.checks.dropout.laws import LAWS
from bench.checks.dropout.masks import NOISE, SHIFTED
from bench.checks.dropout.probing import Probe
from bench.checks.dropout.resolving import subject_of
from bench.checks.dropout.verdicts import CANNOT_TELL, NOT_APPLICABLE, PASSED
from bench.checks.dropout.wording import PROMISED
from tests.unit.bench.checks.dropout.right_layers import RIGHT
from tests.unit.bench.checks.dropout.wrong_layers import WRONG, GaussianNoise, NeverOn, ZeroByZero
from tests.unit.bench.checks.dropout.wrong_masks import Right

BY_NAME = {layer.__name__: layer for layer in WRONG}
SEEN = tuple(
    BY_NAME[name]
    for name in (
        "NeverOn",
        "UniformOnMinusOneToOne",
        "OneMaskForEver",
        "MaskOnTheCPU",
        "NormalNumbers",
        "book_as_printed",
    )
)
"""In published versions of the book's experiment; the last is the book's own function."""
SPARSE = (0.001, 0.01, 0.95)


def checked(layer: Callable[..., Any], rates: tuple[float, ...] = (0.2,), seed: int = 0) -> Checked:
    return check(Probe(subject_of(layer, layer.__name__), seed=seed), rates)


def outcomes(found: Checked, *laws: str) -> set[str]:
    return {verdict.outcome for verdict in found.verdicts if verdict.law in laws}


@pytest.mark.parametrize("layer", SEEN)
def test_a_wrong_layer_breaks_these_laws_and_no_others(layer: Callable[..., Any]) -> None:
    assert set(checked(layer).failed) == WRONG[layer]


@pytest.mark.slow
@pytest.mark.parametrize("layer", RIGHT, ids=[layer.__name__ for layer in RIGHT])
def test_a_right_layer_breaks_none(layer: Callable[..., Any]) -> None:
    found = checked(layer)
    assert found.failed == []
    assert all(verdict.outcome in (PASSED, NOT_APPLICABLE) for verdict in found.verdicts)


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "broken"), WRONG.items(), ids=[layer.__name__ for layer in WRONG])
def test_a_wrong_layer_breaks_the_same_laws_at_the_rates_that_are_the_default(
    layer: Callable[..., Any], broken: frozenset[str]
) -> None:
    assert set(checked(layer, RATES, seed=1).failed) == broken


@pytest.mark.slow
@pytest.mark.parametrize("layer", RIGHT, ids=[layer.__name__ for layer in RIGHT])
def test_a_right_layer_breaks_none_where_hardly_anything_is_dropped_or_kept(layer: Callable[..., Any]) -> None:
    assert checked(layer, SPARSE).failed == []


@pytest.mark.slow
@pytest.mark.statistical
def test_no_false_alarm_in_forty_runs() -> None:
    """One alarm would have a probability below 40 x 5e-5 = 0.2%. By hand, 200 seeds gave none."""
    assert [seed for seed in range(40) if checked(nn.Dropout, RATES, seed).failed] == []


def test_every_law_is_broken_by_some_layer() -> None:
    assert {law.key for law in LAWS} == frozenset().union(*WRONG.values())


@pytest.mark.slow
def test_each_law_has_its_key_and_its_share_of_what_is_promised() -> None:
    found = checked(nn.Dropout)
    assert [verdict.law for verdict in found.verdicts] == [law.key for law in LAWS]
    assert FALSE_ALARM < PROMISED


def test_alpha_dropout_is_recognised_and_judged_by_what_applies_to_it() -> None:
    found = checked(nn.AlphaDropout)
    assert found.kind == SHIFTED
    assert outcomes(found, "mean", "variance", "zeros-kept") == {NOT_APPLICABLE}
    assert outcomes(found, "drop-rate", "fresh-masks", "gradient", "evaluation") == {PASSED}
    (values,) = (verdict for verdict in found.verdicts if verdict.law == "kept-values")
    assert values.sentence.startswith("not plain dropout: dropped units become -1.236")


def test_noise_is_recognised_and_its_independence_is_seen() -> None:
    found = checked(GaussianNoise, (0.5,))
    assert found.kind == NOISE
    assert outcomes(found, "drop-rate", "rate-by-unit") == {NOT_APPLICABLE}
    assert outcomes(found, "mean", "variance", "fresh-masks", "own-mask-by-row", "independent-units") == {PASSED}


def test_shared_noise_is_seen_too() -> None:
    class OneDrawForAllRows(GaussianNoise):
        def forward(self, x: Any) -> Any:
            return x * super().forward(x[:1] * 0 + 1)

    assert set(checked(OneDrawForAllRows).failed) >= {"own-mask-by-row", "kept-values"}


def test_what_does_nothing_or_gives_no_numbers_is_not_judged_where_there_is_nothing_to_see() -> None:
    assert outcomes(checked(NeverOn), "fresh-masks", "rate-by-row", "training-again") == {NOT_APPLICABLE}
    assert outcomes(checked(ZeroByZero), "drop-rate", "mean", "gradient") == {CANNOT_TELL}


@pytest.mark.slow
def test_a_function_has_no_switch() -> None:
    found = checked(nn.functional.dropout)
    assert outcomes(found, "evaluation", "training-again", "own-mask-by-layer") == {NOT_APPLICABLE}


class DrawsByNumpy(Right):
    def mask(self, x: torch.Tensor) -> torch.Tensor:
        drawn = torch.from_numpy(np.random.random(tuple(x.shape))).to(x.device)
        return (drawn >= self.p).to(x.dtype)


@pytest.mark.slow
@pytest.mark.parametrize("layer", [nn.Dropout, DrawsByNumpy])
def test_a_run_is_reproducible_and_leaves_the_generators_as_they_were(layer: Callable[..., Any]) -> None:
    runs, following = [], []
    for state in (3, 4):
        torch.manual_seed(state)
        np.random.seed(state)
        runs.append(checked(layer))
        following.append((torch.rand(1).item(), np.random.random()))
        torch.manual_seed(state)
        np.random.seed(state)
        assert following[-1] == (torch.rand(1).item(), np.random.random())
    assert runs[0].failed == []
    assert runs[0].verdicts == runs[1].verdicts
    assert checked(layer, seed=1).verdicts != runs[0].verdicts


@pytest.mark.slow
def test_units_that_never_drop_count_in_the_rate_however_alike_they_are() -> None:
    (rate,) = (verdict for verdict in checked(BY_NAME["EveryFourthUnitStays"]).verdicts if verdict.law == "drop-rate")
    assert rate.worst is not None
    standard_error = (0.2 * 0.8 * 0.75 / rate.worst.n) ** 0.5
    assert rate.worst.measured == pytest.approx(0.2 * 0.75, abs=5 * standard_error)


@pytest.mark.slow
def test_a_layer_that_refuses_an_end_is_not_wrong_there() -> None:
    class Refuses(Right):
        def __init__(self, p: float) -> None:
            if p in (0, 1):
                raise ValueError("0 < p < 1 is expected")
            super().__init__(p)

    found = checked(Refuses)
    assert found.failed == []
    assert outcomes(found, "rate-0", "rate-1") == {NOT_APPLICABLE}


@pytest.mark.slow
def test_what_fails_on_a_device_is_looked_at_on_the_cpu_instead() -> None:
    """The meta device, since no GPU is needed for it."""
    found = check(Probe(subject_of(BY_NAME["MaskOnTheCPU"], "mine"), device="meta"), (0.2,))
    assert found.failed == ["device"]
    (device,) = (verdict for verdict in found.verdicts if verdict.law == "device")
    assert device.sentence.endswith("the other laws were looked at on the CPU")


@pytest.mark.parametrize("seed", range(4))
def test_masks_shared_by_units_are_no_agreement_between_layers(seed: int) -> None:
    """Numbers that repeat are counted once: 256 of them tell less than 16,384 would."""
    assert checked(nn.Dropout1d, seed=seed).failed == ["independent-units"]
