"""Does a condition cost speed? Paired log ratios of time, from measurements made alone on the machine."""

from analysis.throughput.speeds import DEFAULT_MARGIN, speeds

__all__ = ["DEFAULT_MARGIN", "speeds"]
