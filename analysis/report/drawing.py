"""The figures of a report as files: drawn on all cores, and only those that are not drawn already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.figures.plot import Plot, rendered
from analysis.figures.theme import Layout
from analysis.report.all_cores import on_all_cores
from analysis.report.fingerprint import of_data, of_drawing

RECORD = "figures/drawn.json"
"""What each figure was drawn from, in the report's folder."""

Files = Mapping[str, bytes]
"""Content by suffix."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """One figure in one layout; `stem` is the path of its files in the report's folder, without suffix."""

    stem: str
    plot: Plot[Any]
    evidence: Any
    layout: Layout

    def files(self) -> Files:
        """Draw it."""
        return rendered(self.plot, self.evidence, self.layout)


def files_of(drawings: Sequence[Drawing], out: Path) -> tuple[dict[str, Files], bytes]:
    """Return the files of each drawing by its stem, and the content of `RECORD`.

    A drawing whose data, code, fonts and libraries are those of the files that lie in `out` is not drawn again.
    """
    known, keys = _recorded(out / RECORD), _keys(drawings)
    kept = {
        each.stem: files
        for each in drawings
        if (files := _lying(each, out, keys[each.stem], known.get(each.stem))) is not None
    }
    left = [each for each in drawings if each.stem not in kept]
    drawn = dict(zip((each.stem for each in left), on_all_cores(Drawing.files, left), strict=True))
    files = {each.stem: (kept | drawn)[each.stem] for each in drawings}
    record = {stem: {"drawn_from": keys[stem], "files": _digests(files[stem])} for stem in files}
    return files, (json.dumps(record, indent=1) + "\n").encode()


def _keys(drawings: Sequence[Drawing]) -> dict[str, str]:
    """Return a digest of all that each drawing depends on, by its stem."""
    ways = of_drawing()
    data = {id(each.evidence): each.evidence for each in drawings}
    known = {place: of_data(evidence) for place, evidence in data.items()}
    return {
        each.stem: _digest(repr((ways, known[id(each.evidence)], each.plot.name, each.layout)).encode())
        for each in drawings
    }


def _recorded(path: Path) -> Mapping[str, Any]:
    """Return the record of an earlier report; an empty one where it is not there or cannot be read."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _lying(drawing: Drawing, out: Path, key: str, recorded: Any) -> Files | None:
    """Return the files of a drawing where they lie in `out` as they were drawn, from the same; else None."""
    if not isinstance(recorded, dict) or recorded.get("drawn_from") != key:
        return None
    try:
        files = {each: (out / f"{drawing.stem}.{each}").read_bytes() for each in drawing.layout.formats}
    except OSError:
        return None
    return files if _digests(files) == recorded.get("files") else None


def _digests(files: Files) -> dict[str, str]:
    return {suffix: _digest(content) for suffix, content in files.items()}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
