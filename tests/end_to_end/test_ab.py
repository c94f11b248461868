"""``bench ab`` in another repository: its command prints made-up seconds, so that no load decides a test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from bench.assurance.gate.refs import git
from bench.cli import main

pytestmark = pytest.mark.slow

PYTHON = [sys.executable, "-I", "-S"]
SCRIPT = """
import json, os, sys
print("{}")
jitter = 1 + 0.002 * int.from_bytes(os.urandom(2), "big") / 65536
seconds = jitter * %s
json.dump({"benchmarks": [
    {"fullname": f"test_it.py::{name}", "stats": {"min": it, "data": [it, it]}}
    for name, it in {"test_a": seconds, "test_b": jitter, "test_%s": jitter}.items()
]}, open("out.json", "w"))
print(json.dumps({"seconds": seconds}, indent=1))
"""
SHORT = ["--rounds", "8", "--json-key", "seconds"]


def commit(folder: Path, script: str, tag: str) -> None:
    (folder / "inside").mkdir(exist_ok=True)
    (folder / "inside/work.py").write_text(script)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", tag)
    git(folder, "tag", tag)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of which the present folder is one inside, its commits tagged base, slower and broken."""
    made = tmp_path / "foreign"
    made.mkdir()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    git(made, "init", "--quiet", "--initial-branch=main")
    for key, value in {"user.name": "Test", "user.email": "test@example.invalid", "commit.gpgsign": "false"}.items():
        git(made, "config", key, value)
    commit(made, SCRIPT % ("1", "old"), "base")
    commit(made, SCRIPT % ("1.3", "new"), "slower")
    commit(made, "import sys\nprint('half done')\nsys.exit('it broke')\n", "broken")
    monkeypatch.chdir(made / "inside")
    return made


def nothing_is_left(repository: Path) -> bool:
    trees = [
        line for line in git(repository, "worktree", "list", "--porcelain").splitlines() if line.startswith("work")
    ]
    return len(trees) == 1 and not list((repository.parent / "temporary").iterdir())


def test_one_commit_against_itself_ends_with_0_and_is_on_record(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ab", "base", "base", *SHORT, "--json", "-", "--", *PYTHON, "work.py"]) == 0
    out, words = capsys.readouterr()
    run = json.loads(out)
    (line,) = (repository / ".git/bench-ab.jsonl").read_text().splitlines()
    assert json.loads(line) == run
    assert (run["alarm"], run["exit_code"], run["json_key"], run["rounds"]) == (False, 0, "seconds", 8)
    assert [(each["benchmark"], each["verdict"]) for each in run["verdicts"]] == [("seconds", "unchanged")]
    assert run["verdicts"][0]["visible"] > 0.05
    assert "smallest increase that this run could have seen" in words
    assert "A/A runs on record: 1, false alarms: 0" in words
    assert nothing_is_left(repository)


def test_a_slowdown_of_30_per_cent_is_confirmed_and_fails(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.json"
    assert main(["ab", "base", "slower", *SHORT, "--json", str(file), "--", *PYTHON, "work.py"]) == 4
    (found,) = json.loads(file.read_text())["verdicts"]
    assert found["verdict"] == "regressed"
    assert found["first"]["mean"] == pytest.approx(found["fresh"]["mean"], abs=0.01) == pytest.approx(0.262, abs=0.01)
    assert "regressed" in capsys.readouterr().out
    assert not (repository / ".git/bench-ab.jsonl").exists()
    assert nothing_is_left(repository)


def test_the_limit_is_what_may_be_slower(repository: Path) -> None:
    assert main(["ab", "base", "slower", *SHORT, "--limit", "40", "--", *PYTHON, "work.py"]) == 0
    assert nothing_is_left(repository)


def test_benchmarks_are_judged_by_name(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--rounds", "8", "--benchmark", "out.json", "--json", "-", "--", *PYTHON, "work.py"]
    assert main(["ab", "base", "slower", *command]) == 4
    found = {each["benchmark"]: each for each in json.loads(capsys.readouterr().out)["verdicts"]}
    assert {name.partition("::")[2]: each["verdict"] for name, each in found.items()} == {
        "test_a": "regressed", "test_b": "unchanged", "test_new": "new", "test_old": "gone",
    }  # fmt: skip
    assert found["test_it.py::test_a"]["family"] == 2
    assert nothing_is_left(repository)


@pytest.mark.parametrize("ref", ["--upload-pack=touch x", "$(touch x)", "`touch x`", "base;touch x", "nowhere", ""])
def test_a_ref_that_is_none_reaches_no_shell(repository: Path, ref: str, capsys: pytest.CaptureFixture[str]) -> None:
    for refs in ([ref, "base"], ["base", ref]):
        assert main(["ab", "--", *refs, "touch", "ran"]) == 2
        side = "BASE" if refs[0] == ref else "HEAD"
        assert f"error: {side} {ref}: no such commit, branch or tag here" in capsys.readouterr().err
    assert [each.name for each in (repository / "inside").iterdir()] == ["work.py"]
    assert nothing_is_left(repository)


def test_a_command_that_fails_is_judged_on_neither_side(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ab", "base", "broken", *SHORT, "--", *PYTHON, "work.py"]) == 2
    said = capsys.readouterr().err
    assert "error: head: " in said
    assert "ended with exit code 1; nothing is judged\n  | half done\n  | it broke\n" in said
    assert main(["ab", "base", "slower", "--json-key", "other", "--", *PYTHON, "work.py"]) == 2
    assert "the last JSON object has no other" in capsys.readouterr().err
    assert main(["ab", "base", "slower", "--benchmark", "other.json", "--", *PYTHON, "work.py"]) == 2
    assert "other.json is not there; the command is to write it" in capsys.readouterr().err
    assert main(["ab", "base", "slower", "--", "no-such-program"]) == 2
    assert "head: no-such-program: cannot be started" in capsys.readouterr().err
    assert nothing_is_left(repository)


def test_a_number_that_never_varies_is_judged_and_what_is_in_no_commit_is_said(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(repository, "print('{\"n\": 100}')", "hundred")
    commit(repository, "print('{\"n\": 130}')", "more")
    (repository / "inside/new.txt").touch()
    count = ["--rounds", "8", "--json-key", "n", "--", *PYTHON, "work.py"]
    assert main(["ab", "hundred", "more", *count]) == 4
    out, said = capsys.readouterr()
    assert "n of HEAD against the base, + is more" in out
    assert "regressed    +30.0% [+30.0%, +30.0%]" in out
    assert "changes that are in no commit are NOT measured: inside/new.txt" in said
    assert main(["ab", "more", "more", *count]) == 0
    assert nothing_is_left(repository)


def test_a_place_for_the_numbers_that_cannot_be_written_is_refused_first(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (tmp_path, repository / "inside/work.py/run.json"):
        assert main(["ab", "base", "base", "--json", str(place), "--", "touch", str(tmp_path / "ran")]) == 2
        assert f"error: {place}: cannot be written" in capsys.readouterr().err
    assert not (tmp_path / "ran").exists()


def test_a_command_that_takes_its_folder_apart_leaves_nothing(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ab", "base", "base", "--", "sh", "-c", 'rm -rf ../.git "$PWD"']) == 2
    assert "an earlier call took it away; nothing is judged" in capsys.readouterr().err
    assert nothing_is_left(repository)


def test_set_up_runs_once_in_each_worktree(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "set-up.log"
    setup = f'{sys.executable} -S -c "import os; open({str(log)!r}, chr(97)).write(os.getcwd() + chr(10))"'
    assert main(["ab", "base", "broken", *SHORT, "--setup", setup, "--", *PYTHON, "work.py"]) == 2
    assert [Path(line).parts[-2:] for line in log.read_text().splitlines()] == [("head", "inside")]
    assert main(["ab", "base", "base", *SHORT, "--setup", "false", "--", *PYTHON, "work.py"]) == 2
    assert "head: false: ended with exit code 1" in capsys.readouterr().err


def test_a_shallow_clone_without_the_parting_is_refused(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository, "checkout", "--quiet", "-b", "work", "base")
    commit(repository, SCRIPT % ("2", "new"), "parted")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", repository.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    assert main(["ab", "--merge-base", "origin/main", "HEAD", "--", "true"]) == 2
    said = capsys.readouterr().err
    assert "this clone is shallow: git fetch --unshallow gets its whole history, git fetch --deepen" in said


def test_ctrl_c_leaves_neither_worktrees_nor_children(repository: Path, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    command = [sys.executable, "-m", "bench", "ab", "base", "slower", "--", *PYTHON, "-c", code]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": tempfile.gettempdir()}
    running = subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - a suite in the background ignores it
    )
    for _ in range(600):
        if pid.exists() and pid.read_text():
            break
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    assert "interrupted: nothing is judged" in running.communicate(timeout=60)[1]
    assert running.returncode == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert nothing_is_left(repository)
