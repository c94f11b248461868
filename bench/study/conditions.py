"""Reading the conditions of a study: those that are listed, and those of the grid."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bench.base.errors import nearest
from bench.record.trials import Condition
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Regulariser
from bench.study import fields
from bench.study.fields import Faults, Field, show

LABEL = Field(fields.name, "a name of letters, digits, - _ and .")
MOST_CONDITIONS = 100_000
STAYS_AT_CHANCE = Field(fields.flag, "true or false", False)

Strengths = tuple[tuple[str, tuple[float, ...]], ...]
"""Name of a regulariser, and its strengths: one, or one per hidden layer."""

Settings = Callable[[str, Mapping[str, Any]], tuple[Strengths, tuple[tuple[str, Any], ...]]]
"""(where, what a condition gives) -> strengths of regularisers, and what it sets of the recipe."""


@dataclass(frozen=True)
class Whole:
    """What the study's own sections say of the keys that conditions may set instead."""

    fixed: Mapping[str, str]
    """Key that holds for the whole study -> its section."""
    varied: Mapping[str, Field]
    """Key that is left to the conditions -> how it is read."""
    hidden: tuple[int, ...] | None
    """Widths of the hidden layers; None where they are faulty, or left to the conditions."""


def named_by_conditions(document: Mapping[str, Any]) -> set[str]:
    """Return every key that some condition of the study `document`, or its grid, names."""
    listed, grid = document.get("conditions"), document.get("grid")
    tables = [*(listed if isinstance(listed, list) else []), grid]
    return {key for table in tables if isinstance(table, dict) for key in table}


def of_networks(document: Mapping[str, Any], whole: Whole, faults: Faults) -> tuple[Condition, ...]:
    """Return the conditions of a study of networks, those of the grid last."""
    return read_conditions(document, _FactorReader(whole, faults).settings, faults)


def read_conditions(document: Mapping[str, Any], settings: Settings, faults: Faults) -> tuple[Condition, ...]:
    """Return the conditions of the study `document`, those of the grid last; `settings` reads what one sets."""
    listed = document.get("conditions", [])
    if not isinstance(listed, list):
        faults.add("[[conditions]]", f"{show(listed)} was given; a list of tables is expected")
        listed = []
    reader = _Reader(settings, faults)
    conditions = [reader.condition(f"[[conditions]] {index + 1}", table) for index, table in enumerate(listed)]
    conditions += reader.grid(document.get("grid", {}))
    if not conditions and not faults.found:
        faults.add("[[conditions]]", "there are none; at least one condition, the control, is expected")
    found = tuple(condition for condition in conditions if condition is not None)
    _check_distinct(found, faults)
    return found


class _Reader:
    """Reads conditions that are listed, and those of the grid."""

    def __init__(self, settings: Settings, faults: Faults) -> None:
        self.settings, self.faults = settings, faults

    def condition(self, where: str, table: Any) -> Condition | None:
        """Return one listed condition, or None where it is faulty."""
        if not isinstance(table, dict):
            self.faults.add(where, f"{show(table)} was given; a table is expected")
            return None
        before = len(self.faults.found)
        label = self.faults.value(where, "label", table, LABEL)
        where = f'{where} ("{label}")' if label else where
        stays = self.faults.value(where, "stays_at_chance", table, STAYS_AT_CHANCE)
        given = {key: value for key, value in table.items() if key not in ("label", "stays_at_chance")}
        settings, recipe = self.settings(where, given)
        return Condition(label, settings, stays, recipe) if len(self.faults.found) == before else None

    def grid(self, table: Any) -> list[Condition | None]:
        """Return the full factorial of the levels in the [grid] table."""
        if not isinstance(table, dict):
            self.faults.add("[grid]", f"{show(table)} was given; a table of lists of levels is expected")
            return []
        for key, levels in table.items():
            if not isinstance(levels, list) or not levels:
                self.faults.add(f"[grid] {key}", f"{show(levels)} was given; a list of levels is expected")
                return []
        if (number := math.prod(map(len, table.values()))) > MOST_CONDITIONS:
            self.faults.add(
                "[grid]", f"has {number:,} combinations of levels; at most {MOST_CONDITIONS:,} are expected"
            )
            return [None]
        conditions: list[Condition | None] = []
        for levels in itertools.product(*table.values()) if table else ():
            given = dict(zip(table, levels, strict=True))
            before = len(self.faults.found)
            settings, recipe = self.settings("[grid]", given)
            if len(self.faults.found) > before:
                return [None]
            label = "_".join(f"{key}-{_level(value)}" for key, value in given.items())
            if fields.NAME.fullmatch(label) is None:
                self.faults.add(
                    "[grid]",
                    f'"{label}" is no label; list these as [[conditions]] with labels of letters, digits, - _ .',
                )
                return [None]
            conditions.append(Condition(label, settings, recipe=recipe))
        return conditions


class _FactorReader:
    """Reads the keys that may differ between conditions: regularisers, for all layers or for one, and the recipe's."""

    def __init__(self, whole: Whole, faults: Faults) -> None:
        self.whole, self.faults = whole, faults

    def settings(self, where: str, given: Mapping[str, Any]) -> tuple[Strengths, tuple[tuple[str, Any], ...]]:
        """Return the strengths of every regulariser that `given` names, and what it sets of the recipe."""
        recipe = {key: self.faults.value(where, key, given, field) for key, field in self.whole.varied.items()}
        hidden = recipe.get("hidden", self.whole.hidden)
        layers = None if hidden is None else len(hidden)
        columns = [column for record in REGULARISERS.values() for column in record.columns(layers or 0)]
        keys = list(dict.fromkeys([*REGULARISERS, *columns, *self.whole.varied]))
        for key in given:
            if key in self.whole.fixed:
                self.faults.add(f"{where} {key}", f"is fixed for the whole study in [{self.whole.fixed[key]}]")
            elif key not in keys:
                self.faults.unknown(where, key, ["label", "stays_at_chance", *keys])
        found = ((record.name, self.strengths(where, record, given, layers)) for record in REGULARISERS.values())
        strengths = tuple((name, values) for name, values in found if values is not None)
        return strengths, tuple((k, v) for k, v in recipe.items() if v != self.whole.varied[k].default)

    def strengths(
        self, where: str, record: Regulariser, given: Mapping[str, Any], layers: int | None
    ) -> tuple[float, ...] | None:
        """Return the strengths of a regulariser, or None where it is not named or faulty."""
        name, strength = record.name, _strength_field(record)
        if record.each == "network":
            value = self.faults.value(where, name, given, replace(strength, default=None))
            return None if value is None or math.isinf(value) else (value,)  # JSON has no infinity, and it is null
        count = layers or 0
        single = {layer: column for layer, column in enumerate(record.columns(count)) if column in given}
        if name in given and single:
            self.faults.add(where, f"{name} and {', '.join(single.values())} both set the same layers")
            return None
        if single:
            values = {layer: self.faults.value(where, key, given, strength) for layer, key in single.items()}
            return tuple(values.get(layer, record.null) for layer in range(count))

        def one_per_layer(value: Any) -> tuple[float, ...]:
            if not isinstance(value, list):
                return (strength.parse(value),) * count
            fields.require(layers is None or len(value) == count, f"{len(value)} for {count} hidden layers")
            return fields.several(strength.parse)(value)

        many = isinstance(given.get(name), list)
        allowed = strength.allowed + (", one for each hidden layer," if many else ", or a list of one per layer,")
        return self.faults.value(where, name, given, Field(one_per_layer, allowed, None))


def _strength_field(record: Regulariser) -> Field:
    """Return how one strength of `record` is read."""
    finite = math.isfinite(record.high)
    between = fields.between(record.low, record.high if finite else fields.LARGEST)

    def inside(value: Any) -> float:
        fields.require(not record.whole or value == math.floor(between(value)))
        return between(value)

    allowed = f"a {'whole ' * record.whole}number from {record.low:g} {f'to {record.high:g}' if finite else 'on'}"
    if math.isfinite(record.null):
        return Field(inside, allowed)
    return Field(
        lambda value: value if value == record.null else inside(value), f"{allowed}, or {record.null:g} for none"
    )


def _check_distinct(conditions: tuple[Condition, ...], faults: Faults) -> None:
    """Note every condition that repeats the label or the settings of an earlier one."""
    by_label: dict[str, Condition] = {}
    by_settings: dict[str, Condition] = {}
    for condition in conditions:
        if condition.label in by_label:
            faults.add(f'condition "{condition.label}"', "duplicate label; each condition needs its own")
        earlier = by_settings.get(condition.condition_id)
        if earlier is not None and earlier.label != condition.label:
            faults.add(
                f'condition "{condition.label}"', f'same settings as "{earlier.label}"; each trial would run twice'
            )
        by_label.setdefault(condition.label, condition)
        by_settings.setdefault(condition.condition_id, condition)


def check_control(control: str | None, conditions: tuple[Condition, ...], faults: Faults) -> None:
    """Check that the control is a condition, and one that is meant to train."""
    labels = {condition.label: condition for condition in conditions}
    if control is None or not labels:
        return
    if control not in labels:
        faults.add("[analysis] control", f'no condition "{control}"{nearest(control, labels)} ({", ".join(labels)})')
    elif labels[control].stays_at_chance:
        faults.add("[analysis] control", f'"{control}" is a negative control: nothing can be compared with it')


def _level(value: Any) -> str:
    """Return a level of the grid as part of a label: 0.2, 0.2-0.5 for one per layer, or a word as it is."""
    items = value if isinstance(value, list) else [value]
    return "-".join(show(item).strip('"') if isinstance(item, str | bool | dict) else f"{item:g}" for item in items)
