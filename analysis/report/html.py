"""A document as one self-contained page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from analysis.figures import plot as figures
from analysis.figures import theme
from analysis.report.document import Document, Illustration, Part

HERE = Path(__file__).parent

Drawings = dict[tuple[int, str, str], str]
"""SVG text by identity of the evidence, name of the plot, and name of the layout."""


def render(document: Document, drawings: Mapping[tuple[int, str, str], str], made: datetime) -> str:
    """Return the page; `made` is the only thing in it that another run would change."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["breakable"] = breakable
    environment.filters["data"] = data
    environment.filters["inline"] = inline
    script = (HERE / "page.js").read_text(encoding="utf-8")
    parts = [_part(part, index, drawings) for index, part in enumerate(document.parts)]
    return environment.get_template("page.html").render(
        document=document,
        parts=parts,
        css=Markup((HERE / "page.css").read_text(encoding="utf-8")),
        palette=Markup(_palette()),
        script=Markup(script),
        policy=policy(script),
        made=made.strftime("%Y-%m-%d %H:%M UTC"),
    )


def data(told: Mapping[str, object]) -> Markup:
    """Return what a control may show as JSON that no text in it can leave."""
    return Markup(json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c"))


def inline(png: bytes) -> str:
    """Return a picture as the address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def policy(script: str) -> str:
    """Return what the page is allowed: its own styles and this script, and nothing from anywhere."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"script-src 'sha256-{digest}'"
    )


def breakable(label: str) -> Markup:
    """Return a label that may end a line after its underscores."""
    return Markup("_<wbr>").join(label.split("_"))


def _part(part: Part, index: int, drawings: Mapping[tuple[int, str, str], str]) -> dict[str, object]:
    """Return a part with an anchor for each section and each block by kind."""
    prefix = f"{anchor(part.name)}-" if part.name else ""
    sections = [
        {
            "heading": section.heading,
            "anchor": f"{prefix}{anchor(section.heading)}",
            "blocks": [
                {
                    "kind": type(block).__name__,
                    "block": block,
                    "figure": _figure(block, f"f{index}", drawings) if isinstance(block, Illustration) else None,
                }
                for block in section.blocks
            ],
        }
        for section in part.sections
    ]
    return {"heading": part.heading, "anchor": f"part-{anchor(part.heading)}", "sections": sections}


def _figure(block: Illustration, prefix: str, drawings: Mapping[tuple[int, str, str], str]) -> dict[str, object]:
    """Return a figure's elements for wide and for narrow screens, and its caption."""
    plot, evidence = block.plot, block.evidence
    title, description = escape(plot.title), escape(plot.description(evidence))
    return {
        "caption": plot.caption(evidence),
        "title": plot.title,
        "layouts": [
            {
                "name": layout.name,
                "svg": Markup(
                    figures.inline(
                        drawings[id(evidence), plot.name, layout.name],
                        f"{prefix}-{plot.name}-{layout.name}",
                        str(title),
                        str(description),
                    )
                ),
            }
            for layout in theme.LAYOUTS
        ],
    }


def anchor(heading: str) -> str:
    """Return a heading as the name of a place on the page."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def _palette() -> str:
    """Return the colours of the figures on a dark page, as CSS variables."""
    return " ".join(f"{figures.variable_of(light)}: {dark};" for light, dark in theme.DARK.items())
