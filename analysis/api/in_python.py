"""What the Python interface says of bad input: with its parameters, where the commands name their options."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from analysis.base.errors import TableError

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")

_OTHERWISE = {
    "condition-column": "condition",
    "seed-column": "seed",
    "higher-is-better": 'direction="higher"',
    "lower-is-better": 'direction="lower"',
    "percent": "percent=True",
}
"""Options whose parameter is not of their name."""

_IN_COMMANDS = re.compile(
    r"(?P<command>python -m [^;]*)"
    r"|(?<!\S)--where (?P<row>'[^'=]+=[^']*'|[^\s'=]+=\S*[^\s:;,.)])"
    r"|(?<!\S)\(?--(?P<role>condition|seed)-column (?P<name>'[^']*'|[^\s:;,.)]+)"
    r"|(?<!\S)--task (?P<task>\S+)(?= (?:takes|compares|does) )"
    r"|(?<!\S)--epochs (?P<epoch>last|best:\w+)"
    r"|(?<!\S)\(?--(?P<option>[a-z][a-z-]*)"
)


def parameters_in(fault: str) -> str:
    """Return a sentence with parameters in place of options; commands that it quotes stay as they are."""
    return _IN_COMMANDS.sub(_parameter, fault)


def _parameter(found: re.Match[str]) -> str:
    if found["command"]:
        return found["command"]
    opened = "(" if found[0].startswith("(") else ""
    if found["row"]:
        column, _, value = found["row"].strip("'").partition("=")
        return f'where={{"{column}": "{value}"}}'
    if found["name"]:
        return f'{opened}{found["role"]}="{found["name"].strip(chr(39))}"'
    if found["task"]:
        return f'task="{found["task"]}"'
    if found["epoch"]:
        return f'epochs="{found["epoch"]}"'
    return opened + _OTHERWISE.get(found["option"], found["option"].replace("-", "_"))


def in_python(function: Callable[_Given, _Found]) -> Callable[_Given, _Found]:
    """Return `function` with errors that name its parameters."""

    @wraps(function)
    def told(*given: _Given.args, **named: _Given.kwargs) -> _Found:
        try:
            return function(*given, **named)
        except TableError as error:
            error.say([parameters_in(fault) for fault in error.faults])
            raise

    return told
