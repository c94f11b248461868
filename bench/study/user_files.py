"""What a study has of its user's own: plug-ins, and data at a path; both are found from the study file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import schema
from bench.base.errors import UsageError
from bench.study import fields, plugins
from bench.study.fields import Faults, Field


@dataclass(frozen=True)
class Own:
    """Plug-ins of a study, and the path of its data where they are its user's own."""

    plugins: tuple[Path, ...] = ()
    data: str | None = None

    def plugins_document(self) -> dict[str, Any]:
        """Return the plug-ins as the study file of a results folder has them."""
        return {"plugins": [f"{schema.PLUGINS_FOLDER}/{path.name}" for path in self.plugins]} if self.plugins else {}

    def data_document(self) -> dict[str, Any]:
        """Return what its [data] has of the path."""
        return {} if self.data is None else {"path": self.data}


def read_own(document: dict[str, Any], folder: Path, faults: Faults) -> Own:
    """Load plug-ins and data of a study whose file is in `folder`, so that their names are known; note every fault."""
    several = Field(fields.distinct(fields.path), "a list of different Python files, from the study file", ())
    paths = tuple(folder / given for given in faults.value("top level:", "plugins", document, several) or ())
    names = [path.name for path in paths]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add("top level: plugins", f"{name} is the name of several files; each needs its own")
    for path in paths:
        _noting(faults, "top level: plugins", plugins.load, path)
    data = document.get("data")
    given = data.get("path") if isinstance(data, dict) else None
    name = data.get("name") if isinstance(data, dict) else None
    if not (isinstance(given, str) and given and isinstance(name, str) and fields.NAME.fullmatch(name)):
        return Own(paths)
    if faults.value("[data]", "path", document["data"], Field(fields.path, "a path from the study file")) is None:
        faults.explained.add("[data] name")
        return Own(paths)
    _noting(faults, "[data] path", plugins.load_data, name, folder / given)
    faults.explained.add("[data] name")
    return Own(paths, given)


def _noting(faults: Faults, where: str, do: Any, *arguments: Any) -> None:
    try:
        do(*arguments)
    except UsageError as error:
        for line in str(error).splitlines():
            faults.add(where, line)
