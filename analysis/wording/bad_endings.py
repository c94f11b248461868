"""Bad endings in words: what one is, how many there are, and what they show against the control."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.methods.bad_endings import BadEndings
from analysis.wording.number_format import p_value
from analysis.wording.phrases import listed, quoted
from analysis.wording.units import unit_of
from bench.schema.known_metrics import HIGHER


def counted(found: BadEndings | None) -> str:
    """Return how many runs ended badly: ``3 of 100``."""
    return "not known" if found is None or found.n_bad is None else f"{found.n_bad} of {found.n}"


def rule(whole: Comparison) -> str:
    """Return what a bad ending is; nothing where no rule was fixed."""
    if whole.bad_ending is None:
        return ""
    unit = unit_of(whole.metric)
    amount = unit.margin_with_unit(whole.bad_ending)
    side = "below" if whole.direction == HIGHER else "above"
    return f"A bad ending is a run that diverges or ends more than {amount} {side} the median of its own condition."


def shown(whole: Comparison) -> str | None:
    """Return what bad endings show against the control in a sentence; None where nothing is known of them."""
    control = whole.bad_endings.get(whole.control)
    others = [each for label, each in whole.bad_endings.items() if label != whole.control and each.n_bad is not None]
    if control is None or control.n_bad is None or not others:
        return None
    tested = [(each, each.p_holm) for each in others if each.p_holm is not None]
    apart = [(each, p) for each, p in tested if p <= whole.alpha]
    name = quoted(whole.control)
    most = [each.n_bad or 0 for each in others]
    if not control.n_bad and not any(most):
        return f"No run ended badly: 0 of {_sizes([control, *others])} in each condition."
    if not apart:
        range_ = f"{min(most)}" if min(most) == max(most) else f"{min(most)} to {max(most)}"
        other = quoted(others[0].condition) if len(others) == 1 else "each other condition"
        p = p_value(min(p for _, p in tested)) if tested else ""
        smallest = f" ({'adjusted' if len(others) == 1 else 'smallest adjusted'} {p})" if tested else ""
        return (
            f"Bad endings: {counted(control)} runs with {name}, {range_} of {_sizes(others)} with {other}; that "
            f"their frequencies differ is not established{smallest}."
        )
    said = [
        f"{'fewer' if (each.rate or 0) < (control.rate or 0) else 'more'} with {quoted(each.condition)} "
        f"({counted(each)}; adjusted {p_value(p)})"
        for each, p in apart
    ]
    return f"Bad endings against {name} ({counted(control)}): {listed(said)}."


def _sizes(found: list[BadEndings]) -> str:
    sizes = sorted({each.n for each in found})
    return f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
