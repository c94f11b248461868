"""The first 2,000 training and 1,000 test images of Fashion-MNIST, shipped with this project."""

from __future__ import annotations

from pathlib import Path

from bench.data.data_set import PARTS, DataSet


def fetch(root: Path) -> str:
    """Do nothing: the files are part of this package."""
    del root
    return "this package"


FASHION_MNIST_SAMPLE = DataSet(
    name="fashion_mnist_sample",
    licence="MIT",
    origin="https://github.com/zalandoresearch/fashion-mnist",
    train_total=2_000,
    test_total=1_000,
    image=(28, 28),
    pixels=784,
    classes=10,
    sha256=dict(
        zip(
            [f"{part}.gz" for part in PARTS],
            (
                "71a9f8cec24060d6752b3e4940ce6d6fd729334afa47b735dd553481aa83b53e",
                "8983259dfbc9f185f92698916f7daf361704b43ba7d19568cc7bcdeefdc1bece",
                "7a6d8e07ea021ec5bc73135ebd0a5770799557ec6f8242d8749c4f32a3cf4643",
                "b40abac7ec8228f434940f579deb7cf7b6e3103b5274cb91d1545771f5ef1c8b",
            ),
            strict=True,
        )
    ),
    folder=lambda root: Path(__file__).with_name("fashion_mnist_sample"),
    fetch=fetch,
)
