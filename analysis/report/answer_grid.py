"""The table of the first screen: each condition's verdict, difference, bad endings, and what was set."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.figures.evidence import Evidence, Setting
from analysis.report.comparison_grid import headline_interval
from analysis.report.document import Column, Grid
from analysis.wording import bad_endings
from analysis.wording.differences import CONFIDENCE, ESTIMATES
from analysis.wording.number_format import NOTHING, level
from analysis.wording.phrases import MOST_SETTINGS, settings, spoken
from analysis.wording.units import unit_of
from analysis.wording.verdicts import short, tone

CONTROL = "control"


def answer_grid(whole: Comparison, evidence: Evidence) -> Grid:
    """Return a row for the control and for each condition that is meant to train."""
    unit, shown = unit_of(whole.metric), [each for each in evidence.trained if _is_row(each, whole)]
    names = list(dict.fromkeys(name for each in evidence.settings for name, _ in each.varied))
    apart = len(names) <= MOST_SETTINGS
    called = " or ".join(dict.fromkeys(CONFIDENCE[scope] for scope in whole.scopes)) or "interval"
    columns = (
        Column("condition", numeric=False),
        Column("verdict", numeric=False),
        Column(ESTIMATES[whole.estimand], unit.difference),
        Column(f"{level(whole.alpha)} {called}", unit.difference),
        *([Column("bad endings", "of runs")] if whole.bad_endings else []),
        *(Column(spoken(name), numeric=False) for name in (names if apart else ["settings"])),
    )
    rows, tones = [], []
    for each in shown:
        effect = whole.effects.get(each.label)
        rows.append((each.label, *_cells(effect, whole), *_settings(each, apart)))
        tones.append("" if effect is None else tone(effect))
    others = "" if apart else " A setting that is not named is 0 or does not apply."
    return Grid(
        name=f"answer-{whole.metric}",
        caption=" ".join(
            filter(None, (f"{unit.name.capitalize()} against the control.{others}", bad_endings.rule(whole)))
        ),
        columns=columns,
        rows=tuple(rows),
        tones=tuple(tones),
        compact=True,
    )


def _is_row(setting: Setting, whole: Comparison) -> bool:
    return setting.label in whole.effects or setting.is_control


def _cells(effect: Effect | None, whole: Comparison) -> tuple[str, ...]:
    unit = unit_of(whole.metric)
    told = (CONTROL, NOTHING, NOTHING)
    label = whole.control
    if effect is not None:
        label = effect.condition
        told = (
            short(effect),
            unit.tell_difference(effect.headline.estimate, effect.margin),
            headline_interval(effect, unit),
        )
    endings = (bad_endings.counted(whole.bad_endings.get(label)),) if whole.bad_endings else ()
    return (*told, *endings)


def _settings(setting: Setting, apart: bool) -> tuple[str, ...]:
    if apart:
        return tuple(value for _, value in setting.varied)
    return (", ".join(settings(setting.varied)) or NOTHING,)
