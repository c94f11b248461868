"""Is it channel dropout? Then whole channels of an example are dropped as one, and are what the laws are about.

A layer that takes images `[examples, channels, height, width]` is judged by what it does to them; one that refuses
images, or drops whole examples of them, by what it does to volumes, and then to sequences `[.., channels, length]`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bench.checks.dropout.masks import UNIT, Masks, collect
from bench.checks.dropout.probing import LayerError, Probe
from bench.checks.dropout.verdicts import Verdict

UNIT_FORM, CHANNEL_FORM, SHIFTED_FORM = "unit", "channel", "shifted"
RATE = 0.5
CALLS, EXAMPLES, CHANNELS = 4, 10, 12
LOOKED_AT = ((6, 8), (3, 4, 5), (9,))
"""Sizes after the channels: of images, volumes and sequences."""
SPATIAL = {2: (2, 2), 1: (4,), 3: (2, 2, 2)}
"""Sizes after the channels of the inputs that channel dropout is judged by."""
NEARLY = 0.1
"""Share of a channel that may differ from the rest where it counts as dropped or kept as a whole."""


def recognised(probe: Probe) -> Probe:
    """Return `probe` with the dimensions that a channel fills, where the layer drops whole channels."""
    seen: list[Masks] = []
    for spatial in LOOKED_AT:
        masks = _looked_at(probe, spatial)
        if masks is None:
            continue
        if not _whole(masks):
            break
        seen.append(masks)
        if _channels_differ(masks):
            break
    for masks in sorted(seen, key=_channels_differ, reverse=True):
        return replace(probe, spatial=SPATIAL[masks.spatial])
    return probe


def _looked_at(probe: Probe, spatial: tuple[int, ...]) -> Masks | None:
    """Return what the layer does to examples of some channels; None where it refuses them."""
    shaped = replace(probe, spatial=spatial)
    try:
        return collect(shaped, RATE, shaped.inputs(CALLS, EXAMPLES, CHANNELS, stream=13))
    except LayerError:
        return None


def _whole(masks: Masks) -> bool:
    """Tell whether nearly all of some channels is dropped, nearly nothing of others, and few are in between."""
    shares = masks.elements.reshape(*masks.elements.shape[:3], -1).mean(axis=-1)
    whole, kept = int((shares > 1 - NEARLY).sum()), int((shares < NEARLY).sum())
    return 0 < whole < shares.size and shares.size - whole - kept <= whole


def _channels_differ(masks: Masks) -> bool:
    return bool((masks.dropped.any(axis=UNIT) & ~masks.dropped.all(axis=UNIT)).any())


def of_channels(verdict: Verdict) -> Verdict:
    """Return a verdict with rows and units, in its words, as the examples and channels that they were."""
    figures = tuple(replace(each, where=_words(each.where)) for each in verdict.figures)
    return replace(verdict, sentence=_words(verdict.sentence), figures=figures)


def _words(text: str) -> str:
    return re.sub(r"\bunit", "channel", re.sub(r"\brow", "example", text))
