"""Settings that stand in the names of folders, where a log has no others."""

from __future__ import annotations

import re
from pathlib import Path

from analysis.importing.runs import Setting

FOLDER = "folder"
_PAIR = re.compile(r"([A-Za-z][\w.]*?)=([^=/]*?)(?=[,;&_ -]+[A-Za-z][\w.]*=|/|$)")
_VERSION = re.compile(r"(?:^|/)version_\d+$")
"""The last folder of Lightning's loggers, which numbers starts."""
_SEED = re.compile(
    r"(?:^|(?<=[^A-Za-z]))seed[_=-]?(\d+)(?![\w.])|(?:^|(?<=[^A-Za-z]))seed[_=-]?(\d+)(?=[_/-])", re.IGNORECASE
)


def settings_of(folder: Path, above: Path) -> dict[str, Setting]:
    """Return the settings in a path below another: ``method=a,seed=0``; of ``a/seed_0`` the rest is `FOLDER`."""
    name = folder.relative_to(above).as_posix() if folder != above else folder.name
    found: dict[str, Setting] = dict(_PAIR.findall(name))
    if found:
        return found
    seed = _SEED.search(name)
    if not seed:
        return {FOLDER: name}
    rest = re.sub(r"([/_.-])[/_.-]+", r"\1", _VERSION.sub("", _SEED.sub("", name))).strip("/_.-")
    return {FOLDER: rest, "seed": seed[1] or seed[2]}
