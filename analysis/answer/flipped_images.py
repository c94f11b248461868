"""Which test images flip between a condition and the control: right at many seeds with one, at few with the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from analysis.tables.images import Images
from analysis.tables.pairing import Pairs

MOST = 6
"""Images that are named on either side."""


@dataclass(frozen=True, kw_only=True)
class FlippedImage(Record):
    """A test image, and at how many seeds each condition got it right.

    Parameters
    ----------
    condition, control : str
    image : int
        Its place in the test set, from 0.
    condition_right, control_right : int
        Seeds at which the image was right.
    n : int
        Seeds at which both trained: the same for both counts.
    """

    condition: str
    control: str
    image: int
    condition_right: int
    control_right: int
    n: int


def flipped_images(images: Images, pairs: Pairs, most: int = MOST) -> tuple[list[FlippedImage], list[FlippedImage]]:
    """Return the images whose counts differ most: those with more seeds for the condition, and those with fewer.

    Parameters
    ----------
    images : Images
        Of the test accuracy, not of a gap.
    pairs : Pairs
        The seeds at which both trained.
    most : int
        Images on either side; fewer where fewer differ. Of equal differences the earlier image comes first.
    """
    treated, untreated = (
        images.correct(label, pairs.seeds).sum(axis=0, dtype=np.int64) for label in (pairs.condition, pairs.control)
    )
    gained = treated - untreated

    def first(order: np.ndarray) -> list[FlippedImage]:
        return [
            FlippedImage(
                condition=pairs.condition,
                control=pairs.control,
                image=int(place),
                condition_right=int(treated[place]),
                control_right=int(untreated[place]),
                n=pairs.n,
            )
            for place in order[:most]
        ]

    more, fewer = np.argsort(-gained, kind="stable"), np.argsort(gained, kind="stable")
    return first(more[gained[more] > 0]), first(fewer[gained[fewer] < 0])
