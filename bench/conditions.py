"""Reading the conditions of a study: those that are listed, and those of the grid."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bench import fields
from bench.faults import nearest
from bench.fields import Faults, Field, show
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Regulariser
from bench.trials import Condition

LABEL = Field(fields.name, "letters, digits, - _ and .")
STAYS_AT_CHANCE = Field(fields.flag, "true or false", False)

Strengths = tuple[float, ...]


def read_conditions(
    document: Mapping[str, Any], hidden: tuple[int, ...] | None, fixed: Mapping[str, str], faults: Faults
) -> tuple[Condition, ...]:
    """Return the conditions of the study `document`, those of the grid last.

    `hidden` are the widths of the hidden layers, None where they are faulty; `fixed` gives, for each key that holds
    for the whole study, its section.
    """
    listed = document.get("conditions", [])
    if not isinstance(listed, list):
        faults.add("[[conditions]]", f"{show(listed)} was given; a list of tables is expected")
        listed = []
    factors = _FactorReader(None if hidden is None else len(hidden), fixed, faults)
    conditions = [factors.condition(f"[[conditions]] {index + 1}", table) for index, table in enumerate(listed)]
    conditions += factors.grid(document.get("grid", {}))
    if not conditions and not faults.found:
        faults.add("[[conditions]]", "there are none; at least one condition, the control, is expected")
    found = tuple(condition for condition in conditions if condition is not None)
    _check_distinct(found, faults)
    return found


class _FactorReader:
    """Reads the keys that may differ between conditions: each regulariser, for all layers or for one."""

    def __init__(self, layers: int | None, fixed: Mapping[str, str], faults: Faults) -> None:
        self.layers, self.fixed, self.faults = layers, fixed, faults
        columns = [column for record in REGULARISERS.values() for column in record.columns(layers or 0)]
        self.keys = list(dict.fromkeys([*REGULARISERS, *columns]))

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
        settings = self.settings(where, given)
        return Condition(label, settings, stays) if len(self.faults.found) == before else None

    def grid(self, table: Any) -> list[Condition | None]:
        """Return the full factorial of the levels in the [grid] table."""
        if not isinstance(table, dict):
            self.faults.add("[grid]", f"{show(table)} was given; a table of lists of levels is expected")
            return []
        for key, levels in table.items():
            if not isinstance(levels, list) or not levels:
                self.faults.add(f"[grid] {key}", f"{show(levels)} was given; a list of levels is expected")
                return []
        if not table:
            return []
        conditions = []
        for levels in itertools.product(*table.values()):
            given = dict(zip(table, levels, strict=True))
            before = len(self.faults.found)
            settings = self.settings("[grid]", given)
            if len(self.faults.found) > before:
                return [None]
            label = "_".join(f"{key}-{_level(value)}" for key, value in given.items())
            conditions.append(Condition(label, settings))
        return conditions

    def settings(self, where: str, given: Mapping[str, Any]) -> tuple[tuple[str, Strengths], ...]:
        """Return the strengths per layer of every regulariser that `given` names."""
        for key in given:
            if key in self.fixed:
                self.faults.add(f"{where} {key}", f"is fixed for the whole study in [{self.fixed[key]}]")
            elif key not in self.keys:
                self.faults.unknown(where, key, ["label", "stays_at_chance", *self.keys])
        return tuple(
            (name, strengths) for name in REGULARISERS if (strengths := self.strengths(where, name, given)) is not None
        )

    def strengths(self, where: str, name: str, given: Mapping[str, Any]) -> Strengths | None:
        """Return the strengths of regulariser `name`, or None where it is not named or faulty."""
        record = REGULARISERS[name]
        strength = _strength_field(record)
        if record.each == "network":
            value = self.faults.value(where, name, given, replace(strength, default=None))
            return None if value is None else (value,)
        layers = self.layers or 0
        single = {layer: column for layer, column in enumerate(record.columns(layers)) if column in given}
        if name in given and single:
            self.faults.add(where, f"{name} and {', '.join(single.values())} both set the same layers")
            return None
        if single:
            values = {layer: self.faults.value(where, key, given, strength) for layer, key in single.items()}
            return tuple(values.get(layer, record.null) for layer in range(layers))

        def one_per_layer(value: Any) -> Strengths:
            if not isinstance(value, list):
                return (strength.parse(value),) * layers
            fields.require(self.layers is None or len(value) == layers, f"{len(value)} for {layers} hidden layers")
            return fields.several(strength.parse)(value)

        many = isinstance(given.get(name), list)
        allowed = strength.allowed + (", one for each hidden layer" if many else ", or a list of one per layer")
        return self.faults.value(where, name, given, Field(one_per_layer, allowed, None))


def _strength_field(record: Regulariser) -> Field:
    """Return how one strength of `record` is read."""
    finite = math.isfinite(record.high)
    inside = fields.between(record.low, record.high if finite else fields.LARGEST)
    allowed = f"a number from {record.low:g} {f'to {record.high:g}' if finite else 'on'}"
    if math.isfinite(record.null):
        return Field(inside, allowed)
    return Field(
        lambda value: value if value == record.null else inside(value), f"{allowed}, or {record.null:g} for none"
    )


def _check_distinct(conditions: tuple[Condition, ...], faults: Faults) -> None:
    """Note every condition that repeats the label or the settings of an earlier one."""
    for index, condition in enumerate(conditions):
        for earlier in conditions[:index]:
            if condition.label == earlier.label:
                faults.add(f'condition "{condition.label}"', "duplicate label; each condition needs its own")
            elif condition.condition_id == earlier.condition_id:
                faults.add(
                    f'condition "{condition.label}"',
                    f'same settings as "{earlier.label}"; each trial would run twice',
                )


def check_control(control: str | None, conditions: tuple[Condition, ...], faults: Faults) -> None:
    """Check that the control is a condition, and one that is meant to train."""
    labels = {condition.label: condition for condition in conditions}
    if control is None or not labels:
        return
    if control not in labels:
        faults.add("[analysis] control", f'no condition "{control}"{nearest(control, labels)} ({", ".join(labels)})')
    elif labels[control].stays_at_chance:
        faults.add("[analysis] control", f'"{control}" is meant to stay at chance: nothing can be compared with it')


def _level(value: Any) -> str:
    """Return a level of the grid as part of a label: 0.2, or 0.2-0.5 for one per layer."""
    return "-".join(f"{item:g}" for item in (value if isinstance(value, list) else [value]))
