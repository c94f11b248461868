"""The report as Markdown, its tables as LaTeX: words and numbers of the page, and nothing taken for markup."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from analysis.report import latex, markdown
from analysis.report.document import Column, Grid

LABELS = ("none", "50% off & $5_#{x}~^\\", "book")
NASTY = Grid(
    "made_up",
    "Shares of 5% & <b>more</b>",
    (Column("what|ever", numeric=False), Column("size", "points")),
    (("a_b*c", "−1.5"), ("“d”", "±2 × 3")),
)


@pytest.mark.slow
def test_markdown_shows_every_table_and_figure_of_the_page(report) -> None:
    made = report(labels=("none", "book", "all-dropped", "dropout-0.3"), seeds=8)
    text = (made.out / "report.md").read_text(encoding="utf-8")
    headings = re.findall(r"<h2>(.*?)</h2>", made.page)
    assert headings
    assert re.findall(r"^## (.*)$", text, flags=re.M) == headings
    for stem in re.findall(r"!\[[^]]*\]\((.*?)\)", text):
        assert (made.out / stem).exists(), stem
    assert text.count("![") == made.page.count('<figure class="drawing">')
    assert text.count("| ---") >= made.page.count("<table>")
    lead = re.search(r'<p class="lead">(.*?)</p>', made.page)
    assert lead is not None
    assert f"**{markdown.escaped(lead[1])}**" in text


def test_markdown_takes_nothing_for_markup() -> None:
    table = markdown.table(NASTY).splitlines()
    assert table[0] == r"| what\|ever | size points |"
    assert table[1] == "| --- | ---: |"
    assert table[2] == r"| a\_b\*c | −1.5 |"


def test_latex_takes_nothing_for_a_command() -> None:
    table = latex.table(NASTY)
    assert r"\caption{Shares of 5\% \& $<$b$>$more$<$/b$>$}" in table
    assert r"\label{tab:made-up}" in table
    assert r"a\_b*c & $-$1.5 \\" in table
    assert r"``d'' & $\pm$2 $\times$ 3 \\" in table
    assert table.index(r"\toprule") < table.index(r"\midrule") < table.index(r"\bottomrule")
    assert latex.escaped("\\{}") == r"\textbackslash{}\{\}"


@pytest.mark.slow
def test_every_table_of_the_report_has_its_latex_with_the_same_cells(make_folder) -> None:
    from analysis.report import write_report  # noqa: PLC0415

    folder = make_folder(labels=LABELS, seeds=6)
    out = write_report(folder, folder / "report").parent
    made = {path.stem: path.read_text(encoding="utf-8") for path in (out / "tables").glob("*.tex")}
    assert {"comparisons-test_accuracy", "conditions-test_accuracy", "bad-endings", "all"} <= made.keys()
    assert "divergence" not in made, "no trial diverged, which a sentence says"
    assert "No trial diverged: 0 of 6 in each condition" in (out / "report.md").read_text(encoding="utf-8")
    assert r"50\% off \& \$5\_\#\{x\}\textasciitilde{}\textasciicircum{}\textbackslash{} & " in made["bad-endings"]
    inputs = re.findall(r"\\input\{(.*?)\.tex\}", made["all"])
    assert sorted(inputs) == sorted(made.keys() - {"all"})
    for name in re.findall(r"\\includegraphics\[.*?\]\{(.*?)\}", made["all"]):
        assert (out / "tables" / name).exists(), name
    for text in made.values():
        assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}"), "braces pair up"
        for row in re.findall(r"^(?!\\).* \\\\$", text, flags=re.M):
            columns = re.search(r"\\begin\{tabular\}\{(\w+)\}", text)
            assert columns is not None
            assert len(re.findall(r"(?<!\\)&", row)) == len(columns[1]) - 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX is at hand")
def test_latex_compiles(make_folder) -> None:
    from analysis.report import write_report  # noqa: PLC0415

    folder = make_folder(labels=LABELS, seeds=6, diverged=(("book", 2),))
    out = write_report(folder, folder / "report").parent
    for _ in range(2):
        run = subprocess.run(
            ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex"],
            cwd=out / "tables",
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout[-2000:]
    assert "Missing character" not in run.stdout
