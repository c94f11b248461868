"""Claims: one runner at a trial, whatever host, container or process it is in; freed when the runner is gone."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.base.errors import StorageError
from bench.record import claims as module
from bench.record import claims_in_folder as in_folder
from bench.record.claims import HEARTBEAT_SECONDS, STALE_SECONDS, Claims, is_stale
from bench.record.claims_in_folder import BREAKING, LinksInFolder
from bench.record.claims_on_store import claims_on
from bench.schema.paths import CLAIMS_FOLDER as FOLDER

ID, OTHER = "00ff00ff00ff00ff", "11ee11ee11ee11ee"
HOLDER = """
import sys, time
from pathlib import Path
from bench.record.claims_on_store import claims_on
claims = claims_on(Path(sys.argv[1]))
print(*(claims.take(name) for name in sys.argv[2:]), flush=True)
sys.stdin.readline()
"""
NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]


def may_unshare() -> bool:
    try:
        return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def start(folder: Path, *names: str, under: tuple[str, ...] = ()) -> tuple[subprocess.Popen[str], list[str]]:
    """Start another runner that takes claims; return it and what it got."""
    command = [*under, sys.executable, "-c", HOLDER, str(folder), *names]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    return holder, holder.stdout.readline().split()


def end(holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.communicate()


def links(claims: Claims) -> LinksInFolder:
    assert isinstance(claims._storage, LinksInFolder)
    return claims._storage


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Claims]:
    with closing(claims_on(tmp_path)) as claims:
        assert claims.fault is None
        yield claims


@pytest.fixture
def another_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    """Another runner, on a kernel of its own, with locks that this one cannot see: the heartbeat alone shows it."""
    with monkeypatch.context() as patch:
        patch.setattr(in_folder, "_kernel", lambda _: ["another", 0])
        claims = claims_on(tmp_path)
    fcntl.flock(links(claims)._file, fcntl.LOCK_UN)
    with closing(claims):
        yield claims


def silent(folder: Path, name: str, seconds: float) -> None:
    """Let the last heartbeat behind a claim lie back by the clock of the file system."""
    path = folder / FOLDER / name
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def test_a_claim_excludes_until_it_is_given_back(mine: Claims, another_host: Claims) -> None:
    assert mine.take(ID)
    assert mine.take(ID)
    assert not another_host.take(ID)
    assert another_host.take(OTHER)
    assert another_host.release([ID]) == []
    assert not another_host.take(ID)
    assert mine.release([ID]) == []
    assert another_host.take(ID)


def test_nothing_is_left_when_all_have_ended(tmp_path: Path) -> None:
    first, second = claims_on(tmp_path), claims_on(tmp_path)
    assert first.take(ID)
    assert second.take("compact")
    first.close()
    assert second.take(ID)
    second.close()
    assert not list(tmp_path.iterdir())


def test_a_claim_is_stale_120_seconds_after_the_last_heartbeat(
    tmp_path: Path, mine: Claims, another_host: Claims
) -> None:
    assert another_host.take(ID)
    silent(tmp_path, ID, STALE_SECONDS - 5)
    assert not mine.take(ID)
    silent(tmp_path, ID, 10)
    assert mine.take(ID)
    assert another_host.release([ID]) == [ID]
    assert not another_host.take(ID)


def test_the_page_says_how_far_a_clock_may_be_set_before_a_lease_looks_stale() -> None:
    """A living runner's last touch is up to a heartbeat old."""
    forward, back = STALE_SECONDS - HEARTBEAT_SECONDS, STALE_SECONDS
    for touched in (-HEARTBEAT_SECONDS, 0):
        assert not is_stale(touched, forward)
        assert not is_stale(touched, -back - touched)
    assert is_stale(-HEARTBEAT_SECONDS, forward + 1)
    assert is_stale(0, -back - 1)
    page = Path(__file__).parents[4] / "docs/shared-folder.md"
    assert f"by more than {forward:g} seconds forward or {back:g} back" in page.read_text(encoding="utf-8")


def test_a_lease_of_the_future_is_stale_and_a_living_runner_touches_it_again(
    tmp_path: Path, mine: Claims, another_host: Claims
) -> None:
    """The clock of the folder was set back by an hour: who waits for a runner that is gone does not wait that long."""
    assert another_host.take(ID)
    silent(tmp_path, ID, -3600)
    links(another_host).touch()
    assert not mine.take(ID)
    silent(tmp_path, ID, 5 - STALE_SECONDS)
    assert not mine.take(ID)
    silent(tmp_path, ID, -3600)
    assert mine.take(ID)
    assert another_host.release([ID]) == [ID]


def test_this_hosts_clock_takes_no_part(mine: Claims, another_host: Claims, monkeypatch: pytest.MonkeyPatch) -> None:
    assert another_host.take(ID)
    day = 86_400
    monkeypatch.setattr(time, "time", lambda now=time.time: now() + day)
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + day)
    assert not mine.take(ID)


def test_the_heartbeat_keeps_claims_that_would_be_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.01)
    with closing(claims_on(tmp_path)) as claims:
        assert claims.take(ID)
        silent(tmp_path, ID, 1_000)
        before = (tmp_path / FOLDER / ID).stat().st_mtime
        deadline = time.monotonic() + 10
        while (tmp_path / FOLDER / ID).stat().st_mtime == before:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_of_many_that_break_a_claim_at_once_one_has_it(tmp_path: Path, another_host: Claims) -> None:
    for _ in range(20):
        assert another_host.take(ID)
        runners = [claims_on(tmp_path) for _ in range(4)]
        silent(tmp_path, ID, STALE_SECONDS + 1)
        barrier, got = threading.Barrier(4), []

        def breaks(claims: Claims, barrier: threading.Barrier = barrier, got: list[bool] = got) -> None:
            barrier.wait()
            while not (mine := claims.take(ID)) and not any(got):
                time.sleep(0)
            got.append(mine)

        threads = [threading.Thread(target=breaks, args=(each,)) for each in runners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(got) == [False, False, False, True]
        for each in runners:
            each.close()
        assert another_host.release([ID]) == [ID]


def test_a_claim_taken_just_before_a_stale_one_is_broken_stays(
    tmp_path: Path, mine: Claims, another_host: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove, fresh = in_folder._remove, claims_on(tmp_path)
    assert another_host.take(ID)
    silent(tmp_path, ID, STALE_SECONDS + 1)

    def late(path: Path, inode: int) -> None:
        """What a breaker meets that stood still after it had looked."""
        path.unlink()
        os.link(links(fresh)._lease, path)
        remove(path, inode)

    monkeypatch.setattr(in_folder, "_remove", late)
    assert not mine.take(ID)
    assert (tmp_path / FOLDER / ID).samefile(links(fresh)._lease)
    assert not list((tmp_path / FOLDER).glob(".*"))
    fresh.close()


def test_a_runner_that_wakes_before_its_claim_is_broken_keeps_it(
    tmp_path: Path, mine: Claims, another_host: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert another_host.take(ID)
    silent(tmp_path, ID, STALE_SECONDS + 1)
    link = os.link

    def wakes(source: Path, target: Path) -> None:
        link(source, target)
        if target.name == BREAKING:
            os.utime(links(another_host)._file)

    monkeypatch.setattr(os, "link", wakes)
    assert not mine.take(ID)
    assert another_host.release([ID]) == []


def test_a_breaker_that_ended_in_the_act_holds_nobody_up(tmp_path: Path, mine: Claims, another_host: Claims) -> None:
    assert another_host.take(ID)
    assert another_host.take(BREAKING)
    assert not mine.take(ID)
    silent(tmp_path, ID, STALE_SECONDS + 1)
    assert not mine.take(ID)
    assert mine.take(ID)
    assert not (tmp_path / FOLDER / BREAKING).exists()


def test_a_runner_whose_lease_was_removed_takes_a_new_one(tmp_path: Path, another_host: Claims) -> None:
    assert another_host.take(ID)
    silent(tmp_path, ID, STALE_SECONDS + 1)
    with closing(claims_on(tmp_path)) as newcomer:
        assert newcomer.take(ID)
        assert another_host.take(OTHER)
        assert not newcomer.take(OTHER)
        assert another_host.release([ID, OTHER]) == [ID]


def test_a_claim_of_a_runner_that_cannot_lock_holds(
    tmp_path: Path, mine: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", no_locks)
        unlocked = claims_on(tmp_path)
    with closing(unlocked):
        assert unlocked.take(ID)
        assert not mine.take(ID)


@pytest.mark.slow
@pytest.mark.parametrize("under", [(), tuple(NAMESPACE)], ids=["here", "namespace"])
def test_claims_of_a_runner_that_is_killed_on_this_kernel_are_free_at_once(
    tmp_path: Path, mine: Claims, under: tuple[str, ...]
) -> None:
    if under and not may_unshare():
        pytest.skip("this user may not make a namespace of process numbers")
    holder, got = start(tmp_path, ID, under=under)
    try:
        assert got == ["True"]
        assert not mine.take(ID)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        deadline = time.monotonic() + 10
        while not mine.take(ID):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        end(holder)


@pytest.mark.slow
def test_two_containers_with_equal_process_numbers_exclude_each_other(tmp_path: Path) -> None:
    if not may_unshare():
        pytest.skip("this user may not make a namespace of process numbers")
    first, got = start(tmp_path, ID, under=tuple(NAMESPACE))
    second, got_too = start(tmp_path, ID, OTHER, under=tuple(NAMESPACE))
    try:
        assert (got, got_too) == (["True"], ["False", "True"])
        owners = [json.loads(lease.read_bytes()) for lease in (tmp_path / FOLDER).glob("*.lease")]
        assert [owner["pid"] for owner in owners] == [1, 1]
    finally:
        end(first)
        end(second)


@pytest.mark.slow
def test_a_runner_that_is_stopped_keeps_its_claims_for_120_seconds(tmp_path: Path, mine: Claims) -> None:
    holder, got = start(tmp_path, ID)
    try:
        assert got == ["True"]
        holder.send_signal(signal.SIGSTOP)
        assert not mine.take(ID)
        silent(tmp_path, ID, STALE_SECONDS + 1)
        assert mine.take(ID)
    finally:
        end(holder)


def test_a_folder_that_is_shared_and_excludes_nobody_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", refused)
        with closing(claims_on(tmp_path)) as claims:
            assert claims.fault == "its file system makes no hard links, or sets no times (Operation not permitted)"
            assert claims.take(ID)
            assert claims.release([ID]) == []
    monkeypatch.setattr(os, "link", lambda source, target: Path(target).touch())
    with closing(claims_on(tmp_path)) as claims:
        assert claims.fault == "its file system makes a link where a file is"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_bytes(b"")
    with pytest.raises(StorageError, match="claims cannot be written"):
        claims_on(tmp_path)


def test_a_pipe_that_lies_among_the_claims_stops_no_runner(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    os.mkfifo(tmp_path / FOLDER / ID)
    taken = []

    def runner() -> None:
        with closing(claims_on(tmp_path)) as claims:
            taken.extend(claims.take(name) for name in (ID, OTHER))

    thread = threading.Thread(target=runner, daemon=True)
    thread.start()
    thread.join(10)
    assert taken == [False, True]


@pytest.mark.parametrize("name", [ID, BREAKING])
def test_a_link_that_lies_among_the_claims_is_named_and_not_followed(tmp_path: Path, name: str) -> None:
    victim, link = tmp_path / "victim", tmp_path / FOLDER / name
    victim.write_text("precious")
    before = victim.stat()
    link.parent.mkdir()
    link.symlink_to(victim)
    (link.parent / OTHER).touch()
    os.utime(link.parent / OTHER, (1, 1))  # stale: it is broken under the claim `BREAKING`
    with closing(claims_on(tmp_path)) as claims, pytest.raises(StorageError) as raised:
        assert [claims.take(each) for each in (ID, OTHER)]
    assert f"a symbolic link lies at {link}, and none is followed: remove it" in str(raised.value)
    assert victim.read_text() == "precious"
    assert (victim.stat().st_mtime_ns, victim.stat().st_nlink) == (before.st_mtime_ns, 1)
