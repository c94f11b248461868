"""Where a results folder has what: names of its files and folders."""

from __future__ import annotations

import hashlib
import re
from argparse import ArgumentTypeError
from collections.abc import Iterable
from pathlib import Path

TRIALS_FOLDER, CURVES_FOLDER, ENVIRONMENT_FOLDER = "trials", "curves", "environment"
THROUGHPUT_FOLDER = "throughput"
PACKED_FILE = "packed.parquet"
"""In the folders of trials and curves: many trials in one file, written when a folder is packed."""
STACK, FAILURES, SEGMENT = "stack-", "failed-", "part-"
"""How the names of files begin that have the trials of a stack, those of it that failed, and those of many stacks."""
PLAN_FILE, STUDY_FILE, PLANS_LOG = "plan.json", "study.toml", "plans.jsonl"
TASKS_FILE = "tasks.json"
"""In place of a plan, in the folder of a study with several tasks: each has a results folder of its own beside it."""
REHEARSAL_FILE = "rehearsal.json"
"""Which laws of paired, repeatable trainings a study's own training code breaks."""
PLUGINS_FOLDER, CODE_FOLDER, LOGS_FOLDER = "plugins", "code", "logs"
"""What a study was run with of its user's own code stays with its results."""
CLAIMS_FOLDER, REPORT_FOLDER = "claims", "report"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""A name in a study: it becomes part of labels and file names, so it is never a path."""


def file_name(trial_ids: Iterable[str], kind: str) -> str:
    """Return the name of a file of `kind` by the trials in it: a digest of their ids, of a stack of one its id.

    The same trials give the same name, whatever their rows: trials that are tried again, or get another label, replace
    the file that they were in, and two programs that write one file write the same.
    """
    ids = sorted(trial_ids)
    if kind == STACK and len(ids) == 1:
        return f"{ids[0]}.parquet"
    return f"{kind}{hashlib.sha256(' '.join(ids).encode()).hexdigest()[:16]}.parquet"


def local(text: str) -> Path:
    """Return `text` as a path of this machine; raise ArgumentTypeError for a URL, where nothing can be written."""
    if "://" in text:
        raise ArgumentTypeError(f"{text!r} was given; a path of this machine is expected")
    return Path(text)
