"""What the Python interface says of bad input: with its parameters, where the commands name their options."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import ParamSpec, TypeVar

from analysis.base.errors import TableError
from analysis.tables.question import Told

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")

_OTHERWISE = {
    "condition-column": "condition",
    "seed-column": "seed",
    "higher-is-better": 'direction="higher"',
    "lower-is-better": 'direction="lower"',
    "percent": "percent=True",
    "factors": "crossed",
    "conditions": "crossed",
}
"""Options whose parameter is not of their name."""

_OF_LOAD = ("condition", "seed", "task", "where", "percent", "chance", "epochs")
"""Parameters of `analysis.load` that an error may ask for."""

_PIECE = re.compile(
    r"(?P<quoted>python -m [^;]*|(?<!\w)'(?:[^'\\]|\\.)*'|(?<!\w)\"(?:[^\"\\]|\\.)*\"|“[^”]*”)"
    r"|(?<![^\s(])--(?P<option>[a-z][a-z-]*)(?: (?P<argument>(?!--)(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+))?"
)


def parameters_in(fault: str) -> str:
    """Return a sentence with parameters in place of options; labels and commands that it quotes stay as they are."""
    return _PIECE.sub(_parameter, fault)


def _parameter(found: re.Match[str]) -> str:
    if found["quoted"]:
        return found["quoted"]
    option, given = found["option"], found["argument"]
    name = _OTHERWISE.get(option, option.replace("-", "_"))
    if given is None:
        return name
    plain = given.rstrip(":;,.)")
    value, end = "".join(shlex.split(plain)), given[len(plain) :]
    if option == "where" and "=" in value:
        column, _, cell = value.partition("=")
        return f"where={{{_text(column)}: {_text(cell)}}}{end}"
    takes = found.string.startswith((" takes ", " compares ", " does "), found.end())
    is_epoch = option == "epochs" and (value == "last" or value.startswith("best:"))
    if is_epoch or option in ("condition-column", "seed-column") or (option == "task" and takes):
        return f"{name}={_text(value)}{end}"
    return f"{name} {given}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def in_python(function: Callable[_Given, _Found]) -> Callable[_Given, _Found]:
    """Return `function` with errors that name its parameters, and those of `analysis.load` that it lacks.

    Of what a function takes by ``**told``, names that are not those of `Told` are refused as Python does.
    """
    parameters = signature(function).parameters
    takes_more = any(each.kind is Parameter.VAR_KEYWORD for each in parameters.values())
    known = {*parameters, *(Told.__annotations__ if takes_more else ())}

    @wraps(function)
    def told(*given: _Given.args, **named: _Given.kwargs) -> _Found:
        for name in named:
            if name not in known:
                raise TypeError(f"{function.__name__}() got an unexpected keyword argument {name!r}")
        try:
            return function(*given, **named)
        except TableError as error:
            error.say([_with_place(parameters_in(fault), fault, known) for fault in error.faults])
            raise

    return told


def _with_place(told: str, fault: str, known: set[str]) -> str:
    """Return what is told with the function that takes the parameters it names, where that is `analysis.load`."""
    options = {_OTHERWISE.get(each["option"], each["option"]) for each in _PIECE.finditer(fault) if each["option"]}
    lacking = [each for each in _OF_LOAD if each in {option.partition("=")[0] for option in options} - known]
    return f"{told} (of analysis.load: give what it returns here)" if lacking else told
