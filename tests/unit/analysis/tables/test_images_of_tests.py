"""Test images as they are read from every kind of file, and what is refused: another number, another content."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from analysis.base.errors import TableError
from analysis.tables.test_images import NO_RECORD, find_test_images, read_test_images
from bench.data import DATA_SETS, idx, record

IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
PIXELS = np.random.default_rng(3).integers(0, 256, (7, 5, 4), np.uint8)
CLASSES = np.arange(7, dtype=np.uint8) % 3


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def written(folder: Path, form: str) -> Path:
    """Write the images, and their labels where the form has room for them; return what is to be named."""
    if form == "npy":
        np.save(folder / "images.npy", PIXELS)
        return folder / "images.npy"
    if form == "npz":
        np.savez_compressed(folder / "data.npz", test_images=PIXELS, test_labels=CLASSES, train_images=PIXELS)
        return folder / "data.npz"
    suffix, pack = (".gz", gzip.compress) if "gz" in form else ("", bytes)
    for name, array in ((IMAGES, PIXELS), (LABELS, CLASSES)):
        (folder / f"{name}{suffix}").write_bytes(pack(idx.encode(array)))
    return folder if "folder" in form else folder / f"{IMAGES}{suffix}"


@pytest.mark.parametrize("form", ["idx", "idx.gz", "folder", "folder gz", "npz", "npy"])
def test_every_form_gives_the_same_images(tmp_path: Path, form: str) -> None:
    found = read_test_images(written(tmp_path, form))
    assert np.array_equal(found.pixels, PIXELS)
    assert not found.recorded and not found.stretched
    if form == "npy":
        assert found.labels is None
    else:
        assert found.labels is not None and np.array_equal(found.labels, CLASSES)


def test_other_numbers_are_stretched_over_all_images_and_colours_stay(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.linspace(-1, 3, 2 * 3 * 3, dtype=np.float32).reshape(2, 3, 3))
    found = read_test_images(tmp_path / "a.npy")
    assert found.stretched
    assert (found.pixels.min(), found.pixels.max(), found.pixels[1, 0, 0]) == (0, 255, round(255 * 9 / 17))
    np.save(tmp_path / "b.npy", np.repeat(PIXELS[..., None], 3, axis=3))
    assert read_test_images(tmp_path / "b.npy").pixels.shape == (7, 5, 4, 3)
    np.save(tmp_path / "c.npy", PIXELS[..., None])
    assert read_test_images(tmp_path / "c.npy").pixels.shape == (7, 5, 4)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "not an IDX file: 0 bytes"),
        (b"text", "expected an IDX file"),
        (b"\x1f\x8b\x08broken", "cannot be read"),
        (b"PK\x03\x04broken", "cannot be read as an .npz"),
        (b"\x93NUMPY\x01\x00", "cannot be read"),
        (idx.encode(PIXELS)[:-1], "not an IDX file"),
        (idx.encode(CLASSES), r"shape \(7,\); allowed: numbers of shape \(images, rows, columns\)"),
        (idx.encode(np.full((1, 2, 2), np.nan, np.float32)), "not finite"),
    ],
)
def test_what_holds_no_images_is_refused_by_name(tmp_path: Path, content: bytes, fault: str) -> None:
    (tmp_path / "images").write_bytes(content)
    with pytest.raises(TableError, match=rf"images:\n.*{fault}"):
        read_test_images(tmp_path / "images")


def test_missing_files_lacking_arrays_and_wrong_labels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="No such file"):
        read_test_images(tmp_path / "none")
    with pytest.raises(TableError, match=f"has none of them; expected {IMAGES}"):
        read_test_images(tmp_path)
    np.savez(tmp_path / "a.npz", train_images=PIXELS)
    with pytest.raises(TableError, match="lacks test_images; it has 'train_images'"):
        read_test_images(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", test_images=PIXELS, test_labels=CLASSES[:3])
    with pytest.raises(TableError, match="a whole number for each of 7"):
        read_test_images(tmp_path / "b.npz")
    np.savez(tmp_path / "c.npz", test_images=np.array([None]))
    with pytest.raises(TableError, match=r"cannot be read as an \.npz"):
        read_test_images(tmp_path / "c.npz")


@pytest.mark.parametrize("form", ["idx", "idx.gz", "npz"])
def test_other_content_than_the_plan_records_is_refused(tmp_path: Path, form: str) -> None:
    path = written(tmp_path, form)
    with pytest.raises(
        TableError, match=r"is not the file that the trials were tested on: its SHA-256 is [0-9a-f]{64}"
    ):
        read_test_images(path, record("fashion_mnist"))
    if form != "npz":
        known = {"sha256": {IMAGES: sha256(idx.encode(PIXELS)), LABELS: "another"}}
        with pytest.raises(TableError, match=LABELS):
            read_test_images(path, known)


def test_the_plan_s_own_images_are_where_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_DATA", str(tmp_path))
    found = find_test_images(record("fashion_mnist_sample"))
    assert not isinstance(found, str) and found.recorded
    expected = DATA_SETS["fashion_mnist_sample"].load(tmp_path)
    assert np.array_equal(found.pixels, expected.test_images)
    assert found.labels is not None and np.array_equal(found.labels, expected.test_labels)


def test_why_there_are_no_images_is_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_DATA", str(tmp_path))
    assert find_test_images(None) == NO_RECORD
    known = record("fashion_mnist")
    assert known["folder"] == "FashionMNIST/raw", "the same on every machine"
    assert find_test_images(known) == f"The test images of this study ('{IMAGES}') are not on this machine."
    place = tmp_path / known["folder"]
    place.mkdir(parents=True)
    (place / IMAGES).write_bytes(idx.encode(PIXELS))
    damaged = find_test_images(known)
    assert isinstance(damaged, str) and "is not the file that the trials were tested on" in damaged
    assert find_test_images(record("emnist")) == "The test images of this study lie in no file that is read here."


def test_examples_without_rows_and_columns_are_no_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_DATA", str(tmp_path))
    content = idx.encode(np.zeros((3, 40), np.float32))
    (tmp_path / IMAGES).write_bytes(content)
    assert find_test_images({"folder": ".", "sha256": {IMAGES: sha256(content)}}) == ""
    assert find_test_images(record("mnist_1d")) == "", "whether or not they are here"


@pytest.mark.parametrize(
    "known",
    [5, [], "x", {"sha256": 3}, {"sha256": {IMAGES: "a"}, "folder": 7}, {"sha256": {IMAGES: "a"}, "folder": "x" * 999}],
)
def test_a_record_that_is_none_is_no_fault(known: object) -> None:
    assert isinstance(find_test_images(known), str)


def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TableError, match="is no file; expected an IDX file"):
        read_test_images(tmp_path / "pipe")
