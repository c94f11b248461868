"""Sentences about the effects of a factorial, from the same object as table and figures."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.effect import Contrast
from analysis.factorial.factors import Factor, Level
from analysis.factorial.result import EffectTest, Factorial, FactorialEffect, contrasts
from analysis.methods import verdict
from analysis.methods.verdict import ROUGH
from analysis.wording import differences, sentences
from analysis.wording.number_format import NOTHING, exact, level, p_value, probability
from analysis.wording.phrases import listed
from analysis.wording.style import TERMINAL, Style
from analysis.wording.units import unit_of

SIGNS = (
    "An effect is the highest level minus the lowest, averaged over the levels of the other factors with equal weight; "
    "where levels are names it is each of them minus the first, which is the control’s where there is one. An "
    "interaction is the effect of the first factor at the highest level of the other minus that at the lowest: "
    "A1B1 − A0B1 − A1B0 + A0B0. An interaction of three factors is the difference of two such interactions, between "
    "the end levels of the third. Levels in between do not enter."
)
SLOPES = (
    "The slope of a factor with three or more numeric levels is that of a least-squares line through the level means, "
    "averaged over seeds. Its t interval is not adjusted. Hotelling’s test of lack of fit stands beside it: where that "
    "rejects, no line is described."
)
WHY_F = (
    "F tests whether the levels differ in any way, straight or not, for new seeds on this test set. It is a "
    "repeated-measures F: each effect against its own interaction with the seed, with Greenhouse and Geisser’s degrees "
    "of freedom, because seeds need not respond alike to all levels. Its p is adjusted over the effects by Holm. The F "
    "tests are a family beside that of the contrasts, at the same error rate. An effect of one dimension has F = t²; "
    "only its contrast is shown."
)
WHY_SIMPLE = (
    "A simple effect is that of one factor at one level of another, averaged over the levels of all others. All simple "
    "effects, shown or not, are one family beside that of the main effects and interactions."
)
SCORE_UNITS = {"raw": "unit of {name}", "log": "unit of the logarithm of {name}", "rank": "level of {name}"}
"""What a slope is per, by its scores."""
SIGNED = (
    verdict.SUPERIOR, verdict.POSITIVE_BUT_NEGLIGIBLE, verdict.POSITIVE_UNCLEAR,
    verdict.INFERIOR, verdict.NEGATIVE_BUT_NEGLIGIBLE, verdict.NEGATIVE_UNCLEAR,
)  # fmt: skip
"""Verdicts of an effect that is there."""


def sentence(effect: FactorialEffect, style: Style = TERMINAL) -> str:
    """Return what an effect shows: its contrast, then F where the effect has more than one dimension."""
    told = [_contrast(effect, each, style) for each in contrasts([effect])]
    said = told or [f"{effect.effect} has no sign: some of its levels are names without an order."]
    if effect.slope is not None:
        said.append(_slope(effect, style))
    if effect.df > 1:
        said.append(_any(effect))
    return " ".join(said)


def _slope(effect: FactorialEffect, style: Style) -> str:
    """Return the slope with its unit and its interval, or why no line is described."""
    assert effect.slope is not None
    test, (name,) = effect.omnibus, effect.factors
    if effect.lack_of_fit_p is None:
        few = f"it takes {effect.df} seeds or more"
        fit = f"lack of fit not tested: {few if test.n < effect.df else 'what a line leaves does not vary'}"
    else:
        fit = f"lack of fit F = {_f(effect.lack_of_fit_f)}, {p_value(effect.lack_of_fit_p)}"
        if effect.lack_of_fit_p <= test.alpha:
            return f"No straight line is described: the levels of {name} do not lie on one ({fit})."
    metric = unit_of(_metric(effect))
    unit = f"{metric.difference} per {SCORE_UNITS[effect.scores or ''].format(name=name)}".lstrip()
    known = [each for each in (effect.slope, effect.slope_low, effect.slope_high) if each is not None]
    middle, *ends = (style.number(f"{exact(metric.scale * each):+.3g}") for each in known)
    between = (
        f"{level(test.alpha)} t interval {' to '.join(ends)}, {p_value(effect.slope_p)}; " if effect.slope_p else ""
    )
    return f"Slope: {middle} {unit} ({between}{fit})."


def _metric(effect: FactorialEffect) -> str:
    return contrasts([effect])[0].metric


def _contrast(effect: FactorialEffect, found: Contrast, style: Style) -> str:
    if found.n_pairs == 0:
        return f"{effect.effect} cannot be estimated: there is no seed at which every cell trained."
    given, estimate = (
        sentences.given(found, "every cell", "seed"),
        f"{differences.estimate(found, style)} {differences.between(found, style)}",
    )
    why = sentences.why_no_claim(found, style)
    if why is not None:
        return f"{effect.effect} cannot be tested: it changes {style.metric(found.metric)} by {estimate}{given}. {why}."
    claim = _opened(sentences.claim(found, *_places(effect, found, style)), style)
    return f"{claim}: {estimate}{given}.{sentences.reason(found)}{sentences.without_limit(found)}"


def _places(effect: FactorialEffect, found: Contrast, style: Style) -> tuple[str, str, str]:
    """Return what is compared, where, and with where: the last factor's highest level against its lowest."""
    *before, (last, (low, high)) = list(zip(effect.factors, found.levels, strict=True))
    subject = style.metric(found.metric)
    if effect.at is not None:
        subject += f" at {effect.at.factor} {_level(effect.at.level, style)}"
    if len(before) == 1:
        (name, (start, end)) = before[0]
        subject = f"the change in {subject} from {name} {_level(start, style)} to {_level(end, style)}"
    elif before:
        subject = f"the interaction of {' and '.join(name for name, _ in before)} in {subject}"
    return subject, f"at {last} {_level(high, style)}", f"at {last} {_level(low, style)}"


def _level(level: Level, style: Style) -> str:
    return style.number(tell(level)) if isinstance(level, float) else tell(level)


def _opened(claim: str, style: Style) -> str:
    """Return a claim as the beginning of a sentence."""
    return f"T{claim[1:]}" if claim.startswith("the ") else style.opened(claim)


def _any(effect: FactorialEffect) -> str:
    """Return what F says of an effect with several dimensions."""
    test = effect.omnibus
    if test.p_holm is None:
        return f"F of {effect.effect} cannot be computed."
    told = f"{f_told(test)}, adjusted {p_value(test.p_holm)} (Holm over {_family(effect)})"
    if test.n < ROUGH:
        return f"{told}: {test.n} seeds are too few for a verdict."
    names = listed(effect.factors)
    if len(effect.factors) > 1:
        return f"{'An' if differs(effect) else 'No'} interaction of {names} is shown: {told}."
    if differs(effect):
        return f"The levels of {names} differ in some way: {told}."
    return f"No difference between the levels of {names} is shown: {told}."


def label_of(effect: FactorialEffect, found: Contrast) -> str:
    """Return the name of a contrast in a table: of one factor with levels in between with the two that it is of."""
    if len(effect.factors) > 1 or effect.df == 1 or found is not effect.contrast:
        return found.condition
    (ends,) = found.levels
    return f"{found.condition}: {' to '.join(map(tell, ends))}"


def _family(effect: FactorialEffect) -> str:
    """Return what an effect is judged together with."""
    return "effects" if effect.at is None else "simple effects"


def differs(effect: FactorialEffect) -> bool:
    """Return whether an effect of several dimensions is there by its F."""
    test = effect.omnibus
    return effect.df > 1 and test.n >= ROUGH and test.p_holm is not None and test.p_holm <= test.alpha


def is_there(effect: FactorialEffect) -> bool:
    """Return whether an effect is there: its contrast has a sign, or its F says that levels differ."""
    signed = any(
        sentences.why_no_claim(each) is None and each.headline.verdict in SIGNED for each in contrasts([effect])
    )
    return signed or differs(effect)


def simple_told(found: Factorial) -> list[FactorialEffect]:
    """Return the simple effects of two factors whose interaction is there: main effects do not say it all then."""
    there = [set(each.factors) for each in found.effects if len(each.factors) == 2 and is_there(each)]
    return [each for each in found.simple_effects if each.at is not None and {*each.factors, each.at.factor} in there]


def f_told(test: EffectTest) -> str:
    """Return F with its degrees of freedom, shrunken by epsilon: ``F(1.7, 15.6) = 4.21``; a dash where it cannot be."""
    if test.f is None or test.epsilon is None or test.df1 is None or test.df2 is None:
        return NOTHING
    return f"F({test.epsilon * test.df1:.3g}, {test.epsilon * test.df2:.3g}) = {_f(test.f)}"


def _f(value: float | None) -> str:
    """Return an F with three significant digits, and all digits of its whole part; a dash where there is none."""
    return NOTHING if value is None else f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def cells_of_f(effect: FactorialEffect) -> tuple[str, str]:
    """Return F and its adjusted p for a table; dashes where the contrast says it all."""
    test = effect.omnibus
    return (NOTHING, NOTHING) if effect.df == 1 else (f_told(test), probability(test.p_holm))


def notes(found: Factorial) -> list[str]:
    """Return what signs, slopes and F mean, as far as they are shown."""
    slopes = [SLOPES] if any(each.slope is not None for each in found.effects) else []
    return [SIGNS, *slopes, *([WHY_F] if has_curves(found.effects) else [])]


def has_curves(told: Sequence[FactorialEffect]) -> bool:
    """Return whether some effect has more than one dimension: F is then told."""
    return any(each.df > 1 for each in told)


tell = Factor.tell


def crossed(found: Factorial) -> str:
    """Return which factors are crossed: ``dropout_1 (0.2, 0.5) × weight_decay (0, 0.0001)``."""
    return " × ".join(f"{each.name} ({', '.join(map(tell, each.levels))})" for each in found.factors)
