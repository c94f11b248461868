"""A study whose results lie on an object store: run, killed, resumed from another machine, compacted, analysed."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from analysis import cli as analysis
from bench import schema
from bench.base.errors import StorageError
from bench.record import claims, segments
from bench.record.claims import Claims
from bench.record.claims_on_store import PutsOnStore
from bench.record.store import Store
from bench.schema.local_copy import located
from bench.schema.object_store import ObjectStore
from tests.end_to_end.conftest import PATIENCE, Row, Workplace
from tests.end_to_end.test_tasks import Many, numbered

MOTO = Path(sys.prefix) / "moto/bin/python"
"""The interpreter that has the S3 server, where `make test-frameworks` has put it."""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("obstore") is None or not MOTO.exists(),
        reason="obstore and an S3 server, moto, are not installed: make test-frameworks",
    ),
]
SERVER = """
import sys, urllib.request
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer("127.0.0.1", 0)
server.start()
address = "http://127.0.0.1:%d" % server.get_host_and_port()[1]
urllib.request.urlopen(urllib.request.Request(address + "/results", method="PUT"))
print("ready", address, flush=True)
sys.stdin.read()
"""
URL = "s3://results/studies/tiny"
LONG = {"seeds": 8, "old": "epochs = 4", "new": "epochs = 40"}
"""Eight stacks, each of which is trained for about a second."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3 server with the bucket ``results``."""
    with subprocess.Popen(
        [MOTO, "-W", "ignore", "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield next(line for line in process.stdout if line.startswith("ready")).split()[1]
        process.kill()


@pytest.fixture(autouse=True)
def settings(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials and endpoint, as a user gives them; an empty cache."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "me")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    store = ObjectStore("s3://results")
    store.remove(store.listing())


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    made = Workplace(tmp_path)
    made.study()
    return made


def another_machine(workplace: Workplace) -> Workplace:
    """Return the same workplace with a cache of its own."""
    made = Workplace(workplace.folder)
    made.environment |= {"XDG_CACHE_HOME": str(workplace.folder / "another-cache")}
    return made


def rows_there(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, int], Row]:
    """Return the rows on the object store, by way of a copy that nobody else uses."""
    with monkeypatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(workplace.folder / "a-reader's-cache"))
        return workplace.rows(str(located(URL)))


def trained(err: str) -> int:
    return sum(map(int, re.findall(r"(\d+) (?:ok|diverged)", err.splitlines()[-1])))


def test_a_run_that_was_killed_is_resumed_from_another_machine(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workplace.study(**LONG)
    workplace.bench("run", "tiny.toml", "--workers", "1")
    alone = workplace.rows()

    process = workplace.start("run", "tiny.toml", "--workers", "1", "--out", URL)
    names = ObjectStore(URL)
    deadline = time.monotonic() + PATIENCE
    while sum(name.startswith("trials/") for name in names.listing()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    kept = rows_there(workplace, monkeypatch)
    assert 0 < len(kept) < len(alone)

    monkeypatch.setattr(claims, "STALE_SECONDS", 0.0)  # the killed runner's claims
    monkeypatch.setenv("XDG_CACHE_HOME", str(workplace.folder / "another-cache"))
    out, err = workplace.train("--out", URL)
    assert out == f"{URL}\n"
    assert trained(err) == len(alone) - len(kept)
    assert rows_there(workplace, monkeypatch) == alone
    assert not [name for name in names.listing() if name.startswith("claims/")]


def test_two_machines_train_no_trial_twice(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    workplace.study(**LONG)
    runners = [each.start("run", "tiny.toml", "--workers", "1", "--out", URL)
               for each in (workplace, another_machine(workplace))]  # fmt: skip
    told = [each.communicate(timeout=PATIENCE)[1] for each in runners]
    assert [each.returncode for each in runners] == [0, 0], told
    numbers = [trained(each) for each in told]
    assert sum(numbers) == len(rows_there(workplace, monkeypatch)) == 24
    assert min(numbers) > 0


def test_it_is_compacted_and_other_copies_follow(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, uninterrupted: dict[tuple[str, int], Row]
) -> None:
    monkeypatch.setattr(segments, "MOST_LOOSE", 2)
    with monkeypatch.context() as patch:
        patch.setattr(segments, "MOST_LOOSE", 100)
        workplace.study(seeds=1)
        workplace.train("--out", URL)
    before = Store(located(URL))
    assert len(before.trial_ids()) == 3
    monkeypatch.setenv("XDG_CACHE_HOME", str(workplace.folder / "another-cache"))
    monkeypatch.setattr(segments, "MOST_LOOSE", 1)
    workplace.study(seeds=3)
    workplace.here("run", "tiny.toml", "--workers", "1", "--executor", "serial", "--out", URL)
    there = [name for name in ObjectStore(URL).listing() if name.startswith("trials/")]
    assert any(name.startswith(f"trials/{schema.paths.SEGMENT}") for name in there)
    assert len(before.trial_ids()) == 9
    assert {path.name for path in before.trials.glob("*.parquet")} == {name.removeprefix("trials/") for name in there}
    assert rows_there(workplace, monkeypatch) == uninterrupted


def test_every_command_takes_the_url(workplace: Workplace, whole_run: Workplace) -> None:
    workplace.train("--out", URL)
    status, _ = workplace.here("status", URL)
    assert "9 trials planned" in status and "0  to do" in status
    assert f"-> {URL}\n" in workplace.here("plan", "tiny.toml", "--out", URL)[0]
    workplace.here("export", URL, "all.parquet")
    of = analysis.main
    here, _ = whole_run.here("compare", "results/tiny", of=of)
    there, _ = workplace.here("compare", URL, of=of)
    assert re.sub(r".*seconds.*", "", there) == re.sub(r".*seconds.*", "", here)
    page, _ = workplace.here("report", URL, of=of)
    assert page == "tiny-report/index.html\n"
    assert f"python -m analysis report {URL}" in (workplace.folder / page.strip()).read_text()


def test_each_task_lies_under_the_url_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many, url = Many(tmp_path), "s3://results/studies/many"
    many.write(seeds=1)
    out, _ = many.train_all("--out", url)
    assert out == f"{url}\n"
    there = set(ObjectStore(url).listing())
    assert {"tasks.json", "study.toml", "easy/plan.json", "deep/plan.json"} <= there
    assert {name.split("/")[0] for name in there if "/trials/" in name} == {"easy", "deep"}
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another-cache"))
    many.write(seeds=2)
    _, err = many.train_all("--out", url)
    assert numbered(err) == [("easy", 2, 2), ("deep", 2, 2)]
    status, _ = many.here("status", url)
    assert status.count("4 trials planned") == 2
    _, err = many.here("export", url, "all.parquet")
    assert "8 trials written to all.parquet" in err


def test_a_store_that_is_not_reached_loses_nothing(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    _, err = workplace.here("run", "tiny.toml", "--out", "s3://no-such-bucket/tiny", code=2)
    assert "s3://no-such-bucket/tiny: NoSuchBucket" in err
    _, err = workplace.here("status", "gs://results/tiny", code=2)
    assert "s3://BUCKET/PREFIX is expected" in err

    write = ObjectStore.write

    def refused(self: ObjectStore, name: str, content: bytes) -> str:
        if name.startswith("trials/"):
            raise OSError("the line is cut")
        return write(self, name, content)

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "write", refused)
        _, err = workplace.train("--out", URL, code=2)
        assert "the line is cut" in err
    assert not [name for name in ObjectStore(URL).listing() if name.startswith("trials/")]
    left = len(Store(located(URL)).trial_ids())
    assert left > 0
    _, err = workplace.train("--out", URL)
    assert trained(err) == 9 - left
    assert len(rows_there(workplace, monkeypatch)) == 9

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for command, of in ((("plan", "tiny.toml", "--out", URL), None), (("compare", URL), analysis.main)):
        _, err = workplace.here(*command, code=2, **({"of": of} if of else {}))
        assert URL in err and "127.0.0.1:9" in err


def test_claims_exclude_until_they_are_given_back_or_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    objects = ObjectStore(URL)
    with closing(Claims(PutsOnStore(objects))) as mine, closing(Claims(PutsOnStore(objects))) as others:
        assert mine.fault is None
        assert mine.take("trial")
        assert mine.take("trial")
        assert not others.take("trial")
        assert mine.release(["trial", "another"]) == []
        assert others.take("trial")
        with monkeypatch.context() as patch:
            patch.setattr(claims, "STALE_SECONDS", -1.0)
            assert mine.take("trial")
        assert others.release(["trial"]) == ["trial"]
        assert not objects.create("claims/trial", b"")
    assert objects.listing() == {}


def test_a_runner_sweeps_what_another_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    objects = ObjectStore(URL)
    objects.create("claims/gone.lease", b"gone")
    objects.create("claims/trial", b"gone")
    monkeypatch.setattr(claims, "STALE_SECONDS", -1.0)
    with closing(Claims(PutsOnStore(objects))):
        assert [name for name in objects.listing() if "gone" in name or "trial" in name] == []


def test_a_store_without_conditional_puts_grants_every_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    def put(self: ObjectStore, name: str, content: bytes) -> bool:
        self.write(name, content)
        return True

    monkeypatch.setattr(ObjectStore, "create", put)
    with (
        closing(Claims(PutsOnStore(ObjectStore(URL)))) as mine,
        closing(Claims(PutsOnStore(ObjectStore(URL)))) as others,
    ):
        assert mine.fault is not None and "object" in mine.fault
        assert mine.take("trial") and others.take("trial")
        assert mine.release(["trial"]) == []


def test_a_claim_on_a_store_that_is_not_reached_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageError, match=URL):
        Claims(PutsOnStore(ObjectStore(URL)))
