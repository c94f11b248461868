"""The tables of a document as LaTeX (booktabs), each a float of its own, and a file that shows them and the figures."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.report.document import Column, Grid

SPECIAL = str.maketrans(
    {each: f"\\{each}" for each in "&%$#_{}"}
    | {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": "$<$",
        ">": "$>$",
        "|": "$|$",
        "−": "$-$",
        "±": r"$\pm$",
        "×": r"$\times$",
        "–": "--",
        "…": r"\dots{}",
        "“": "``",
        "”": "''",
        "’": "'",
        "←": r"$\leftarrow$",
        "→": r"$\rightarrow$",
        "\N{NO-BREAK SPACE}": "~",
    }
)
"""What TeX would take for a command, and signs of the report that its standard fonts lack."""

PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{booktabs,graphicx}
\usepackage[margin=2cm]{geometry}
"""


def escaped(said: str) -> str:
    """Return plain text such that TeX sets it as it is."""
    return said.translate(SPECIAL)


def table(grid: Grid) -> str:
    """Return a table float, at most as wide as the text and labelled tab:NAME; it needs booktabs and graphicx."""
    aligned = "".join("r" if column.numeric else "l" for column in grid.columns)
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{escaped(grid.caption)}}}",
        rf"\label{{tab:{grid.name.replace('_', '-')}}}",
        r"\small\setlength{\tabcolsep}{4pt}",
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        rf"\begin{{tabular}}{{{aligned}}}",
        r"\toprule",
        *_heads(grid.columns),
        r"\midrule",
        *(_row([escaped(cell) for cell in row]) for row in grid.rows),
        r"\bottomrule",
        r"\end{tabular}}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _heads(columns: Sequence[Column]) -> list[str]:
    """Return the headings, and a row of units where there are any."""
    units = [escaped(column.unit) for column in columns]
    heads = [_row([escaped(column.heading) for column in columns])]
    return [*heads, _row(units)] if any(units) else heads


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def sheet(title: str, tables: Sequence[str], figures: Sequence[tuple[str, str]]) -> str:
    """Return a document that shows all `tables` (file names) and `figures` (file names and captions)."""
    shown = [rf"\input{{{name}}}" for name in tables]
    for name, caption in figures:
        shown.append(
            "\\begin{figure}\n\\centering\n"
            rf"\includegraphics[width=\linewidth]{{{name}}}"
            f"\n\\caption{{{escaped(caption)}}}\n\\end{{figure}}"
        )
    body = "\n\\clearpage\n".join(shown)
    head = f"{PREAMBLE}\\title{{{escaped(title)}}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle"
    return f"{head}\n{body}\n\\end{{document}}\n"
