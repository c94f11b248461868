"""From ``module:Layer`` or ``file.py:Layer`` to the layer; what does not lead there is said with what was tried."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import math
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from bench.base.errors import UsageError, nearest
from bench.checks.dropout.subject import CALLABLE, FUNCTION, MODULE, Subject

TRIED_RATE = 0.5
"""A layer is made at this rate to see that it can be."""


def resolve(place: str, rate_argument: str | None = None) -> Subject:
    """Return the layer that `place` names.

    Parameters
    ----------
    place
        ``module:Name`` or ``path/to/file.py:Name``; Name may have dots. A class or factory taking the rate first, or
        a plain function of (input, rate).
    rate_argument
        The rate is given by this keyword instead.

    Raises
    ------
    UsageError
        The module or the name is not found, or no layer comes of it: with what was tried.
    """
    module_name, colon, name = place.rpartition(":")
    if not (colon and module_name and name):
        raise UsageError(f"{place!r} was given; MODULE:LAYER or FILE.py:LAYER is expected")
    found: Any = _imported(module_name)
    for part in name.split("."):
        if not hasattr(found, part):
            raise UsageError(f"{module_name} has no {part!r}{nearest(part, vars(found))}")
        found = getattr(found, part)
    if isinstance(found, nn.Module):
        raise UsageError(f"{place} is a layer made already; give its class, {type(found).__name__}, or a factory")
    if not callable(found):
        raise UsageError(f"{place} is {_kind(found)}; a class, a factory or a function is expected")
    return subject_of(found, place, rate_argument)


def subject_of(found: Callable[..., Any], name: str, rate_argument: str | None = None) -> Subject:
    """Return `found` as something to check: a class or factory taking the rate, or a function of (input, rate).

    Raises
    ------
    UsageError
        Neither gives a layer: with what was tried and what came of it.
    """
    _check_argument(found, name, rate_argument)
    tried = []
    for form, build, told in _ways(found, rate_argument):
        try:
            made = build(TRIED_RATE)
        except Exception as error:  # noqa: BLE001 - whatever somebody's constructor raises is told
            tried.append(f"{told}: {type(error).__name__}: {error}")
            continue
        if callable(made):
            return Subject(name, MODULE if isinstance(made, nn.Module) else form, build)
        tried.append(f"{told}: gave {_kind(made)}, which is no layer")
    raise UsageError(
        f"{name}{_signature(found)} gives no dropout layer. Tried:\n  "
        + "\n  ".join(tried)
        + "\nName the rate's parameter by --rate-argument, or write a factory that takes the rate alone."
    )


def _ways(
    found: Callable[..., Any], rate_argument: str | None
) -> list[tuple[str, Callable[[float], Callable[..., Any]], str]]:
    """Return (form, build, words) for each way in which `found` may be meant, the likelier first."""
    given = "0.5" if rate_argument is None else f"{rate_argument}=0.5"
    rate_first = rate_argument is not None and next(iter(_parameters(found)), None) == rate_argument

    def with_rate(*inputs: Any, rate: float) -> Any:
        if rate_first:
            return found(rate, *inputs)
        return found(*inputs, rate) if rate_argument is None else found(*inputs, **{rate_argument: rate})

    def as_factory(rate: float) -> Callable[..., Any]:
        return with_rate(rate=rate)

    def as_function(rate: float) -> Callable[..., Any]:
        return partial(with_rate, rate=rate)

    factory = (CALLABLE, as_factory, f"as a class or factory, ({given})")
    function = (FUNCTION, as_function, f"as a function, (input, {given})")
    required, most = _arguments(found)
    if isinstance(found, type) or most < 2:
        return [factory]
    return [function] if required >= 2 else [factory, function]


def _arguments(found: Callable[..., Any]) -> tuple[int, float]:
    """Return how many arguments must be given, and how many may be."""
    known = _parameters(found).values()
    named = [each for each in known if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    open_ended = not known or any(each.kind is each.VAR_POSITIONAL for each in known)
    return sum(each.default is each.empty for each in named), math.inf if open_ended else len(named)


def _parameters(found: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the parameters, empty where Python cannot say (functions written in C)."""
    try:
        return dict(inspect.signature(found).parameters)
    except (TypeError, ValueError):
        return {}


def _check_argument(found: Callable[..., Any], name: str, rate_argument: str | None) -> None:
    known = _parameters(found)
    open_ended = any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values())
    if rate_argument is None or not known or open_ended or rate_argument in known:
        return
    raise UsageError(
        f"--rate-argument {rate_argument} was given; {name}{_signature(found)} has no such parameter"
        f"{nearest(rate_argument, known)}"
    )


def _signature(found: Callable[..., Any]) -> str:
    return f"({', '.join(map(str, _parameters(found).values()))})"


def _kind(value: object) -> str:
    return f"an object of type {type(value).__name__}"


def _imported(name: str) -> Any:
    """Import a module by its name, or a file by its path."""
    try:
        return _from_file(Path(name)) if name.endswith(".py") else importlib.import_module(name)
    except UsageError:
        raise
    except ModuleNotFoundError as error:
        looked = f" (looked in {', '.join(part or '.' for part in sys.path[:3])}, ...)" if error.name == name else ""
        raise UsageError(
            f"{name} cannot be imported: {error}{looked}; a file is given as path/to/file.py:LAYER"
        ) from error
    except (Exception, SystemExit) as error:  # whatever somebody's module raises is told
        raise UsageError(f"{name} cannot be imported: {type(error).__name__}: {error}") from error


def _from_file(path: Path) -> Any:
    """Import a file; its neighbours can be imported by it, as if it had been run."""
    if not path.is_file():
        raise UsageError(f"{path}: no such file (looked for {path.resolve()})")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path}: not a Python file")
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses and pickles look their module up
    spec.loader.exec_module(module)
    return module
