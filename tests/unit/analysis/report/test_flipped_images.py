"""The images that flip: their counts are those of the bits, their pictures those of the file; others are refused."""

from __future__ import annotations

import base64
import io
import itertools
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import analysis
from analysis.answer.flipped_images import MOST, flipped_images
from analysis.cli import main
from analysis.report.pictures import LEVELS, MOST_PIXELS, png_of
from analysis.tables.images import Images
from analysis.tables.pairing import pair
from bench.data import idx
from tests.unit.analysis.report.conftest import TEST, Made, write_folder

pytestmark = pytest.mark.slow

LABELS = ("none", "book", "all-dropped", "dropout-0.3")
SENTENCE = re.compile(r"No\. ([\d,]+), class (\d): right at (\d+) of (\d+) seeds with “(.*?)”, at (\d+) with “none”")


def test_counts_are_those_of_a_loop_over_seeds_and_images() -> None:
    rng = np.random.default_rng(5)
    right = {(label, seed): rng.random(37) < 0.6 for label in ("a", "b") for seed in range(9)}
    images = Images({key: np.packbits(bits).tobytes() for key, bits in right.items()}, 37, None)
    seeds = [1, 2, 4, 7, 8]
    more, fewer = flipped_images(images, pair(("a", "b"), seeds, np.zeros(5), np.ones(5)))
    counts = {image: tuple(sum(bool(right[label, seed][image]) for seed in seeds) for label in ("a", "b"))
              for image in range(37)}  # fmt: skip
    for found, sign in ((more, 1), (fewer, -1)):
        assert [(each.condition_right, each.control_right) for each in found] == [counts[each.image] for each in found]
        gains = [sign * (each.condition_right - each.control_right) for each in found]
        assert gains == sorted((sign * (a - b) for a, b in counts.values()), reverse=True)[:MOST]
        assert all(gain > 0 for gain in gains)
        assert {each.n for each in found} == {5}
        assert all(one.image < two.image for one, two in itertools.pairwise(found)
                   if gains[found.index(one)] == gains[found.index(two)])  # fmt: skip


def test_images_without_a_difference_are_not_named() -> None:
    bits = np.packbits(np.array([True, False, True])).tobytes()
    images = Images({("a", 0): bits, ("b", 0): bits}, 3, None)
    assert flipped_images(images, pair(("a", "b"), [0], np.zeros(1), np.zeros(1))) == ([], [])


@pytest.mark.parametrize("shape", [(28, 28), (8, 8, 3), (100, 50)])
def test_a_picture_is_the_image_to_a_few_levels(shape: tuple[int, ...]) -> None:
    pixels = np.add.outer(np.linspace(0, 255, shape[0]), np.zeros(shape[1])).astype(np.uint8)
    pixels = np.repeat(pixels[..., None], 3, axis=2) if len(shape) == 3 else pixels
    picture = Image.open(io.BytesIO(png_of(pixels)))
    assert max(picture.size) == min(MOST_PIXELS, max(shape))
    if max(shape) <= MOST_PIXELS:
        shown = np.asarray(picture.convert("RGB"), int)
        expected = pixels if len(shape) == 3 else np.repeat(pixels[..., None], 3, axis=2)
        assert np.abs(shown - expected).max() <= 256 / LEVELS
    assert png_of(pixels) == png_of(pixels)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of test images, each of one grey level that says which it is, and their labels."""
    folder = tmp_path_factory.mktemp("images")
    pixels = np.broadcast_to((np.arange(TEST) % 256).astype(np.uint8)[:, None, None], (TEST, 8, 8))
    (folder / "t10k-images-idx3-ubyte").write_bytes(idx.encode(pixels))
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx.encode((np.arange(TEST) % 7).astype(np.uint8)))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Made(labels=LABELS, seeds=8, diverged=(("book", 2),))
    return write_folder(tmp_path_factory.mktemp("results") / "dropout", made)


def bits_of(folder: Path, label: str) -> dict[int, np.ndarray]:
    rows = [row for file in (folder / "trials").glob("*.parquet") for row in pq.read_table(file).to_pylist()]
    return {row["seed"]: np.unpackbits(np.frombuffer(row["test_bits"], np.uint8), count=TEST)
            for row in rows if row["condition"] == label and row["status"] == "ok"}  # fmt: skip


def test_the_page_has_the_counts_of_the_bits_beside_the_right_pictures(
    folder: Path, source: Path, tmp_path: Path
) -> None:
    page = analysis.report(folder, out=tmp_path / "out", images=source).read_text(encoding="utf-8")
    section = page.partition("<h2>Test images that flip</h2>")[2].partition("</section>")[0]
    pictures = re.findall(r'<img src="data:image/png;base64,(.*?)" alt="test image (.*?)"><span>(.*?)</span>', section)
    assert len(pictures) == 2 * 2 * MOST, "the negative control has none"
    seen = set()
    for png, alt, text in pictures:
        (number, label, right, n, condition, control) = SENTENCE.fullmatch(text).groups()
        assert number == alt
        image = int(number.replace(",", ""))
        arms = bits_of(folder, condition), bits_of(folder, "none")
        seeds = arms[0].keys() & arms[1].keys()
        assert (int(right), int(control)) == tuple(sum(int(arm[seed][image]) for seed in seeds) for arm in arms)
        assert int(n) == len(seeds) == (7 if condition == "book" else 8)
        assert int(label) == image % 7
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("L"), int)
        assert (shown == image % 256).all()
        seen.add(condition)
    assert seen == {"book", "dropout-0.3"}
    assert "picked from 10,000 images by these very counts" in section
    assert "of which no digest is recorded" in section
    markdown = (tmp_path / "out/report.md").read_text(encoding="utf-8")
    assert len(SENTENCE.findall(markdown)) == len(pictures)
    assert "script" not in section


def test_without_the_images_the_page_says_how_to_show_them(folder: Path, tmp_path: Path) -> None:
    page = analysis.report(folder, out=tmp_path / "out").read_text(encoding="utf-8")
    section = page.partition("<h2>Test images that flip</h2>")[2].partition("</section>")[0]
    assert "Nothing records which file of images the trials were tested on." in section
    assert "With --images PATH, python -m analysis report shows them" in section


def test_another_number_of_images_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "few.npy", np.zeros((999, 8, 8), np.uint8))
    assert main(["report", str(folder), "--images", str(tmp_path / "few.npy"), "--out", str(tmp_path / "out")]) == 2
    assert "few.npy:\n  - holds 999 images; the trials were tested on 10,000" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_table_of_anybody_shows_its_images_and_says_the_command(
    folder: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [pq.read_table(file).to_pylist()[0] for file in (folder / "trials").glob("*.parquet")]
    kept = ("condition", "seed", "status", "test_accuracy", "test_correct", "test_total", "test_bits")
    monkeypatch.chdir(tmp_path)
    pq.write_table(pa.Table.from_pylist([{key: row[key] for key in kept} for row in rows]), "runs.parquet")
    told = ["--metric", "test_accuracy", "--control", "none", "--where", "status=ok"]
    assert main(["report", "runs.parquet", *told, "--images", str(source)]) == 0
    page = Path("runs-report/index.html").read_text(encoding="utf-8")
    assert "<h2>Test examples that flip</h2>" in page
    assert f"--images {source}" in page
    assert main(["report", "runs.parquet", *told]) == 0
    assert "that flip" not in Path("runs-report/index.html").read_text(encoding="utf-8")


def test_several_tasks_have_images_of_their_own(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        write_folder(tmp_path / "many" / name, Made(labels=("none", "book"), seeds=3))
    (tmp_path / "many" / "tasks.json").write_text('{"study": "many", "tasks": ["one", "two"]}')
    assert main(["report", str(tmp_path / "many"), "--images", str(source)]) == 2
    assert "is of several tasks, each with images of its own: give the folder of one task" in capsys.readouterr().err
