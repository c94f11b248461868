"""The executor that trains on Ray: the same rows as alone, whatever is lost on the way."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.data import DATA_SETS
from bench.record.store import Store
from bench.study import plugins
from tests.end_to_end import test_own as own
from tests.end_to_end.conftest import PATIENCE, Row, Workplace, wait_for_trials

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed: pip install '.[ray]'"),
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]
LONG = {"seeds": 8, "old": "epochs = 4", "new": "epochs = 40"}
"""Eight stacks, each of which is trained for about a second."""
NOISE = """
import os, pathlib, signal, time
from bench.regularisers.dropout import DROPOUT
from dataclasses import replace


def hidden(draw, rate, out):
    {act}
    DROPOUT.hidden(draw, rate, out)


MINE = replace(DROPOUT, name="my_noise", hidden=hidden)
"""
HOLD = """
    folder = pathlib.Path({folder!r})
    while draw.seed % 2 and (folder / "hold").exists():
        (folder / str(os.getpid())).touch()
        time.sleep(0.1)
"""
MINE = """[[conditions]]
label = "mine"
my_noise = 0.3
"""


def curves(workplace: Workplace) -> list[Row]:
    store = Store(workplace.folder / "results/tiny")
    return store.curves_of(store.trial_ids()).to_pylist()


@pytest.fixture(autouse=True)
def no_plugin_of_another_test() -> Iterator[None]:
    yield
    for each in plugins._plugins.values():
        plugins._forget(each)
    plugins._plugins.clear()


def with_plugin(workplace: Workplace, act: str = "", seeds: int = 3) -> None:
    (workplace.folder / "my_noise.py").write_text(NOISE.format(act=act))
    workplace.study(seeds, more=MINE, old='name = "tiny"', new='name = "tiny"\nplugins = ["my_noise.py"]')


def processes(workplace: Workplace, title: str = "ray::") -> list[int]:
    """Return the processes that Ray trains the stacks of a workplace in."""
    mine = f"BENCH_DATA={workplace.environment['BENCH_DATA']}\0".encode()
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if (each / "cmdline").read_bytes().startswith(title.encode()) and mine in (each / "environ").read_bytes():
                found.append(int(each.name))
        except OSError:  # it has ended
            continue
    return found


def parent(process: int) -> int | None:
    """Return the process that started another one; None where that has ended."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def hold(workplace: Workplace, seeds: int) -> Path:
    """Let odd seeds be held in training for as long as the folder that is returned has a file ``hold``."""
    held = workplace.folder / "held"
    held.mkdir()
    (held / "hold").touch()
    with_plugin(workplace, HOLD.format(folder=str(held)), seeds=seeds)
    return held


def held_on(node: Any, held: Path) -> list[int]:
    """Return the processes of a node that are held in training."""
    raylet = node.all_processes["raylet"][0].process.pid
    return [int(each.name) for each in held.glob("[0-9]*") if parent(int(each.name)) == raylet]


def kill_one(cluster: Any, nodes: list[Any], held: Path) -> None:
    """Kill a node that holds a stack, and wait for the end of what trains there, which lives on for a while."""
    node = wait_until(lambda: next((each for each in nodes if held_on(each, held)), None))
    training = held_on(node, held)
    nodes.remove(node)
    cluster.remove_node(node, allow_graceful=False)
    wait_until(lambda: all(map(has_ended, training)))


def has_ended(process: int) -> bool:
    """Tell whether a process has ended, although nobody may have waited for it."""
    try:
        return not Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return True


def wait_until(ready: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (found := ready()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


@pytest.fixture
def cluster(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cluster whose head trains nothing, and to which nodes can be added."""
    cluster_utils = importlib.import_module("ray.cluster_utils")
    monkeypatch.setenv("BENCH_DATA", workplace.environment["BENCH_DATA"])
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    made = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        yield made
    finally:
        made.shutdown()


def test_rows_and_curves_are_those_of_one_process_with_a_plug_in_and_data_of_the_users(workplace: Workplace) -> None:
    with_plugin(workplace)
    images = DATA_SETS["fashion_mnist_sample"].load(Path("data"))
    np.savez(workplace.folder / "mine.npz", **{name: each for name, each in vars(images).items() if name != "classes"})
    file = workplace.folder / "tiny.toml"
    file.write_text(file.read_text().replace('"fashion_mnist_sample"', '"mine"\npath = "mine.npz"'))
    out, err = workplace.bench("run", "tiny.toml", "--executor", "ray", "--workers", "2")
    assert out == "results/tiny\n"
    assert "12 ok" in err
    found = workplace.rows(), curves(workplace)
    (workplace.folder / "results").rename(workplace.folder / "before")
    workplace.train()
    assert found == (workplace.rows(), curves(workplace))
    assert not (workplace.folder / "before/tiny/unfinished").exists()


def test_a_run_goes_on_while_a_node_is_killed_in_mid_stack(workplace: Workplace, cluster: Any) -> None:
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    held = hold(workplace, seeds=5)
    runner = workplace.start("run", "tiny.toml", "--executor", "ray", "--address", cluster.address)
    kill_one(cluster, nodes, held)
    (held / "hold").unlink()
    _, err = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 0, err
    assert err.count("are put back (1 of 3 times): ") == 1, err
    assert_as_alone(workplace)


def test_ten_nodes_killed_in_mid_stack_cost_time_and_no_trial(workplace: Workplace, cluster: Any) -> None:
    """Odd seeds are held in training until all kills are done; nobody reads what the runner prints meanwhile."""
    held, nodes = hold(workplace, seeds=30), list[Any]()
    runner = workplace.start("run", "tiny.toml", "--executor", "ray", "--address", cluster.address)
    for _ in range(10):
        nodes += [cluster.add_node(num_cpus=1, wait=False) for _ in range(3 - len(nodes))]  # they start while one holds
        kill_one(cluster, nodes, held)
    (held / "hold").unlink()
    wait_for_trials(workplace, 4 * 30)
    _, err = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 0, err
    assert err.count("are put back (1 of 3 times)") == 10, err
    assert "(2 of 3 times)" not in err, "what was lost comes after what was not trained yet"
    assert_as_alone(workplace)


def test_a_worker_killed_ten_times_costs_time_and_no_trial(workplace: Workplace) -> None:
    workplace.study(**LONG | {"seeds": 12})
    runner = workplace.start("run", "tiny.toml", "--executor", "ray", "--workers", "2")
    for number in range(10):
        wait_for_trials(workplace, 3 * number)
        os.kill(wait_until(lambda: processes(workplace, "ray::work"))[0], signal.SIGKILL)
    out, err = runner.communicate(timeout=PATIENCE)
    assert (runner.returncode, out) == (0, "results/tiny\n"), err
    assert 5 <= err.count("are put back") <= 10, "a worker that has just handed in its stack loses none"
    assert_as_alone(workplace)


def test_what_always_kills_its_worker_has_failed_after_it_was_put_back_three_times(workplace: Workplace) -> None:
    with_plugin(workplace, "if draw.seed == 1: os.kill(os.getpid(), signal.SIGKILL)")
    workplace.bench("run", "tiny.toml", "--executor", "ray", "--workers", "2", code=1)
    rows = workplace.rows().values()
    assert {(row["seed"], row["status"]) for row in rows} == {(0, "ok"), (1, "failed"), (2, "ok")}
    errors = {row["error"] for row in rows if row["status"] == "failed"}
    assert all("was lost 4 times; the last time WorkerCrashedError" in each for each in errors)


def test_an_interrupt_keeps_what_is_finished_and_ends_every_process(workplace: Workplace) -> None:
    workplace.study(**LONG)
    runner = workplace.start("run", "tiny.toml", "--executor", "ray", "--workers", "2")
    wait_for_trials(workplace, 3)
    os.killpg(runner.pid, signal.SIGINT)
    _, err = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 130, err
    assert err.endswith("interrupted; finished trials are kept, and the same command goes on from there\n")
    kept = len(workplace.rows())
    assert 3 <= kept < 24
    wait_until(lambda: not processes(workplace))
    workplace.train()
    assert len(workplace.rows()) == 24


def test_the_trials_of_a_seed_stay_on_one_kind_of_node(
    workplace: Workplace, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels = {"Sandybridge", "Nehalem"}
    for each in kernels:
        monkeypatch.setenv("OPENBLAS_CORETYPE", each)
        cluster.add_node(num_cpus=1)
    more = "".join(f'[[conditions]]\nlabel = "{rate}"\ndropout = {rate}\n' for rate in (0.1, 0.3, 0.5, 0.6, 0.7, 0.8))
    workplace.study(seeds=6, more=more)  # two stacks a seed
    workplace.bench("run", "tiny.toml", "--executor", "ray", "--address", cluster.address)
    store = Store(workplace.folder / "results/tiny")
    made_with = {name: arithmetic.kernels for name, arithmetic in store.made_with().items()}
    rows = [store.read(each) for each in store.trial_ids()]
    kinds: dict[int, set[str]] = {}
    for row in rows:
        assert row is not None
        kinds.setdefault(row["seed"], set()).add(made_with[row["environment_id"]])
    assert all(len(each) == 1 for each in kinds.values()), kinds
    assert set.union(*kinds.values()) == kernels


def test_own_training_code_gives_the_rows_that_it_gives_without_ray(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(own.TRAIN)
    (tmp_path / "own.toml").write_text(own.STUDY)
    workplace = Workplace(tmp_path)
    for name, words in (("ray", ["--executor", "ray"]), ("alone", [])):
        out = ["--out", str(tmp_path / name)]
        workplace.bench("run", str(tmp_path / "own.toml"), "--no-rehearsal", "--workers", "2", *words, *out)
    assert workplace.rows("ray") == workplace.rows("alone")
    assert len(list((tmp_path / "ray/logs").iterdir())) == 16
    assert not (tmp_path / "ray/unfinished").exists()


def test_a_cluster_that_is_not_there_is_a_usage_error(workplace: Workplace) -> None:
    _, err = workplace.bench("run", "tiny.toml", "--executor", "ray", "--address", "127.0.0.1:1", code=2)
    assert "error: --address 127.0.0.1:1: no Ray cluster can be joined there" in err
    assert not (workplace.folder / "results").exists()


def test_a_notebook_that_has_ray_keeps_it(workplace: Workplace) -> None:
    script = (
        "import bench, ray; ray.init('local', num_cpus=2); "
        "print(bench.run('tiny.toml', executor='ray'), ray.is_initialized())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=workplace.folder, env=workplace.environment, capture_output=True, text=True,
        check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1:] == ["results/tiny True"], done.stderr
    assert len(workplace.rows()) == 9


def test_what_ray_prints_at_its_shutdown_is_not_on_standard_output(workplace: Workplace) -> None:
    workplace.study(seeds=1)
    script = (
        "import bench, ray; ended = ray.shutdown; ray.shutdown = lambda: (print('left over'), ended()); "
        "print(bench.run('tiny.toml', executor='ray'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=workplace.folder, env=workplace.environment, capture_output=True, text=True,
        check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.stdout == "results/tiny\n", done.stderr
    assert "left over" in done.stderr


def assert_as_alone(workplace: Workplace) -> None:
    """Compare the rows with those of one process, without an interruption."""
    found = workplace.rows()
    (workplace.folder / "results").rename(workplace.folder / "before")
    workplace.train()
    assert found == workplace.rows()
