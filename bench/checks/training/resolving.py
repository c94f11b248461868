"""From ``TRAIN.py:FUNCTION``, a study, or a function at hand to what is checked."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.base.errors import StudyError, UsageError, nearest
from bench.checks.training.subject import Subject
from bench.record.experiment import Experiment
from bench.record.settings import canonical
from bench.study.experiment import read_experiment
from bench.study.fields import Faults
from bench.study.study import Study

DEFAULTS = "as given"


def resolve(place: str, settings: Mapping[str, Any]) -> Subject:
    """Return the training code that `place` names.

    Raises
    ------
    UsageError
        There is none; or the study trains no code of its user's own.
    """
    path, colon, name = place.rpartition(":")
    if colon and path.endswith(".py"):
        return _of_file(Path(path), name, settings)
    if place.endswith(".py"):
        raise UsageError(f"{place!r} was given; TRAIN.py:FUNCTION is expected, the function's name after the colon")
    return of_study(Study.load(place), settings)


def of_study(study: Study, settings: Mapping[str, Any]) -> Subject:
    """Return the training code of a study, `settings` in place of its own, conditions included."""
    base = study.recipe
    if not isinstance(base, Experiment):
        raise UsageError(f"{study.name} trains this program's own networks; a study with [experiment] is expected")
    known = base.keys()
    if unknown := [name for name in settings if name not in known]:
        raise UsageError(
            f"setting {unknown[0]}: there is no such one{nearest(unknown[0], known)} (there is: {', '.join(known)})"
        )
    ordered = sorted(study.conditions, key=lambda each: each.label != study.analysis.control)
    conditions = {each.label: canonical(base.settings) | canonical(each.recipe) | dict(settings) for each in ordered}
    return Subject(base.name, base, None, conditions, tuple(conditions), dict(settings))


def of_callable(function: Callable[..., Any], settings: Mapping[str, Any]) -> Subject:
    """Return what is checked of a function at hand."""
    if not callable(function):
        raise UsageError(f"{function!r} was given; a function that takes a trial is expected")
    name = getattr(function, "__qualname__", repr(function))
    experiment = Experiment(name, (), Path.cwd(), (), "", (), "", ())
    return Subject(name, experiment, function, {DEFAULTS: dict(settings)}, (), dict(settings))


def _of_file(path: Path, name: str, settings: Mapping[str, Any]) -> Subject:
    if not path.is_file():
        raise UsageError(f"{path}: no such file")
    path = path.resolve()
    faults = Faults(str(path))
    document = {"experiment": {"function": f"{path.name}:{name}"}, "settings": dict(settings)}
    experiment = read_experiment(document, str(path), faults)
    if faults.found or experiment is None:
        raise StudyError("\n".join(faults.found))
    subject = Subject(experiment.name, experiment, None, {DEFAULTS: dict(settings)}, (), dict(settings))
    _takes_a_trial(subject)
    return subject


def _takes_a_trial(subject: Subject) -> None:
    """Raise UsageError where a function cannot be called with a trial alone."""
    try:
        function = subject.load()
    except Exception as error:
        raise UsageError(f"{subject.name} cannot be imported: {type(error).__name__}: {error}") from error
    try:
        inspect.signature(function).bind(None)
    except TypeError as error:
        raise UsageError(f"{subject.name} is called with a trial and nothing else: {error}") from error
    except ValueError:
        return


def parsed(given: Sequence[str]) -> dict[str, Any]:
    """Return KEY=VALUE pairs as settings, each value as TOML has it; a bare word is a text."""
    found: dict[str, Any] = {}
    for each in given:
        key, equals, text = each.partition("=")
        if not (key and equals):
            raise UsageError(f"--set {each}: KEY=VALUE is expected")
        try:
            found[key] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            if not text.replace("_", "").replace("-", "").isalnum():
                raise UsageError(f"--set {each}: {text!r} is no value of TOML: 0.5, true, [1, 2] or a text") from None
            found[key] = text
    return found
