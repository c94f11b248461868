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
from bench.checks.dropout.limits import binomial
from bench.checks.dropout.masks import NOISE, SHIFTED
from bench.checks.dropout.probing import Probe
from bench.checks.dropout.resolving import subject_of
from bench.checks.dropout.verdicts import BROKEN, NOT_APPLICABLE, PASSED
from bench.checks.dropout.wording import PROMISED
from tests.unit.bench.checks.dropout.right_layers import RIGHT, RIGHT_FORMS
from tests.unit.bench.checks.dropout.wrong_catalogue import FAULTS, NEW
from tests.unit.bench.checks.dropout.wrong_layers import WRONG, GaussianNoise, NeverOn, ZeroByZero
from tests.unit.bench.checks.dropout.wrong_masks import Right

BY_NAME = {layer.__name__: layer for layer in WRONG}
SEEN = tuple(
    BY_NAME[name]
    for name in (
        "NeverOn",
        "UniformOnMinusOneToOne",
        "NormalNumbers",
    )
)
"""In published versions of the book's experiment, those of which a check is quick."""
SPARSE = (0.001, 0.01, 0.95)


def checked(layer: Callable[..., Any], rates: tuple[float, ...] = (0.2,), seed: int = 0) -> Checked:
    return check(Probe(subject_of(layer, layer.__name__), seed=seed), rates)


def called(value: Any) -> str:
    return getattr(value, "__name__", "")


def said(found: Checked) -> str:
    return "\n".join(verdict.sentence for verdict in found.verdicts if verdict.outcome == BROKEN)


def outcomes(found: Checked, *laws: str) -> set[str]:
    return {verdict.outcome for verdict in found.verdicts if verdict.law in laws}


@pytest.mark.parametrize("layer", SEEN)
def test_a_wrong_layer_breaks_these_laws_and_no_others(layer: Callable[..., Any]) -> None:
    assert set(checked(layer).broken) == WRONG[layer]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "layer"), [(form, layer) for form, layers in RIGHT_FORMS.items() for layer in layers], ids=called
)
def test_a_right_layer_breaks_none_and_is_recognised(form: str, layer: Callable[..., Any]) -> None:
    found = checked(layer)
    assert (found.form, found.broken) == (form, [])
    assert all(verdict.outcome in (PASSED, NOT_APPLICABLE) for verdict in found.verdicts)


def test_eighty_wrong_layers_and_fourteen_right_ones_are_tried() -> None:
    assert len(FAULTS) >= 80
    assert sum(map(len, RIGHT_FORMS.values())) >= 14


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "fault"), FAULTS.items(), ids=called)
def test_a_wrong_layer_breaks_the_same_laws_at_the_rates_that_are_the_default(
    layer: Callable[..., Any], fault: tuple[frozenset[str], str]
) -> None:
    found = checked(layer, RATES, seed=1)
    assert set(found.broken) == fault[0]
    assert fault[1] in said(found)


@pytest.mark.parametrize(("layer", "fault"), NEW.items(), ids=called)
def test_the_law_says_the_cause(layer: Callable[..., Any], fault: tuple[str, str]) -> None:
    """Looked at by this law alone; every other law in the slow test."""
    (law,) = (each for each in LAWS if each.key == fault[0].split()[0])
    assert fault[1] in said(check(Probe(subject_of(layer, "mine"), seed=2), (0.3,), [law]))


class Plain(nn.Module):
    """Another class around a layer: nothing goes by its name or its attributes."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.inner = layer

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return self.inner(values)


@pytest.mark.parametrize(("layer", "fault"), list(NEW.items())[::6], ids=called)
def test_a_renamed_layer_is_found_too(layer: Callable[..., Any], fault: tuple[str, str]) -> None:
    (law,) = (each for each in LAWS if each.key == fault[0].split()[0])
    assert fault[1] in said(check(Probe(subject_of(lambda q: Plain(layer(q)), "mine"), seed=3), (0.3,), [law]))


@pytest.mark.slow
@pytest.mark.parametrize("layer", [*RIGHT, nn.Dropout2d], ids=called)
def test_a_right_layer_breaks_none_where_hardly_anything_is_dropped_or_kept(layer: Callable[..., Any]) -> None:
    assert checked(layer, SPARSE).broken == []


@pytest.mark.slow
@pytest.mark.statistical
def test_no_false_alarm_in_forty_runs() -> None:
    """One alarm would have a probability below 40 x 5e-5 = 0.2%. By hand, 200 seeds gave none."""
    assert [seed for seed in range(40) if checked(nn.Dropout, RATES, seed).broken] == []


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize("layer", [nn.Dropout, nn.Dropout2d, nn.AlphaDropout])
def test_false_alarms_are_no_more_frequent_than_was_stated(
    layer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a stated probability of 30% so that they are seen; limits leave out 1 in 1,000 of right checks."""
    monkeypatch.setattr("bench.checks.dropout.check.FALSE_ALARM", 0.3)
    alarms = sum(bool(checked(layer, RATES, seed).broken) for seed in range(40))
    assert alarms <= binomial(40, 0.3, 2e-3)[1]


def test_every_law_is_broken_by_some_layer() -> None:
    assert {law.key for law in LAWS} == frozenset().union(*(laws for laws, _ in FAULTS.values()))


@pytest.mark.slow
def test_each_law_has_its_key_and_its_share_of_what_is_promised() -> None:
    found = checked(nn.Dropout)
    assert [verdict.law for verdict in found.verdicts] == [law.key for law in LAWS]
    assert FALSE_ALARM < PROMISED


@pytest.mark.slow
def test_alpha_dropout_is_recognised_and_judged_by_what_applies_to_it() -> None:
    found = checked(nn.AlphaDropout)
    assert found.kind == SHIFTED
    assert outcomes(found, "mean", "variance", "zeros-kept") == {NOT_APPLICABLE}
    assert outcomes(found, "drop-rate", "fresh-masks", "gradient", "evaluation") == {PASSED}
    assert outcomes(found, "kept-values", "every-shape", "every-format", "one-dimension", "autocast") == {PASSED}


def test_noise_is_recognised_and_its_independence_is_seen() -> None:
    found = checked(GaussianNoise, (0.5,))
    assert found.kind == NOISE
    assert outcomes(found, "drop-rate", "rate-by-unit") == {NOT_APPLICABLE}
    assert outcomes(found, "mean", "variance", "fresh-masks", "own-mask-by-row", "independent-units") == {PASSED}


def test_shared_noise_is_seen_too() -> None:
    class OneDrawForAllRows(GaussianNoise):
        def forward(self, x: Any) -> Any:
            return x * super().forward(x[:1] * 0 + 1)

    assert set(checked(OneDrawForAllRows).broken) >= {"own-mask-by-row", "kept-values"}


def test_what_does_nothing_or_gives_no_numbers_is_not_judged_where_there_is_nothing_to_see() -> None:
    assert outcomes(checked(NeverOn), "fresh-masks", "rate-by-row", "training-again") == {NOT_APPLICABLE}
    assert outcomes(checked(ZeroByZero), "drop-rate", "mean", "gradient") == {NOT_APPLICABLE}


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
    assert runs[0].broken == []
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
    assert found.broken == []
    assert outcomes(found, "rate-0", "rate-1") == {NOT_APPLICABLE}


@pytest.mark.slow
def test_what_fails_on_a_device_is_looked_at_on_the_cpu_instead() -> None:
    """The meta device, since no GPU is needed for it."""
    found = check(Probe(subject_of(BY_NAME["MaskOnTheCPU"], "mine"), device="meta"), (0.2,))
    assert found.broken == ["device"]
    (device,) = (verdict for verdict in found.verdicts if verdict.law == "device")
    assert device.sentence.endswith("the other laws were looked at on the CPU")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_masks_shared_by_units_are_no_agreement_between_layers(seed: int) -> None:
    """Numbers that repeat are counted once: 256 of them tell less than 16,384 would."""
    assert checked(BY_NAME["MaskSharedByUnits"], seed=seed).broken == ["independent-units"]
