"""Reports for the Python interface."""

from __future__ import annotations

from analysis.api.in_python import in_python
from analysis.report.of_table import write_report_of

report = in_python(write_report_of)
