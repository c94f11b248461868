"""A gate in words: on a terminal, as a Markdown summary, and as JUnit's XML for whatever reads test results."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from analysis.answer.gate import EQUIVALENT, HOLDS, NOT_INFERIOR, OPPOSITE, SUPERIOR, Gate, Required
from analysis.answer.headline import scopes
from analysis.answer.out_of_reach import POWER
from analysis.wording import bad_endings
from analysis.wording.differences import between, estimate
from analysis.wording.markdown import escaped
from analysis.wording.number_format import exact, inner_level, level
from analysis.wording.phrases import every, holding, listed, quoted
from analysis.wording.sentences import no_pair
from analysis.wording.terminal import interval, itemised, left_out, signed, tabulated
from analysis.wording.units import unit_of
from analysis.wording.verdicts import block_of, pairs_of
from bench.schema.known_metrics import LOWER, is_fraction

OUTCOMES = {HOLDS: "holds", OPPOSITE: "the opposite is shown"}
"""What is shown of a requirement, in a table; everything else is not shown either way."""

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(found: Gate) -> str:
    """Return the gate as text for a terminal."""
    blocks = [
        title(found),
        result(found),
        tabulated(*_grid(found)),
        _holding(found),
        "\n".join(sentence(found, each) for each in found.conditions if each.outcome != HOLDS),
        itemised("Left out", _left_out(found)),
        itemised("Know before you believe this", found.warnings),
    ]
    return "\n\n".join(block for block in blocks if block)


def markdown(found: Gate) -> str:
    """Return the gate as Markdown, as a job's summary or a comment shows it."""
    header, rows = _grid(found)
    lines = [header, ["---", *["---:"] * (len(header) - 2), "---"], *rows]
    table = "\n".join(
        f"| {' | '.join(cell if place == 1 else escaped(cell) for cell in row)} |" for place, row in enumerate(lines)
    )
    listings = [
        f"**{heading}**\n\n" + "\n".join(f"- {escaped(each)}" for each in items)
        for heading, items in (("Left out", _left_out(found)), ("Know before you believe this", found.warnings))
        if items
    ]
    said = [escaped(sentence(found, each)) for each in found.conditions if each.outcome != HOLDS]
    headed = [f"### {escaped(title(found))}", f"**{escaped(result(found))}**", table, escaped(_holding(found))]
    blocks = [*headed, *said, *listings]
    return "\n\n".join(block for block in blocks if block) + "\n"


def junit(found: Gate) -> str:
    """Return the gate as JUnit's XML: a test for each condition, which fails unless what is required holds of it."""
    failed = str(sum(each.outcome != HOLDS for each in found.conditions))
    counts = {"tests": str(len(found.conditions)), "failures": failed, "errors": "0", "skipped": "0"}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": _xml(title(found)), **counts})
    for each in found.conditions:
        name = {"classname": _xml(f"{found.comparison.metric}.{found.require}"), "name": _xml(each.condition)}
        test = ET.SubElement(suite, "testcase", name)
        said = _xml(sentence(found, each))
        if each.outcome == HOLDS:
            ET.SubElement(test, "system-out").text = said
        else:
            ET.SubElement(test, "failure", {"type": each.outcome, "message": said}).text = said
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def title(found: Gate) -> str:
    """Return what is required, of what, against what."""
    return f"Required against {quoted(found.control)}: {found.comparison.metric} {requirement(found)}"


def requirement(found: Gate) -> str:
    """Return what is required in words: ``not lower by 0.2 points or more``."""
    up, down, margin = _sides(found)
    return {
        SUPERIOR: f"{up} by more than {margin}",
        NOT_INFERIOR: f"not {down} by {margin} or more",
        EQUIVALENT: f"the same to within {margin}",
    }[found.require]


def result(found: Gate) -> str:
    """Return what is shown, of how many conditions."""
    number = len(found.conditions)
    by = {kind: [quoted(each.condition) for each in found.conditions if each.outcome == kind] for kind in OUTCOMES}
    held, opposed = len(by[HOLDS]), len(by[OPPOSITE])
    if number == 1:
        return "It holds." if held else "The opposite is shown." if opposed else "Neither it nor the opposite is shown."
    if held == number:
        return f"It holds for {every(number, 'condition')}."
    parts = [f"It is shown for {held or 'none'} of {number} conditions"]
    parts += [f"the opposite is shown for {listed(by[OPPOSITE])}"] if opposed else []
    parts += [f"neither is shown for {number - held - opposed}"] if number > held + opposed else []
    return f"{'; '.join(parts)}."


def sentence(found: Gate, each: Required) -> str:
    """Return what is shown of one condition, with its numbers."""
    effect, name = each.effect, quoted(each.condition)
    if not pairs_of(effect):
        return f"{name}: not shown; {no_pair(effect)}."
    ends = between(effect, inner=found.require == EQUIVALENT, of_zero=False)  # its p says nothing of the margin
    changed = f"{effect.metric} changed by {estimate(effect)} {ends}"
    if each.outcome == HOLDS:
        return f"{name}: {changed}; shown to be {requirement(found)}."
    if each.outcome == OPPOSITE:
        return f"{name}: {changed}; shown to be {_opposite(found)}."
    why = f" {each.reason[0].upper()}{each.reason[1:]}." if each.reason else ""
    may_be = requirement(found) if found.require == SUPERIOR else _opposite(found)
    return f"{name}: {changed}; it may be {may_be}, or not.{why}{_detectable(found, each)}"


def _detectable(found: Gate, each: Required) -> str:
    """Return what as many runs show with the power of a plan, as a sentence; nothing where that is not known."""
    if each.detectable is None:
        return ""
    unit, effect = unit_of(found.comparison.metric), each.effect
    runs = f"{pairs_of(effect)} {block_of(effect)}s show with {exact(100 * POWER):g}% power"
    amount = f"{unit.tell(each.detectable)} {unit.difference}".rstrip()
    if found.require == EQUIVALENT:
        return f" At the spread seen, {runs} that what did not change is the same to within {amount}, and not to less."
    return f" At the spread seen, {runs} a true difference that lies {amount} or more from that bound."


def _opposite(found: Gate) -> str:
    """Return what is so where the requirement is not met."""
    up, down, margin = _sides(found)
    return {
        SUPERIOR: f"not {up} by more than {margin}",
        NOT_INFERIOR: f"{down} by {margin} or more",
        EQUIVALENT: f"different by {margin} or more",
    }[found.require]


def _sides(found: Gate) -> tuple[str, str, str]:
    """Return which way is better, which is worse, and the margin, in words."""
    up, down = ("lower", "higher") if found.comparison.direction == LOWER else ("higher", "lower")
    unit = unit_of(found.comparison.metric)
    return up, down, unit.margin_with_unit(found.margin)


def _holding(found: Gate) -> str:
    told = scopes(each.effect.headline for each in found.conditions)
    return holding(told, found.comparison.example, "conditions") if told else ""


def _left_out(found: Gate) -> list[str]:
    several = len(found.comparisons) > 1
    return [
        f"{name}: {left_out(each)}" if several else left_out(each)
        for name, whole in found.comparisons.items()
        for each in whole.dropped
    ]


def _grid(found: Gate) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of the table: what was found beside what is required."""
    first = found.comparison
    alpha, scale = first.alpha, 100 if is_fraction(first.metric) else 1
    endings = any(whole.bad_endings for whole in found.comparisons.values())
    asked = f"{inner_level(alpha)} interval" if found.require == EQUIVALENT else f"{level(alpha)} interval"
    header = ["condition", "pairs", "difference", asked, "required", *(["bad endings", "control's"] if endings else [])]
    return [*header, "outcome"], [_row(found, each, scale, endings) for each in found.conditions]


def _row(found: Gate, each: Required, scale: int, endings: bool) -> list[str]:
    effect, told = each.effect, each.effect.headline
    low, high = (told.low_90, told.high_90) if found.require == EQUIVALENT else (told.low, told.high)
    whole = next(one for one in found.comparisons.values() if effect in one.effects.values())
    counts = [bad_endings.counted(whole.bad_endings.get(arm)) for arm in (effect.condition, effect.control)]
    return [
        each.condition,
        str(pairs_of(effect)),
        "-" if told.estimate is None else signed([told.estimate], scale, found.margin)[0],
        interval(low, high, scale, found.margin),
        _bound(found, scale),
        *(counts if endings else []),
        OUTCOMES.get(each.outcome, "not shown either way"),
    ]


def _bound(found: Gate, scale: int) -> str:
    """Return where the interval must lie."""
    lower = found.comparison.direction == LOWER
    if found.require == EQUIVALENT:
        up = signed([found.margin], scale, found.margin)[0]
        return f"within {up.removeprefix('+')}"
    bound = found.margin if (found.require == SUPERIOR) != lower else -found.margin
    return f"{'below' if lower else 'above'} {signed([bound], scale, found.margin)[0]}"


def _xml(said: str) -> str:
    """Return text without the characters that XML has no form for."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", said)
