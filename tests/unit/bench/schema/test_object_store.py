"""A URL without what reads it."""

from __future__ import annotations

import sys

import pytest

from bench import cli
from bench.schema.object_store import ObjectStore, ObjectStoreError

URL = "s3://bucket/tiny"


@pytest.fixture(autouse=True)
def obstore_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)


def test_a_missing_obstore_is_named_with_how_to_install_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["status", URL])
    assert ended.value.code == 2
    err = capsys.readouterr().err
    assert f"{URL}: needs obstore, which is not installed: pip install 'regularisation-bench[s3]'" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("url", ["gs://bucket/tiny", "s3://", "s3://bucket//tiny", "s3://bucket/../tiny"])
def test_a_url_that_names_no_place_is_refused_first(url: str) -> None:
    with pytest.raises(ObjectStoreError, match="s3://BUCKET/PREFIX is expected"):
        ObjectStore(url)
