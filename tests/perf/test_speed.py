"""The training step, evaluation and set-up of the default study's stack, beside their bound and the book's loop.

Each case is one step, or one batch, of a stack of eight trials; the book's loop has one trial.
"""

from __future__ import annotations

import itertools

import pytest
import torch
from PIL import Image
from pytest_benchmark.fixture import BenchmarkFixture
from torch import nn

from bench import model
from bench.data.split import Split
from bench.model import Layer
from bench.reference import BookDropout, BookMLP, to_tensor, train
from bench.train import evaluate, train_epoch
from bench.trials import Stack
from tests.perf.conftest import BOOK, SIZES


def test_training_step(benchmark: BenchmarkFixture, network: list[Layer], study_stack: Stack, one_batch: Split) -> None:
    benchmark.pedantic(lambda: train_epoch(network, study_stack, 0, one_batch), rounds=30, warmup_rounds=3)


def test_sgemm_bound(benchmark: BenchmarkFixture, study_stack: Stack) -> None:
    """The matrix products of one step alone, at its own shapes: forward, input gradients, weight gradients."""
    trials, rows = len(study_stack.trials), BOOK.batch_size
    shapes = list(itertools.pairwise(SIZES))
    inputs = [torch.rand(trials, rows, i) for i, _ in shapes]
    weights = [torch.rand(trials, i, o) for i, o in shapes]
    errors = [torch.rand(trials, rows, o) for _, o in shapes]
    outputs = [torch.empty(trials, rows, o) for _, o in shapes]
    passed_on = [torch.empty(trials, rows, i) for i, _ in shapes]
    gradients = [torch.empty(trials, i, o) for i, o in shapes]

    def products() -> None:
        for layer in range(len(shapes)):
            torch.bmm(inputs[layer], weights[layer], out=outputs[layer])
            torch.bmm(inputs[layer].mT, errors[layer], out=gradients[layer])
            if layer:
                torch.bmm(errors[layer], weights[layer].mT, out=passed_on[layer])

    benchmark.pedantic(products, rounds=30, warmup_rounds=3)


def test_evaluation(benchmark: BenchmarkFixture, network: list[Layer], one_batch: Split) -> None:
    benchmark.pedantic(
        lambda: evaluate(network, one_batch.test_images, one_batch.test_labels), rounds=30, warmup_rounds=3
    )


def test_set_up(benchmark: BenchmarkFixture, study_stack: Stack) -> None:
    def set_up() -> None:
        weights = model.initial_weights(SIZES, 0, BOOK.initialisation)
        model.build(weights, len(study_stack.trials), torch.float32, torch.device("cpu"))

    benchmark.pedantic(set_up, rounds=30, warmup_rounds=3)


@pytest.mark.parametrize("dropout", [BookDropout, nn.Dropout], ids=["book", "torch"])
def test_book_loop(benchmark: BenchmarkFixture, dropout: type[nn.Module]) -> None:
    """The book's code on pictures, by DataLoader and ToTensor, one thread as the engine has."""
    pictures = [(Image.new("L", (28, 28), color=index), index % 10) for index in range(BOOK.batch_size)]

    class Pictures(torch.utils.data.Dataset):
        def __len__(self) -> int:
            return len(pictures)

        def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
            picture, label = pictures[index]
            return to_tensor(picture), label

    batches = torch.utils.data.DataLoader(Pictures(), BOOK.batch_size, shuffle=True)
    one_test_image = [(torch.zeros(1, 1, 28, 28), torch.zeros(1, dtype=torch.long))]
    net = BookMLP(SIZES, [dropout(0.2), dropout(0.5)])
    benchmark.pedantic(lambda: train(net, (batches, one_test_image), 1, BOOK.learning_rate), rounds=10, warmup_rounds=1)
