"""Claims on an object store, here in memory: exclusive, stale by the server's clock, and what a lesser store does."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from bench.base.errors import StorageError
from bench.record import claims as module
from bench.record.claims import STALE_SECONDS, Claims
from bench.record.claims_on_store import PutsOnStore
from bench.schema.object_store import Found, ObjectStore, ObjectStoreError


class InMemory(ObjectStore):
    """An object store whose clock stands until it is moved on."""

    def __init__(self) -> None:
        self.url = "s3://bucket/tiny"
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.objects: dict[str, tuple[bytes, Found]] = {}

    def listing(self) -> dict[str, Found]:
        return {name: found for name, (_, found) in self.objects.items()}

    def find(self, name: str) -> Found:
        return self._get(name)[1]

    def read(self, name: str) -> tuple[bytes, str]:
        content, found = self._get(name)
        return content, found.tag

    def write(self, name: str, content: bytes) -> str:
        self.objects[name] = content, Found(content.hex(), self.now)
        return content.hex()

    def create(self, name: str, content: bytes) -> bool:
        return name not in self.objects and bool(self.write(name, content))

    def replace(self, name: str, content: bytes, tag: str) -> bool:
        return name in self.objects and self.read(name)[1] == tag and bool(self.write(name, content))

    def remove(self, names: Iterable[str]) -> None:
        for name in list(names):
            self.objects.pop(name, None)

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _get(self, name: str) -> tuple[bytes, Found]:
        try:
            return self.objects[name]
        except KeyError:
            raise FileNotFoundError(name) from None


class WithoutPutsByTag(InMemory):
    def replace(self, name: str, content: bytes, tag: str) -> bool:
        raise ObjectStoreError(f"{self.url}: NotImplemented: If-Match")


@pytest.fixture
def objects() -> InMemory:
    return InMemory()


def runner(objects: InMemory) -> closing[Claims]:
    return closing(Claims(PutsOnStore(objects)))


def test_a_claim_excludes_until_it_is_given_back(objects: InMemory) -> None:
    with runner(objects) as mine, runner(objects) as others:
        assert mine.fault is None
        assert mine.take("trial")
        assert mine.take("trial")
        assert not others.take("trial")
        assert others.release(["trial"]) == []
        assert not others.take("trial")
        assert mine.release(["trial", "another"]) == []
        assert others.take("trial")
    assert objects.objects == {}


@pytest.mark.parametrize("kind", [InMemory, WithoutPutsByTag])
def test_a_claim_is_stale_120_seconds_after_its_lease_was_put(kind: type[InMemory]) -> None:
    """On a store without a put by tag too: a stale claim ends no run."""
    objects = kind()
    with runner(objects) as others:
        assert others.take("trial")
        objects.pass_by(STALE_SECONDS - 5)
        with runner(objects) as early:
            assert not early.take("trial")
        objects.pass_by(10)
        with runner(objects) as mine:
            assert mine.take("trial")
            assert others.release(["trial"]) == ["trial"]
            assert not others.take("trial")


def test_a_lease_of_the_future_is_stale(objects: InMemory) -> None:
    """The clock of the server was set back by an hour."""
    with runner(objects) as others, runner(objects) as mine:
        assert others.take("trial") and others.take("more")
        objects.pass_by(-3600)
        assert mine.take("trial")
        others._storage.touch()
        assert not mine.take("more")


def test_the_heartbeat_keeps_claims_that_would_be_stale(objects: InMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    with runner(objects) as others, runner(objects) as mine:
        assert others.take("trial")
        objects.pass_by(STALE_SECONDS + 1)
        others._storage.touch()
        assert not mine.take("trial")
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.01)
    storage = PutsOnStore(objects)
    with closing(Claims(storage)) as claims:
        (lease,) = objects.objects
        put = objects.find(lease).put_at
        objects.pass_by(1)
        deadline = 1_000
        while objects.find(lease).put_at == put and deadline:
            claims._closed.wait(0.01)
            deadline -= 1
        assert objects.find(lease).put_at > put


def test_of_two_that_break_a_claim_one_has_it(objects: InMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    with runner(objects) as mine, runner(objects) as others:
        objects.create("claims/trial", b"gone")
        replace = objects.replace

        def late(name: str, content: bytes, tag: str) -> bool:
            """What a breaker meets that stood still after it had looked."""
            monkeypatch.setattr(objects, "replace", replace)
            assert others.take(name.removeprefix("claims/"))
            return replace(name, content, tag)

        monkeypatch.setattr(objects, "replace", late)
        assert not mine.take("trial")
        assert others.release(["trial"]) == []


def test_what_runners_that_are_gone_have_left_is_swept(objects: InMemory) -> None:
    for name in ("gone.lease", "gone.probe", "trial"):
        objects.create(f"claims/{name}", b"gone")
    objects.create("trials/row.parquet", b"a row")
    objects.pass_by(STALE_SECONDS + 1)
    with runner(objects):
        assert [name for name in objects.objects if "gone" in name or "claims/trial" in name] == []
    assert [*objects.objects] == ["trials/row.parquet"]


def test_a_store_that_creates_over_objects_grants_every_claim(
    objects: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "create", lambda name, content: bool(objects.write(name, content)))
    with runner(objects) as mine, runner(objects) as others:
        assert mine.fault == "its object store puts an object where one is"
        assert mine.take("trial") and others.take("trial")
        assert mine.release(["trial"]) == []


def test_a_store_that_refuses_names_itself_once(objects: InMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise ObjectStoreError("s3://bucket/tiny: AccessDenied")

    with runner(objects) as claims:
        with monkeypatch.context() as patch:
            patch.setattr(objects, "create", refused)
            with pytest.raises(StorageError, match=r"^s3://bucket/tiny: trial cannot be claimed: AccessDenied$"):
                claims.take("trial")
        assert claims.take("trial")
    monkeypatch.setattr(objects, "write", refused)
    with pytest.raises(StorageError, match=r"^s3://bucket/tiny: claims cannot be written: AccessDenied$"):
        runner(objects)
