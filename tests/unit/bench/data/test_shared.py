"""Images as bytes, once a machine: the same numbers to the bit as images that each worker has for itself."""

from __future__ import annotations

import errno
import io
import os
import tempfile
from dataclasses import replace

import numpy as np
import pytest
import torch

from bench import schema
from bench.base.precision import Target
from bench.data import at_hand
from bench.data.images import Images
from bench.data.pixels import numbers
from bench.data.shared import ARRAYS, SharedImages
from bench.data.split import Split, make_split
from bench.engines.stacked.train import train_stack
from bench.record import rows
from bench.record.trials import Stack
from bench.run.executors import processes
from bench.run.worker import load_split
from tests.conftest import SMALL, condition, in_precision, stack

VALIDATED = replace(SMALL, validation_size=100, record_activations=True)
PARTS = ("train", "validation", "test")


@pytest.fixture
def as_bytes(sample_images: Images) -> Split:
    return make_split(sample_images, VALIDATED.train_size, VALIDATED.validation_size, torch.uint8)


@pytest.fixture
def as_numbers(sample_images: Images) -> Split:
    return make_split(sample_images, VALIDATED.train_size, VALIDATED.validation_size)


def test_bytes_are_the_same_numbers_to_the_bit(as_bytes: Split, as_numbers: Split) -> None:
    for part in PARTS:
        assert as_bytes.part(part)[0].dtype == torch.uint8
        assert torch.equal(numbers(as_bytes.part(part)[0]), as_numbers.part(part)[0])
        assert torch.equal(as_bytes.as_numbers().part(part)[0], as_numbers.part(part)[0])
    every = torch.arange(256, dtype=torch.uint8)
    assert np.array_equal(numbers(every).numpy(), np.arange(256, dtype=np.float32) / np.float32(255))
    assert as_bytes.dtype == as_numbers.dtype == torch.float32


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_stack_trains_on_bytes_as_on_numbers(as_bytes: Split, as_numbers: Split, precision: str) -> None:
    if not Target("cpu", precision).is_present():
        pytest.skip(f"this CPU has no {precision}")
    settings = [condition("none"), condition("all", input_dropout=(0.2,), mixup=(0.3,), early_stopping=(1.0,))]
    trials = stack(*settings, recipe=VALIDATED).trials
    work = Stack(tuple(in_precision(trial, precision) for trial in trials))
    found = [train_stack(work, split, lambda: None) for split in (as_bytes, as_numbers)]
    for mine, other in zip(*found, strict=True):
        measured = [rows.measured(each, 10) for each in (mine, other)]
        same = measured[0].keys() - schema.RUN_DEPENDENT
        assert {name: measured[0][name] for name in same} == {name: measured[1][name] for name in same}
        assert rows.curve(mine) == rows.curve(other)


def test_numbers_that_are_no_bytes_stay_as_they_are(sample_images: Images) -> None:
    soft = replace(
        sample_images, train_images=sample_images.train_images / 300, test_images=sample_images.test_images / 300
    )
    split, expected = (make_split(soft, 64, 10, dtype) for dtype in (torch.uint8, torch.float32))
    assert torch.equal(split.train_images, expected.train_images)
    assert numbers(split.train_images) is split.train_images


def test_bytes_on_a_gpu_are_refused() -> None:
    with pytest.raises(ValueError, match="rounds otherwise"):
        numbers(torch.empty(3, dtype=torch.uint8, device="meta"))


def test_workers_map_one_file_and_write_to_none_but_their_own(sample_images: Images) -> None:
    shared = SharedImages("sample", sample_images)
    first, second = (shared.layout.images(os.dup(shared.descriptor)) for _ in range(2))
    shared.close()
    first.train_images[0] = 77
    for part in ARRAYS:
        assert np.array_equal(getattr(second, part), getattr(sample_images, part)), part
        assert getattr(second, part).dtype == getattr(sample_images, part).dtype
    assert second.classes == sample_images.classes


def test_a_worker_copies_no_image(sample_images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = SharedImages("handed", sample_images)
    mapped = shared.layout.images(os.dup(shared.descriptor))
    shared.close()
    monkeypatch.setitem(at_hand, "handed", mapped)
    split = load_split("handed", 1500, 100, "cpu")
    for part in ("train_images", "validation_images"):
        assert np.shares_memory(getattr(split, part).numpy(), mapped.train_images)
    assert np.shares_memory(split.test_images.numpy(), mapped.test_images)


def test_without_room_for_a_temporary_file_each_worker_has_its_own_images(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")

    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise full

    monkeypatch.setattr(tempfile, "TemporaryFile", Full)
    assert processes._shared("fashion_mnist_sample") is None
    said = capsys.readouterr().err
    assert "each worker has its own copy of the images in memory" in said
    assert "(No space left on device). The environment variable TMPDIR says where it goes." in said
