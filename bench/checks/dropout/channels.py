"""Channel dropout drops whole channels of an example, never a part of one."""

from __future__ import annotations

from bench.checks.dropout.case import Case, Law
from bench.checks.dropout.masks import Masks
from bench.checks.dropout.verdicts import NOT_APPLICABLE, Found, Verdict, none_of

NAME = "whole-channels"


def whole_channels(case: Case) -> Verdict:
    """Every number of a channel is dropped, or none is."""
    if not case.probe.spatial:
        return Verdict(NAME, NOT_APPLICABLE, "it drops unit by unit: it was not recognised as channel dropout")

    def look(masks: Masks) -> Found:
        return none_of(masks.dropped.size, masks.in_parts, masks.rate, "channels dropped in part")

    return case.at_each_rate(
        NAME,
        look,
        "whole channels are dropped, or nothing of them",
        lambda figure: (
            f"{figure.measured:.0f} of {figure.n} channels are dropped in part: draw one number for each channel"
            " of each example, of shape [examples, channels, 1, ...]"
        ),
    )


CHANNEL_LAWS = (Law(NAME, "channel dropout drops channels as a whole", whole_channels),)
