"""Whether what is to be trained fits into memory, before anything is."""

from __future__ import annotations

import os
import sys
from itertools import pairwise

from bench.base.container import memory_limit
from bench.base.cores import physical_cores
from bench.base.errors import UsageError
from bench.data import DATA_SETS
from bench.record.trials import OWN, Recipe, Stack

COPIES = 2
"""Arrays of the size of the weights that a network needs at least: the weights, and their gradients."""
NUMBER_BYTES = 4
GIB = 1 << 30
PROCESS_BYTES = 450 << 20
"""Most memory that a worker takes, and the runner, with networks that are small beside what they compute with."""


def check_memory(stacks: list[Stack], workers: int) -> None:
    """Raise UsageError where the largest networks, trained by so many workers at once, cannot fit into memory."""
    networks = [each for each in stacks if each.trials[0].engine != OWN]
    if not networks:
        return
    largest = max(networks, key=_needed)
    at_once, here = min(workers, len(networks)), available()
    if (needed := _needed(largest) * at_once) <= here:
        return
    label, number = largest.trials[0].condition.label, len(largest.trials) * at_once
    raise UsageError(
        f'condition "{label}": a network has {weights(largest.recipe):,} weights; {number} of them at once, with '
        f"{at_once} workers, take at least {needed / GIB:.1f} GiB, and there are {here / GIB:.1f}. Give smaller hidden "
        "layers, or fewer --workers."
    )


def workers_here(is_own: bool = False) -> int:
    """Return one worker a core that there is memory for beside the runner, at least one, and note where cores are left.

    What a trial of own training code takes is not known: one a core.
    """
    cores = len(physical_cores())
    number = cores if is_own else max(1, min(cores, available() // PROCESS_BYTES - 1))
    if number < cores:
        print(
            f"note: {number} of {cores} possible workers, since there are {available() / GIB:.1f} GiB of memory; "
            "--workers says otherwise",
            file=sys.stderr,
        )
    return number


def available() -> int:
    """Return the bytes of memory that this process may use."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(machine, memory_limit() or machine)


def weights(recipe: Recipe) -> int:
    """Return the number of weights and biases of a network."""
    data_set = DATA_SETS[recipe.data]
    sizes = [data_set.pixels, *recipe.hidden, data_set.classes]
    return sum((before + 1) * after for before, after in pairwise(sizes))


def _needed(stack: Stack) -> int:
    return len(stack.trials) * weights(stack.recipe) * COPIES * NUMBER_BYTES
