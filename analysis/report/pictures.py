"""Small pictures for a page: PNG with few colours, so that many of them weigh little."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

LEVELS, COLOURS = 16, 64
"""Grey levels of a grey picture, and colours of one in colour."""
MOST_PIXELS = 64
"""Rows and columns above which a picture is made smaller."""


def png_of(pixels: np.ndarray) -> bytes:
    """Return a picture of bytes, [rows, columns] or [rows, columns, 3], as PNG; the same bytes at every call."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((MOST_PIXELS, MOST_PIXELS), Image.Resampling.BOX)
    few = picture.quantize(LEVELS if picture.mode == "L" else COLOURS, dither=Image.Dither.NONE)
    file = io.BytesIO()
    few.save(file, "PNG", optimize=True)
    return file.getvalue()
