"""The site of the documentation: built without a warning, complete, and without a dead link."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import analysis
import bench
from analysis.commands import COMMANDS as ANALYSIS
from bench.commands import COMMANDS as BENCH
from tests.dead_links import dead_links

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("sphinx") is None, reason="Sphinx is not installed: make docs installs it")
def test_the_site_is_built_whole_and_no_link_of_it_is_dead(tmp_path: Path) -> None:
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--doctree-dir", str(tmp_path / "doctrees")]
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "docs", str(tmp_path / "site")],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    assert dead_links(tmp_path / "site") == []
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "site").glob("*.html")}
    assert {path.stem for path in ROOT.glob("docs/*.md")} <= set(pages)
    for package, commands in (("bench", BENCH), ("analysis", ANALYSIS)):
        assert [each.NAME for each in commands if f'id="{package}-{each.NAME}"' not in pages["commands"]] == []
    for package in (analysis, bench):
        names = [f"{package.__name__}.{each}" for each in package.__all__]
        assert [name for name in names if f'id="{name}"' not in pages["api"]] == []
    assert "--require" in unescape(re.sub("<[^>]*>", "", pages["commands"]))


def test_every_page_has_its_place_in_the_navigation() -> None:
    lists = re.findall(r"```{toctree}\n(?::.*\n)*\n([^`]*)```", (ROOT / "docs/index.md").read_text("utf-8"))
    named = [re.sub(r".*<(.*)>", r"\1", line) for line in "".join(lists).splitlines()]
    assert sorted(named) == sorted({"self"} | {page.stem for page in ROOT.glob("docs/*.md")} - {"index"})


def test_links_to_no_page_no_file_and_no_anchor_are_dead(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="b.html#here"></a><a href="b.html#gone"></a><a href="#top"></a>')
    (tmp_path / "b.html").write_text(
        '<p id="here"></p><a href="c.html"></a><img src="d.png"><a href="https://e.org"></a><a href="#away"></a>'
    )
    assert dead_links(tmp_path) == ["a.html: b.html#gone", "b.html: #away", "b.html: c.html", "b.html: d.png"]
