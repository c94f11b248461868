"""What Ray prints while a study runs: of each message its first line, and of messages a few.

Ray prints the end of a lost node's log, 8 KB a node; a pipe that nobody reads holds 64 KB, a full one stops the run.
"""

from __future__ import annotations

import io
import threading
from typing import TextIO

MOST = 20
"""Messages of Ray that are shown."""
WIDEST = 200
"""Characters of a message that are shown."""
LOGS = "note: Ray prints more than is shown here; its logs have all of it, by default in /tmp/ray/session_latest/logs"


class Chatter(io.TextIOBase):
    """A text stream: what Ray's threads write is shortened, and everything else passes.

    Parameters
    ----------
    stream : TextIO
        Where it goes.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self.stream = stream
        self.shown: set[str] = set()

    def write(self, text: str) -> int:
        """Write a text, or what is shown of it; return its length, as streams do."""
        if not threading.current_thread().name.startswith("ray_"):
            self.stream.write(text)
        elif (line := text.strip().split("\n")[0][:WIDEST]) and len(self.shown) <= MOST and line not in self.shown:
            self.shown.add(line)
            self.stream.write(f"{line if len(self.shown) <= MOST else LOGS}\n")
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        self.stream.flush()
