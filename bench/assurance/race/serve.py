"""A contestant's process: ``python -m bench.assurance.race.serve``, told by lines of JSON, answering by lines of JSON.

It is a fresh interpreter, not a fork or a spawn of the race, so that no library but the contestant's own is loaded.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import IO, Any

from bench.assurance.race.task import Share, Task


def main() -> None:
    """Pin, import, start, then train an epoch for each line that comes, until there are no more."""
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # what a library prints goes to the log
        order = json.loads(sys.argv[1])
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, order["cores"])
        module, _, function = order["start"].partition(":")
        contestant = importlib.import_module(module, __package__)
        train = getattr(contestant, function)(_task(order["task"]), _share(order["share"]))
        _answer(answers, {"ready": True})
        for _ in sys.stdin:
            started = time.perf_counter()
            losses = train()
            _answer(answers, {"seconds": time.perf_counter() - started, "losses": losses})


def _answer(answers: IO[str], content: dict[str, Any]) -> None:
    answers.write(json.dumps(content) + "\n")
    answers.flush()


def _task(values: dict[str, Any]) -> Task:
    lists: dict[str, Any] = {name: tuple(values[name]) for name in ("sizes", "dropout")}
    return Task(**values | lists)


def _share(values: dict[str, Any]) -> Share:
    return Share(values["trials"], values["seed"], values["threads"], Path(values["folder"]))


if __name__ == "__main__":
    main()
