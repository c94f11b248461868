"""The report of a study: sections as plain data, figures, tables, one page."""

from analysis.report.write import write_report

__all__ = ["write_report"]
