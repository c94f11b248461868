"""Findings: what committed studies say about one question each, as one page that a command writes again."""

from analysis.findings.page import write_findings

__all__ = ["write_findings"]
