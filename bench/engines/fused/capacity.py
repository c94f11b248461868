"""How many trials a GPU trains together: enough to fill its multiprocessors evenly, no more than its memory holds."""

from __future__ import annotations

import itertools

import torch

STACKS_PER_MULTIPROCESSOR = 4
"""Beyond this a larger stack fills the device no better, and a study's progress is told less often."""
MEMORY_SHARE = 0.8
"""Share of the free memory: the allocator, sorting and the library's own buffers need the rest."""
EVALUATION_ROWS = 1024
"""Images that evaluation takes at a time."""
MOST_IMAGES = 60_000
"""In the largest set of the data sets that there are."""


def capacity_of(device: torch.device, sizes: tuple[int, ...], batch_size: int, images: int = MOST_IMAGES) -> int:
    """Return the most trials that a CUDA device trains together now."""
    free, _ = torch.cuda.mem_get_info(device)
    multiprocessors = torch.cuda.get_device_properties(device).multi_processor_count
    return capacity(multiprocessors, free, bytes_per_trial(sizes, batch_size, images))


def capacity(multiprocessors: int, free_bytes: int, bytes_per_trial: int) -> int:
    """Return the most trials of a stack; at least 1.

    A layer 256 wide has four tiles of 128 by 128 in a batch of 256, so half as many trials as multiprocessors are two
    whole waves: 66 on 132. The answer is a multiple of that where memory allows as many, at most eight of them.
    """
    unit = -(-multiprocessors // 2)
    most = min(STACKS_PER_MULTIPROCESSOR * multiprocessors, int(MEMORY_SHARE * free_bytes) // bytes_per_trial)
    return most // unit * unit if most >= unit else max(1, most)


def bytes_per_trial(sizes: tuple[int, ...], batch_size: int, images: int) -> int:
    """Return the memory that one trial adds to a stack, for layer widths `sizes`, in float32.

    `images` is the size of the largest set that is scored. Weights and biases; activations of a batch and of a chunk
    in evaluation, and errors of a batch; of each image a loss, a hit, and 24 bytes for its place in the order: the
    words, their sort and its result, were every trial of another seed.
    """
    wide = [-(-size // 16) * 16 for size in sizes]
    weights = sum((inputs + 1) * outputs for inputs, outputs in itertools.pairwise(wide))
    hidden = sum(wide[1:-1])
    activations = hidden * (2 * batch_size + min(EVALUATION_ROWS, images)) + wide[-1] * batch_size
    return 4 * (weights + activations) + images * (4 + 1 + 24)
