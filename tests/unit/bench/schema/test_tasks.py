"""tasks.json: which folders of a results folder are its tasks, and no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.schema.paths import TASKS_FILE
from bench.schema.sealed import UnusableFileError
from bench.schema.tasks import Tasks, read_tasks, task_folder


def test_what_is_written_is_read_in_its_order(tmp_path: Path) -> None:
    tasks = Tasks("many", ("z", "a"))
    (tmp_path / TASKS_FILE).write_text(json.dumps(tasks.document()))
    assert read_tasks(tmp_path) == tasks
    assert task_folder(tmp_path, "a") == tmp_path / "a"
    assert read_tasks(tmp_path / "a") is None
    assert read_tasks(tmp_path / TASKS_FILE) is None, "a file is no folder with tasks"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"study": "many", "tasks": ["a"', "cannot be used: .* Restore it from a copy, or remove it"),
        ("[]", "damaged: the name of a study"),
        ({"study": "many", "tasks": []}, "damaged: the name of a study"),
        ({"tasks": ["a"]}, "damaged: the name of a study"),
        ({"study": "many", "tasks": ["a", "../b"]}, r"names the task '\.\./b'"),
        ({"study": "many", "tasks": ["a", 3]}, "names the task 3"),
        ({"study": "many", "tasks": ["a", "trials"]}, "names the task 'trials'"),
        ({"study": "many", "tasks": ["a", "b", "A"]}, "names a task twice"),
    ],
)
def test_names_that_cannot_be_folders_and_damaged_files_are_refused(tmp_path: Path, content: Any, message: str) -> None:
    (tmp_path / TASKS_FILE).write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(UnusableFileError, match=message):
        read_tasks(tmp_path)
