"""What a figure is drawn from, as digests: its data; and the code, settings, fonts and libraries that draw it."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import fontTools
import matplotlib as mpl
import numpy as np
import PIL
import scipy
from matplotlib import ft2font
from matplotlib.font_manager import FontProperties, findfont

from analysis.figures import fonts, theme

SOURCES = (Path(__file__).parents[1], Path(__file__).parents[2] / "bench" / "schema")
"""The analysis, and all that it imports of bench: coarser than what one figure needs, so that nothing is left out."""


def of_data(data: Any) -> str:
    """Return a digest of records, mappings, sequences and numbers to the last bit.

    Raises
    ------
    TypeError
        A value of a kind that this does not know: what is not in the digest must not be drawn.
    """
    return _digest(json.dumps(data, default=_plain, ensure_ascii=True).encode())


def _plain(value: Any) -> Any:
    """Return what JSON has no form for as something that it has."""
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, {each.name: getattr(value, each.name) for each in fields(value)}]
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.shape, value.tolist()]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    raise TypeError(f"a figure's data have a {type(value).__name__}, of which no digest is known")


def of_drawing() -> str:
    """Return a digest of the code, the settings, the fonts and the libraries that figures are drawn with."""
    with theme.applied(""):
        settings = sorted(each for each in dict.items(mpl.rcParams) if not each[0].startswith("backend"))
        fonts_used = [
            _digest(Path(findfont(FontProperties(family=family, weight=weight))).read_bytes())
            for family in (fonts.FAMILY, fonts.WHOLE)
            for weight in ("normal", "bold")
        ]
    libraries = [mpl, np, scipy, PIL]
    versions = [platform.python_version(), ft2font.__freetype_version__, fontTools.version]
    versions += [each.__version__ for each in libraries]
    return _digest(repr((_sources(), settings, fonts_used, versions)).encode())


def _sources() -> list[tuple[str, str]]:
    """Return name and digest of every file of the code."""
    files = (file for folder in SOURCES for file in sorted(folder.rglob("*")))
    return [(file.name, _digest(file.read_bytes())) for file in files if file.is_file() and file.suffix != ".pyc"]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
