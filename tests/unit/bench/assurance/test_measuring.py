"""What the measuring commands stand on: lanes, calibration, and the watch for other load."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
import torch

from bench.assurance.load import Load
from bench.assurance.pinned_workers import LaneError, Lanes
from bench.base import matrix_products
from bench.base.cores import physical_cores
from bench.base.matrix_products import calibrate, step_flop
from bench.base.threads import single_thread


def test_a_step_of_the_book_has_310_megaflop() -> None:
    assert step_flop((784, 256, 256, 10), 256) == 310_116_352


def test_the_libraries_of_the_bound_are_those_that_were_measured() -> None:
    calibrate((32, 16, 10), 8, 2, repeats=1)
    before = matrix_products._fastest.cache_info().misses
    assert len(matrix_products.bound_libraries((32, 16, 10), 8, 2)) == 5
    assert matrix_products._fastest.cache_info().misses == before


def test_the_products_of_16_times_the_rows_take_more_than_twice_the_time() -> None:
    single_thread()
    few, many = calibrate((64, 64, 10), 64, 4), calibrate((64, 64, 10), 1024, 4)
    assert many > 2 * few > 0


@pytest.mark.slow
def test_each_lane_is_one_pinned_thread_and_answers_in_core_order() -> None:
    with Lanes() as lanes:
        assert lanes(os.sched_getaffinity, 0) == [{core} for core in physical_cores()]
        assert lanes(torch.get_num_threads) == [1] * len(physical_cores())
        assert len(set(lanes(os.getpid))) == len(lanes.pids)


@pytest.mark.slow
def test_lanes_run_at_the_same_time() -> None:
    with Lanes() as lanes:
        lanes(os.getpid)
        started = time.perf_counter()
        lanes(time.sleep, 0.5)
        assert time.perf_counter() - started < 0.5 * max(2, len(lanes.cores)) - 0.1


@pytest.mark.slow
def test_what_raises_in_a_lane_raises_here() -> None:
    with Lanes(1) as lanes:
        with pytest.raises(LaneError, match="invalid literal"):
            lanes(int, "x")
        assert lanes(int, "3") == [3], "the lane goes on"


@pytest.mark.slow
def test_a_lane_that_ends_is_told() -> None:
    with Lanes(1) as lanes:
        with pytest.raises(LaneError, match="a lane ended while it was at _exit"):
            lanes(os._exit, 3)
        with pytest.raises(LaneError, match="a lane ended before"):
            lanes(os.getpid)


@pytest.mark.slow
def test_another_process_is_noticed_unless_it_is_named() -> None:
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        time.sleep(0.2)
        with Load() as watched, Load([other.pid]) as excused:
            time.sleep(1.0)
    finally:
        other.kill()
        other.wait()
    assert watched.others is not None and excused.others is not None
    assert watched.others > excused.others + 0.1
