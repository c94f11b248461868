"""An object store under one URL: a few requests, and errors that name their cause.

Credentials and endpoint are those of the usual environment variables: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_REGION, AWS_ENDPOINT_URL, and AWS_ALLOW_HTTP for an endpoint without TLS.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

SCHEME = "s3://"
_PATIENCE: Any = {"max_retries": 5, "retry_timeout": timedelta(seconds=60)}


class ObjectStoreError(OSError):
    """An object store that cannot be used; the message names the URL and the cause."""


@dataclass(frozen=True)
class Found:
    """One object as a listing has it: its tag, which is another one whenever its content is, and when it was put."""

    tag: str
    put_at: datetime


class ObjectStore:
    """The objects under `url`. Raises ObjectStoreError, and FileNotFoundError for an object that is not there."""

    def __init__(self, url: str) -> None:
        self.url = url
        bucket, *prefix = url.removeprefix(SCHEME).split("/")
        if not url.startswith(SCHEME) or not bucket or not {"", ".", ".."}.isdisjoint(prefix):
            raise ObjectStoreError(f"{url}: {SCHEME}BUCKET/PREFIX is expected")
        try:
            self._obstore = importlib.import_module("obstore")
            make = importlib.import_module("obstore.store").from_url
        except ImportError as error:
            raise ObjectStoreError(
                f"{url}: needs obstore, which is not installed: pip install 'regularisation-bench[s3]', or in a clone "
                "pip install -e '.[s3]'"
            ) from error
        self._errors = self._obstore.exceptions
        self._store = self._asked(lambda: make(url, retry_config=_PATIENCE))

    def listing(self) -> dict[str, Found]:
        """Return every object by its name."""
        chunks = self._asked(lambda: list(self._obstore.list(self._store)))
        return {each["path"]: Found(_tag(each), each["last_modified"]) for chunk in chunks for each in chunk}

    def find(self, name: str) -> Found:
        """Return what a listing has of an object."""
        found = self._asked(lambda: self._obstore.head(self._store, name))
        return Found(_tag(found), found["last_modified"])

    def read(self, name: str) -> tuple[bytes, str]:
        """Return an object's content and tag."""

        def read() -> tuple[bytes, str]:
            found = self._obstore.get(self._store, name)
            return bytes(found.bytes()), _tag(found.meta)

        return self._asked(read)

    def write(self, name: str, content: bytes) -> str:
        """Put an object; return its tag."""
        try:
            return _tag(self._asked(lambda: self._obstore.put(self._store, name, content)))
        except FileNotFoundError as error:  # the bucket
            raise self._error(error) from error

    def create(self, name: str, content: bytes) -> bool:
        """Put an object where there is none; return False where there is one."""
        return self._on_condition(name, content, "create", self._errors.AlreadyExistsError)

    def replace(self, name: str, content: bytes, tag: str) -> bool:
        """Put an object in place of that with this tag; return False where there is another or none."""
        refused = (self._errors.PreconditionError, FileNotFoundError)
        return self._on_condition(name, content, {"e_tag": tag}, refused)

    def remove(self, names: Iterable[str]) -> None:
        """Delete objects; one that is not there is gone already."""
        if names := sorted(names):
            self._asked(lambda: self._obstore.delete(self._store, names))

    def _on_condition(self, name: str, content: bytes, mode: Any, refused: Any) -> bool:
        try:
            self._obstore.put(self._store, name, content, mode=mode)
        except refused:
            return False
        except (self._errors.BaseError, FileNotFoundError) as error:
            raise self._error(error) from error
        return True

    def _asked(self, request: Callable[[], Any]) -> Any:
        try:
            return request()
        except (self._errors.BaseError, ValueError) as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> ObjectStoreError:
        """Return an error with the server's own words, or else what the client says first."""
        text = str(error)
        said = re.search(r"<Code>(.*?)</Code>\s*(?:<Message>(.*?)</Message>)?", text, re.DOTALL)
        cause = ": ".join(filter(None, said.groups())) if said else text.partition("\n")[0]
        return ObjectStoreError(f"{self.url}: {cause}")


def _tag(found: Any) -> str:
    return found["e_tag"] or ""
