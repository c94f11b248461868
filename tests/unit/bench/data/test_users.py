"""Users' own data: read as they lie, or refused with every fault."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.base.errors import DataError
from bench.data import idx
from bench.data.data_set import PARTS
from bench.data.split import make_split
from bench.data.users import ARRAYS, own_data_set

RIGHT: dict[str, Any] = {
    "train_images": np.arange(48, dtype=np.uint8).reshape(6, 2, 4),
    "train_labels": np.array([0, 1, 2, 0, 1, 2]),
    "test_images": np.full((2, 2, 4), 255, dtype=np.uint8),
    "test_labels": np.array([2, 0]),
}


def written(folder: Path, **changed: Any) -> Path:
    arrays = RIGHT | changed
    np.savez(folder / "own.npz", **{name: array for name, array in arrays.items() if array is not None})
    return folder / "own.npz"


def test_an_npz_file_is_read_bytes_by_255(tmp_path: Path) -> None:
    data_set = own_data_set("own", written(tmp_path))
    assert (data_set.train_total, data_set.test_total, data_set.image, data_set.pixels) == (6, 2, (2, 4), 8)
    assert data_set.classes == 3
    split = make_split(data_set.load(Path("elsewhere")), 4, 2)
    assert split.test_images.tolist() == [[1.0] * 8] * 2
    assert split.validation_labels.tolist() == [1, 2]


def test_floating_numbers_stay_as_they_are(tmp_path: Path) -> None:
    examples = {"train_images": np.linspace(-3, 400, 18).reshape(6, 3), "test_images": np.full((2, 3), -7.5)}
    data_set = own_data_set("own", written(tmp_path, **examples))
    assert data_set.image is None
    split = make_split(data_set.load(Path()), 6, 0)
    assert np.array_equal(split.train_images.numpy(), examples["train_images"].astype(np.float32))
    assert split.test_images.unique().tolist() == [-7.5]


def test_idx_files_are_read_compressed_or_not(tmp_path: Path) -> None:
    arrays = [RIGHT[name].astype(np.uint8) for name in ARRAYS]
    for part, array in zip(PARTS, arrays, strict=True):
        (tmp_path / part).write_bytes(idx.encode(array))
    plain = own_data_set("own", tmp_path)
    (tmp_path / PARTS[0]).unlink()
    (tmp_path / f"{PARTS[0]}.gz").write_bytes(gzip.compress(idx.encode(arrays[0])))
    packed = own_data_set("own", tmp_path)
    for data_set in (plain, packed):
        assert data_set.classes == 3
    assert np.array_equal(packed.load(Path()).train_images, arrays[0])


def test_a_file_that_was_changed_is_not_read(tmp_path: Path) -> None:
    data_set = own_data_set("own", written(tmp_path))
    written(tmp_path, test_labels=np.array([1, 1]))
    with pytest.raises(DataError, match="damaged or another file"):
        data_set.load(Path())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"train_labels": None, "test_labels": None}, "lacks train_labels, test_labels"),
        ({"train_images": np.zeros((6, 2, 4), dtype=np.int64)}, "train_images is int64; uint8"),
        ({"train_images": np.full((6, 2, 4), np.nan)}, "train_images holds a number that is not finite"),
        ({"test_images": np.zeros((2, 3, 4), dtype=np.uint8)}, r"\(2, 4\) in train, \(3, 4\) in test"),
        ({"test_images": np.zeros((2, 2, 4))}, "uint8 in train, float64 in test; uint8 is divided by 255"),
        ({"test_images": np.zeros(2, dtype=np.uint8)}, r"test_images has shape \(2,\)"),
        ({"train_labels": np.arange(5)}, r"train_labels has shape \(5,\); \(6,\)"),
        ({"train_labels": np.array([0.0, 1, 2, 0, 1, 2])}, "train_labels is float64"),
        ({"train_labels": np.array([0, 1, -1, 0, 1, 2])}, "train_labels holds -1"),
        ({"train_labels": np.array([0, 1, 3, 0, 1, 3])}, "no example of 2;"),
        ({"train_labels": np.zeros(6, dtype=int)}, "no example of 1;"),
        ({"train_labels": np.array([0, 1, 10**12, 0, 1, 0])}, r"no example of 2, 3, 4, 5, 6, \.\.\.;"),
        ({"test_labels": np.array([2, 3])}, "test_labels holds 3"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        own_data_set("own", written(tmp_path, **changed))


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        own_data_set("own", written(tmp_path, train_labels=np.arange(5), test_images=np.zeros((2, 4))))
    assert len(str(raised.value).splitlines()) == 1
    with pytest.raises(DataError) as raised:
        own_data_set("own", written(tmp_path, train_labels=np.arange(5), test_labels=np.zeros(2)))
    assert len(str(raised.value).splitlines()) == 2


def test_a_path_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no such file or folder; an \.npz file with"):
        own_data_set("own", tmp_path / "none.npz")
    with pytest.raises(DataError, match=r"has none of them; train-images-idx3-ubyte, .* are expected"):
        own_data_set("own", tmp_path)
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(DataError, match=r"text\.npz: cannot be read"):
        own_data_set("own", tmp_path / "text.npz")
    (tmp_path / "text.csv").write_text("1,2")
    with pytest.raises(DataError, match=r"is neither an \.npz file nor a folder"):
        own_data_set("own", tmp_path / "text.csv")
