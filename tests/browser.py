"""Chromium, driven through a pipe by its own protocol: real keys, real messages of the console, no other program."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
"""The browser, where there is one."""

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe")
KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "Tab": 9, " ": 32, "Enter": 13, "End": 35, "Home": 36}


class Tab:
    """One page of a browser, and what its console and its network said."""

    def __init__(self, into: int, out: int) -> None:
        self.messages: list[Any] = []
        self.requests: list[str] = []
        self._into, self._out, self._numbers, self._rest = into, out, itertools.count(1), b""
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        number = next(self._numbers)
        sent = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            sent["sessionId"] = self._session
        os.write(self._into, json.dumps(sent).encode() + b"\0")
        while True:
            heard = self._next()
            if heard.get("id") == number:
                assert "error" not in heard, heard
                return heard["result"]

    def open(self, page: Path, width: int = 1100, *, dark: bool = False) -> None:
        """Open a file and wait until it is there."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=page.as_uri())
        while not self.does("document.readyState === 'complete' && location.protocol === 'file:'"):
            pass

    def does(self, script: str) -> Any:
        """Run a script on the page and return its value."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str, times: int = 1) -> None:
        """Press a key where the focus is."""
        text = {"text": key if key == " " else "\r"} if key in (" ", "Enter") else {}
        told = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": KEYS[key]}
        for _ in range(times):
            self.call("Input.dispatchKeyEvent", type="keyDown", **told, **text)
            self.call("Input.dispatchKeyEvent", type="keyUp", **told)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._out, 1 << 20)
            assert more, "the browser has ended"
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        heard = json.loads(line)
        if heard.get("method") in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
            self.messages.append(heard["params"])
        elif heard.get("method") == "Network.requestWillBeSent":
            self.requests.append(heard["params"]["request"]["url"])
        return heard


@contextmanager
def browser(folder: Path) -> Iterator[Tab]:
    """Start the browser with a profile in `folder`, and end it."""
    assert PROGRAM is not None
    (its_in, into), (out, its_out) = os.pipe(), os.pipe()

    command = [PROGRAM, *FLAGS, f"--user-data-dir={folder}"]
    as_three_and_four = f'exec "$@" 3<&{its_in} 4>&{its_out}'
    process = subprocess.Popen(
        ["bash", "-c", as_three_and_four, "bash", *command],
        pass_fds=(its_in, its_out),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(its_in)
    os.close(its_out)
    try:
        yield Tab(into, out)
    finally:
        os.close(into)
        os.close(out)
        process.terminate()
        process.wait()
