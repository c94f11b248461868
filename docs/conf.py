"""The site's settings for Sphinx, and how the pages of this folder become those of the site. `make docs` builds it."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))
from generated import generated, seen_from_docs, with_targets

project = "regularisation-bench"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["*.ipynb"]
default_role = "code"
highlight_language = "text"  # a block without a language is of a shell or a terminal
smartquotes = False

myst_heading_anchors = 4

autodoc_typehints = "none"  # the docstrings have them
autodoc_class_signature = "separated"
autodoc_member_order = "bysource"
napoleon_google_docstring = False

html_theme = "furo"
html_title = project
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False


def setup(app: Sphinx) -> None:
    """Let each page pass through what links and generates parts of it."""
    app.connect("source-read", _read)
    app.connect("autodoc-process-docstring", _keep_colons, priority=100)


def _read(_app: Sphinx, page: str, source: list[str]) -> None:
    if page == "overview":
        source[0] = seen_from_docs((Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8"))
    source[0] = generated(with_targets(source[0].replace("](../README.md", "](overview.md")))


def _keep_colons(_app: Sphinx, what: str, _name: str, _found: object, _options: object, lines: list[str]) -> None:
    """Begin a property's text with a blank line: napoleon takes what stands before a colon in the first for a type."""
    if what in ("property", "attribute"):
        lines.insert(0, "")
