"""A step of the book's code on pictures, by DataLoader and ToTensor, one thread as the engine has; one trial."""

from __future__ import annotations

import pytest
import torch
from PIL import Image
from torch import nn

from bench.engines.reference import BookDropout, BookMLP, to_tensor, train
from tests.perf.conftest import BATCH, Measure

LEARNING_RATE = 0.5


class Pictures(torch.utils.data.Dataset):
    """One batch of pictures, one grey level each."""

    def __init__(self) -> None:
        self.pictures = [(Image.new("L", (28, 28), color=index), index % 10) for index in range(BATCH)]

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        picture, label = self.pictures[index]
        return to_tensor(picture), label


@pytest.mark.full
@pytest.mark.parametrize("dropout", [BookDropout, nn.Dropout], ids=["book", "torch"])
def test_book_loop(measure: Measure, dropout: type[nn.Module]) -> None:
    batches = torch.utils.data.DataLoader(Pictures(), BATCH, shuffle=True)
    one_test_image = [(torch.zeros(1, 1, 28, 28), torch.zeros(1, dtype=torch.long))]
    net = BookMLP((784, 256, 256, 10), [dropout(0.2), dropout(0.5)])
    measure(lambda: train(net, (batches, one_test_image), 1, LEARNING_RATE), 10, 10)
