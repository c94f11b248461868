"""Reading a study of own training code: ``[experiment]`` and ``[settings]`` in place of data, model and training."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import schema
from bench.base.precision import OWN_PRECISION
from bench.record.experiment import Experiment
from bench.record.settings import freeze, thaw
from bench.schema.paths import TASKS_FILE
from bench.study import fields
from bench.study.fields import Faults, Field, show
from bench.study.own_files import files_hash, needed_by

TOP_LEVEL = ["name", "experiment", "settings", "trials", "conditions", "grid", "analysis", "tasks"]
TAKEN = frozenset(field.name for field in (*schema.IDENTITY, *schema.OUTCOME, *schema.EXECUTION)) - {"epochs"} | {
    "label", "diverged", "accuracy", "curves", "groups", "test_groups",
}  # fmt: skip
"""Names that no setting may have: columns of results, and the key of a label."""


def _share(value: Any) -> float:
    share = fields.number(value)
    fields.require(0 <= share <= 1 or share == math.floor(share) > 0)
    return share


EXPERIMENT: dict[str, Field] = {
    "function": Field(fields.path, 'a Python file, from the study file, and a function in it: "train.py:train"', None),
    "command": Field(fields.several(fields.word), 'a list of words: ["python", "train.py"]', None),
    "files": Field(fields.distinct(fields.path), "a list of different files, from the study file", None),
    "data_files": Field(fields.distinct(fields.path), "a list of different files, from the study file", ()),
    "cpus": Field(fields.count, "a positive whole number", 1),
    "accelerators": Field(_share, "a share of a GPU from 0 to 1, or a whole number of them", 0.0),
    "time_limit": Field(fields.positive, "a finite number of seconds above 0", None),
    "classes": Field(fields.count, "a positive whole number", None),
    "chance": Field(fields.inside_unit, "a number between 0 and 1", None),
    "deterministic": Field(fields.flag, "true or false", True),
}


def read_experiment(document: Mapping[str, Any], file: str, faults: Faults) -> Experiment | None:
    """Return the training code and settings of a study whose file is `file`; None where they have faults."""
    before = len(faults.found)
    folder = _folder(Path(file).parent.resolve())
    given = faults.table("[experiment]", document.get("experiment"), EXPERIMENT)
    settings = _settings(document.get("settings", {}), faults)
    function, command = given.get("function"), given.get("command")
    if len(faults.found) > before:
        return None
    if (function is None) == (command is None):
        faults.add("[experiment]", "exactly one of function and command is expected")
        return None
    if given["classes"] is not None and given["chance"] is not None:
        faults.add("[experiment] chance", "is 1 / classes where classes are given: leave one of them out")
    files = _files(given, folder, faults)
    data_files = [each for each in given["data_files"] if _exists(folder / each, "[experiment] data_files", faults)]
    if len(faults.found) > before:
        return None
    return Experiment(
        function=function or "",
        command=command or (),
        folder=folder,
        files=tuple(files),
        files_hash=files_hash(folder, files),
        data_files=tuple(data_files),
        data_hash=_data_hash(folder, data_files),
        settings=tuple((key, freeze(value)) for key, value in settings.items()),
        cpus=given["cpus"],
        accelerators=given["accelerators"],
        time_limit=given["time_limit"],
        classes=given["classes"],
        chance=given["chance"],
        deterministic=given["deterministic"],
    )


def _folder(beside: Path) -> Path:
    """Return where the code of a study lies: beside its file, or with the results that this file is a part of."""
    kept = beside / schema.CODE_FOLDER
    is_of_results = any((beside / name).is_file() for name in (schema.PLAN_FILE, TASKS_FILE))
    return kept if is_of_results and kept.is_dir() else beside


def _settings(given: Any, faults: Faults) -> dict[str, Any]:
    if not isinstance(given, dict):
        faults.add("[settings]", f"{show(given)} was given; a table is expected")
        return {}
    for key, value in given.items():
        where = f"[settings] {key}"
        if key in TAKEN or re.fullmatch(r"(train|test|validation)_(correct|total|accuracy|loss)", key):
            faults.add(where, "is the name of a column of results; give the setting another")
        elif fields.NAME.fullmatch(key) is None:
            faults.add(where, "letters, digits, - _ and . are allowed in a name")
        elif why := _unusable(value):
            faults.add(where, f"{show(value)} was given; {why}")
    return given


def _unusable(value: Any) -> str:
    """Return why a value cannot be a setting; nothing where it can."""
    if isinstance(value, Mapping):
        return next(filter(None, map(_unusable, value.values())), "")
    if isinstance(value, list):
        return next(filter(None, map(_unusable, value)), "")
    if isinstance(value, float) and not math.isfinite(value):
        return "a finite number is expected"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return "a whole number below 2^63 is expected"
    return (
        ""
        if isinstance(value, str | bool | int | float)
        else "a text, a number, true, false, or a list of these is allowed"
    )


def _files(given: Mapping[str, Any], folder: Path, faults: Faults) -> list[str]:
    """Return the files whose content names the trials, from `folder`."""
    if given["function"] is not None:
        path, colon, name = given["function"].rpartition(":")
        if not (colon and path.endswith(".py") and name.isidentifier()):
            faults.add(
                "[experiment] function",
                f'{show(given["function"])} was given; a Python file and a function are expected: "train.py:train"',
            )
            return []
        if not _exists(folder / path, "[experiment] function", faults):
            return []
        _check_function(folder / path, name, faults)
        found = needed_by((folder / path).resolve(), folder)
    else:
        found = [folder / each for each in given["command"] if _is_file(folder / each)]
        found = [each for start in found for each in (needed_by(start, folder) if start.suffix == ".py" else [start])]
    if given["files"] is not None:
        found = [folder / each for each in given["files"] if _exists(folder / each, "[experiment] files", faults)]
    return list(dict.fromkeys(_from(each, folder) for each in found))


def _check_function(path: Path, name: str, faults: Faults) -> None:
    """Note a file that is no Python, and one that says nothing of the function."""
    try:
        source = path.read_bytes()
        compile(source, str(path), "exec")
    except (OSError, SyntaxError, ValueError) as error:
        faults.add("[experiment] function", f"{path}: cannot be read as Python: {error}")
        return
    if re.search(rf"\b{re.escape(name)}\b".encode(), source) is None:
        faults.add("[experiment] function", f"{path}: has no {name}")


def _from(path: Path, folder: Path) -> str:
    try:
        return str(path.relative_to(folder))
    except ValueError:
        return str(path)


def _is_file(path: Path) -> bool:
    """Return whether a word of a command names a file: it may be too long for that, as a whole script is."""
    try:
        return path.is_file()
    except OSError:
        return False


def _exists(path: Path, where: str, faults: Faults) -> bool:
    if not path.is_file():
        faults.add(where, f"{path}: no such file")
        return False
    return True


def _data_hash(folder: Path, data_files: list[str]) -> str:
    """Return the hash of the data files' content; one word where there are none."""
    if not data_files:
        return "own"
    whole = hashlib.sha256()
    for name in sorted(data_files):
        with (folder / name).open("rb") as file:
            whole.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()[:16]


def read_settings(
    where: str, given: Mapping[str, Any], document: Mapping[str, Any], faults: Faults
) -> tuple[tuple[str, Any], ...]:
    """Return what a condition sets that is not as in [settings]; values have the type of that there."""
    settings = document.get("settings", {})
    known = {key: freeze(value) for key, value in settings.items()} if isinstance(settings, dict) else {}
    changes = []
    for key, value in given.items():
        if key not in known:
            faults.unknown(where, key, ["label", "stays_at_chance", *known])
        elif why := _unusable(value):
            faults.add(f"{where} {key}", f"{show(value)} was given; {why}")
        elif (kind := _kind(known[key])) != _kind(freeze(value)):
            faults.add(
                f"{where} {key}",
                f"{show(value)} was given; {kind} is expected, as {show(thaw(known[key]))} in [settings]",
            )
        else:
            changes.append((key, _typed(freeze(value), known[key])))
    return tuple((key, value) for key, value in changes if not _same(value, known[key]))


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "a text" if isinstance(value, str) else "a list" if isinstance(value, tuple) else "a table"


def _typed(value: Any, like: Any) -> Any:
    """Return a whole number as a float where [settings] has one."""
    return float(value) if type(value) is int and type(like) is float else value


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def on_devices(experiment: Experiment, trials: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """Return the section of trials with the devices that the share of a GPU asks for, where none are given."""
    devices = trials.get("devices") or (("cuda",) if experiment.accelerators else ("cpu",))
    if ("cuda" in devices) != bool(experiment.accelerators):
        faults.add(
            "[experiment] accelerators",
            f"{experiment.accelerators:g} was given with devices {', '.join(devices)}; a share of a GPU above 0 is "
            "expected with cuda, and none without",
        )
    return {"seeds": trials.get("seeds"), "devices": devices, "precisions": (OWN_PRECISION,)}


def sections(experiment: Experiment) -> dict[str, Any]:
    """Return [experiment] and [settings] as a study file in the same folder has them."""
    given = {key: getattr(experiment, key) for key in EXPERIMENT}
    told = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in given.items()
        if value not in (EXPERIMENT[key].default, "", (), None)
    }
    return {"experiment": told, "settings": {key: thaw(value) for key, value in experiment.settings}}
