"""Which settings a training is checked with: short, in two conditions at least, and each moved that ought to matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bench.checks.training.once import Run
from bench.checks.training.subject import Subject

EPOCHS = 2
"""Enough for what goes from one epoch to the next."""
REGULARISING = ("drop", "noise", "rate", "decay", "smooth", "regular", "mix")
MATTERING = (*REGULARISING, "lr", "momentum", "gamma", "width", "hidden", "warmup", "augment")
"""Parts of the names of settings that change the numbers wherever they are used."""
IDLE = (
    "worker",
    "device",
    "log",
    "print",
    "verbose",
    "path",
    "folder",
    "dir",
    "name",
    "save",
    "thread",
    "pin",
    "every",
)
"""Parts of the names of settings that may well change no number."""
MOST_MOVED, MOST_CONDITIONS = 6, 4
OTHER = "moved"


def shortened(subject: Subject) -> Subject:
    """Return the subject with fewer epochs, where a setting says how many and none was asked for."""
    lengths = {repr(each.get("epochs")) for each in subject.conditions.values()}
    if "epochs" in subject.asked or len(lengths) > 1:
        return subject
    labels = list(subject.conditions)
    kept = labels[:1] + labels[1:][-(MOST_CONDITIONS - 1) :]
    return replace(subject, conditions={label: _short(subject.conditions[label]) for label in kept})


def _short(settings: Mapping[str, Any]) -> dict[str, Any]:
    epochs = settings.get("epochs")
    short = {"epochs": min(epochs, EPOCHS)} if type(epochs) is int else {}
    return {**settings, **short}


def with_condition(subject: Subject, first: Run) -> Subject:
    """Return a subject of one condition with a second one, made by moving the setting likeliest to regularise."""
    (label,) = subject.conditions
    own = {name: value for name, value in first.seen.defaults.items() if _is_plain(value)}
    settings = {**own, **subject.conditions[label]}
    short = settings if "epochs" in subject.asked else _short(settings)
    ranked = sorted(settings, key=_rank)
    for name in ranked:
        value = other(name, settings[name])
        if _rank(name) < len(REGULARISING) and value is not None:
            pair = [(label, short), (f"{name} = {value!r}", {**short, name: value})]
            return replace(subject, conditions=dict(pair if value else pair[::-1]))
    return replace(subject, conditions={label: short})


def _rank(name: str) -> int:
    if name in ("learning_rate", "lr"):
        return len(REGULARISING)
    return next((place for place, part in enumerate(REGULARISING) if part in name), len(REGULARISING))


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | float | str) or (isinstance(value, list) and all(map(_is_plain, value)))


def other(name: str, value: Any) -> Any:
    """Return another value of a setting that is allowed as well; None where none is known."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, list) and value and all(type(each) in (int, float) for each in value):
        return [other(name, each) for each in value]
    if isinstance(value, int) and not any(part in name for part in REGULARISING):
        return value + 1
    if isinstance(value, int | float):
        regularising = any(part in name for part in REGULARISING) and name != "learning_rate"
        return (0.0 if value else 0.5) if regularising else (value / 2 if value else 0.5)
    return None


def moved(subject: Subject, base: Run) -> dict[str, Any]:
    """Return the settings that are moved one by one, with their other values.

    Those whose effect ought to be there: seeds, which no reading of them shows to be used, and strengths; where it
    cannot be seen which are read, as in a command or where all are read at once, all but idle ones.
    """
    settings = base.ask.settings
    varied = {
        name for given in subject.conditions.values() for name, value in given.items() if value != settings.get(name)
    }
    unseen = subject.is_command or base.seen.read_whole
    ought = [name for name in settings if "seed" in name] + [
        name for name in settings if "seed" not in name and any(part in name for part in MATTERING)
    ]
    ought += [name for name in settings if unseen and name not in ought and not any(part in name for part in IDLE)]
    values = {name: other(name, settings[name]) for name in ought if name not in varied}
    return {name: value for name, value in list(values.items())[:MOST_MOVED] if value is not None}
