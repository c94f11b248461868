"""How the benchmarks are measured: one thread, a fixed number of rounds, and a record of which sources were measured.

The regression gate runs these files on an older tree too. So no file imports more of the project than it measures,
and this one imports none of it: what an older tree lacks takes down the benchmarks of one file and no more.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.perf.partner import Partner

BATCH, TRIALS, STEPS_PER_EPOCH = 256, 8, 235
"""Rows of a step, networks of the stack, and steps of an epoch of the default study."""

STEPS = 4
"""Steps that the training benchmark takes in one call: what is done once an epoch must not weigh as in a step."""

Measure = Callable[[Callable[[], Any], int, int], None]
"""(function, rounds, rounds of the regression gate) -> None"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--gate", action="store_true", help="the regression gate's choice of benchmarks, in few rounds")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "full: left out of the regression gate")
    config.stash[FAILURES] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--gate"):
        items[:] = [item for item in items if not item.get_closest_marker("full")]


@pytest.fixture(scope="session", autouse=True)
def one_thread_as_the_workers() -> None:
    import torch  # noqa: PLC0415 - collection of the benchmarks needs none
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    torch.set_num_threads(1)
    threadpool_limits(1)


@pytest.fixture(scope="session")
def partner() -> Iterator[Partner]:
    joined = Partner()
    yield joined
    joined.close()


@pytest.fixture
def measure(benchmark: BenchmarkFixture, request: pytest.FixtureRequest, partner: Partner) -> Measure:
    """Measure a function, each round one call, after two that do not count."""
    short, name = request.config.getoption("--gate"), request.node.name

    def run(function: Callable[[], Any], rounds: int, gate_rounds: int) -> None:
        number = itertools.count()
        benchmark.pedantic(
            function,
            setup=lambda: partner.meet(name, next(number)),
            teardown=partner.leave,
            rounds=gate_rounds if short else rounds,
            warmup_rounds=2,
        )

    return run


FAILURES = pytest.StashKey[dict[str, str]]()
"""Why a benchmark, or the import of a file of them, failed: the last line of the error."""


@pytest.hookimpl(tryfirst=True)
def pytest_exception_interact(
    node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any], report: pytest.TestReport | pytest.CollectReport
) -> None:
    del report
    if call.excinfo is not None:
        cause: BaseException = call.excinfo.value
        if isinstance(node, pytest.Collector) and cause.__cause__ is not None:
            cause = cause.__cause__
        lines = f"{type(cause).__name__}: {cause}".strip().splitlines()
        node.config.stash[FAILURES][node.name] = lines[0]


def pytest_benchmark_generate_machine_info(config: pytest.Config) -> dict[str, Any]:
    """Say what ran: pytest-benchmark's own description of the processor takes longer than the benchmarks."""
    del config
    affinity = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return {"system": sys.platform, "python": sys.version.split()[0], "processors": affinity}


def pytest_benchmark_update_json(config: pytest.Config, benchmarks: list[Any], output_json: dict[str, Any]) -> None:
    """Add which files of the project were imported, and what failed: the gate checks both."""
    del benchmarks
    output_json["imported"] = {
        name: file
        for name, module in sorted(sys.modules.items())
        if name.partition(".")[0] in ("bench", "analysis") and (file := getattr(module, "__file__", None))
    }
    output_json["failures"] = config.stash[FAILURES]
    output_json["side"] = os.environ.get("GATE_SIDE", "")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print throughput, and the engine's share of the bound measured in the same run."""
    session = getattr(config, "_benchmarksession", None)
    median = {bench.name: bench.stats.median for bench in session.benchmarks if bench.stats.rounds} if session else {}
    bound, step = median.get("test_products[fastest]"), median.get("test_training_steps")
    if bound is None or step is None:
        return
    step /= STEPS
    write = terminalreporter.write_line
    terminalreporter.section("throughput on one core")
    speed, epoch = TRIALS * BATCH / step, step * STEPS_PER_EPOCH / TRIALS
    write(f"training: {speed:,.0f} samples/s, {epoch:.3f} s an epoch and trial")
    bound_epoch = bound * STEPS_PER_EPOCH / TRIALS
    write(f"bound, the step's products by the fastest library at each: {bound_epoch:.3f} s an epoch and trial")
    write(f"fraction of the bound: {bound / step:.1%}")
    for name in ("test_book_loop[book]", "test_book_loop[torch]"):
        if loop := median.get(name):
            write(f"a step of the book's loop ({name}): {loop * TRIALS / step:.1f} times the engine's, per trial")
    _write_kernels(write)


def _write_kernels(write: Callable[..., None]) -> None:
    """Say which kernels numpy multiplied with, and what in the environment may hold them back."""
    from bench.base.libraries import held_back, matrix_libraries  # noqa: PLC0415 - the gate measures trees without it

    kernels = "/".join(sorted({str(each["kernels"]) for each in matrix_libraries() if each["kernels"]}))
    write(f"numpy multiplies with {kernels or 'unknown'} kernels")
    if (warning := held_back()) is not None:
        write(f"WARNING: {warning}.", red=True, bold=True)


def benchmarks_root() -> Path:
    """Return the root of the tree that these benchmarks, not the measured sources, belong to."""
    return Path(__file__).parents[2]
