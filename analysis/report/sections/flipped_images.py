"""The test images that flip between a condition and the control, with their pictures where these are at hand."""

from __future__ import annotations

from analysis.answer.compare import family_of
from analysis.answer.flipped_images import FlippedImage, flipped_images
from analysis.report.document import Block, Gallery, Paragraph, Picture, Section
from analysis.report.gather import Material, Pool
from analysis.report.pictures import png_of
from analysis.tables.images import images_of
from analysis.tables.test_images import FORMS, TestImages
from analysis.wording.phrases import quoted

METRIC = "test_accuracy"
FEWEST = 2
"""Seeds below which nothing is said of images: one run of each shows no flip that another would repeat."""


def section(material: Material, pool: Pool) -> Section | None:
    """Return the images that flip, or how to get their pictures; None where no image is known."""
    images, shown = images_of(pool.table, METRIC), material.test_images
    if images is None or not shown:
        return None
    title = f"Test {pool.primary.example}s that flip"
    if isinstance(shown, str):
        how = f"With --images PATH, python -m analysis report shows them: {FORMS}."
        return Section(title, (Paragraph(f"{shown} {how}"),)) if pool.primary.example == "image" else None
    arms = family_of(pool.table, METRIC, material.analysis.control, alpha=material.analysis.alpha)
    known = [each.complete for each in arms if each.complete.n >= FEWEST and images.has(each.complete)]
    galleries: list[Block] = []
    for pairs in known:
        for way, found in zip(("more", "fewer"), flipped_images(images, pairs), strict=True):
            if found:
                galleries.append(_gallery(found, way, shown))
    if not galleries:
        return None
    return Section(title, (Paragraph(_what(shown, quoted(material.analysis.control))), *galleries))


def _what(shown: TestImages, control: str) -> str:
    """Return what is shown, and what it does not say."""
    digest = "whose digest is the one that the plan records" if shown.recorded else "of which no digest is recorded"
    levels = " Grey levels run from the smallest to the largest number of all images." if shown.stretched else ""
    return (
        f"For each condition, the test images whose number of right seeds differs most from that of {control}, over "
        f"the seeds at which both trained. They are picked from {len(shown):,} images by these very counts: with new "
        "seeds their differences tend to be smaller. They are examples, on which no interval and no verdict rests. "
        f"Images are numbered from 0, in the order of {shown.source.name}, {digest}.{levels}"
    )


def _gallery(found: list[FlippedImage], way: str, shown: TestImages) -> Gallery:
    first = found[0]
    return Gallery(
        condition=first.condition,
        caption=f"Right at {way} seeds with {quoted(first.condition)} than with {quoted(first.control)}.",
        pictures=tuple(
            Picture(png_of(shown.pixels[each.image]), f"test image {each.image:,}", _counts(each, shown))
            for each in found
        ),
    )


def _counts(each: FlippedImage, shown: TestImages) -> str:
    label = "" if shown.labels is None else f", class {shown.labels[each.image]}"
    return (
        f"No. {each.image:,}{label}: right at {each.condition_right} of {each.n} seeds with {quoted(each.condition)}, "
        f"at {each.control_right} with {quoted(each.control)}"
    )
