"""The book's code as written: torchvision's data set, a DataLoader, ``nn.Module``, autograd, two threads.

One process with every thread: that is how the book's reader runs it. The DataLoader reads in the training process, as
in the book's code beside ``num_workers=0``; its decoding of pictures is most of the time.
"""

from __future__ import annotations

import torch
from torch import nn

from bench.assurance.race.reference_arm import NO_TEST
from bench.assurance.race.task import Share, Task, Train
from bench.engines.reference import BookDropout, BookMLP, load_batches, train


def start(task: Task, share: Share) -> Train:
    """Return the training of one network."""
    torch.set_num_threads(share.threads)
    torch.manual_seed(share.seed)
    batches, _ = load_batches(share.folder, task.batch_size)
    net: nn.Module = BookMLP(task.sizes, [BookDropout(rate) for rate in task.dropout])

    def epoch() -> list[float]:
        return [train(net, (batches, NO_TEST), 1, task.learning_rate)[0].train_loss]

    return epoch
