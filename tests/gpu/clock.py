"""Seconds of what a device does, and calls captured in a CUDA graph so that no launch is waited for."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

Call = Callable[[], object]


def seconds(call: Call, device: str, calls: int = 1, windows: int = 5) -> float:
    """Return the seconds of one call: the median over windows of `calls` calls, each until the device is done."""
    found = []
    for _ in range(windows):
        started = now(device)
        for _ in range(calls):
            call()
        found.append((now(device) - started) / calls)
    return statistics.median(found)


def now(device: str) -> float:
    """Return the time at which the device has done what it was given."""
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


@dataclass(frozen=True)
class Captured:
    """A call as one CUDA graph. A graph keeps no tensor that it was given: the call does, and so it is kept."""

    graph: torch.cuda.CUDAGraph
    call: Call

    def __call__(self) -> None:
        self.graph.replay()


def captured(call: Call, device: str) -> Call:
    """Return `call` as one CUDA graph, after it ran once as it is; on the CPU, as it is."""
    if device != "cuda":
        return call
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        call()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        call()
    return Captured(graph, call)
