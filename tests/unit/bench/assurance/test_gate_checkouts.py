"""The gate's two trees, in small repositories: what is compared, what is refused, and that nothing is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from bench.assurance.gate import checkouts
from bench.assurance.gate.checkouts import Commits, checked_out, find_commits
from bench.assurance.gate.errors import GateError, GateFault
from bench.assurance.gate.refs import git

FILES = {
    "pyproject.toml": "[project]\n",
    "bench/base/matrix_products.py": "BOUND = 1\n",
    "tests/perf/test_a.py": "def test_old() -> None: ...\n\n\ndef test_kept(): ...\n\n\ndef not_a_test(): ...\n",
}


def save(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "a change")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    made = tmp_path / "repository"
    made.mkdir()
    git(made, "init", "--quiet", "--initial-branch=main")
    git(made, "config", "user.name", "Test")
    git(made, "config", "user.email", "test@example.invalid")
    git(made, "config", "commit.gpgsign", "false")
    save(made, FILES)
    return made.resolve()


@pytest.fixture
def branched(repository: Path) -> Commits:
    """HEAD, and main one commit further than where HEAD left it."""
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--quiet", "-b", "work")
    head = save(repository, {"tests/perf/test_a.py": "def test_new(): ...\n\n\ndef test_kept(): ...\n"})
    git(repository, "checkout", "--quiet", "main")
    save(repository, {"later.txt": "later\n"})
    git(repository, "checkout", "--quiet", "work")
    return Commits(repository, head, base)


def test_the_base_is_the_merge_base_from_any_folder(branched: Commits) -> None:
    assert find_commits(branched.repository / "tests", "main") == branched
    assert not branched.same
    assert find_commits(branched.repository, "HEAD").same


def test_a_base_that_contains_head_is_refused(branched: Commits) -> None:
    git(branched.repository, "checkout", "--quiet", branched.base)
    with pytest.raises(GateError, match="main: it contains HEAD"):
        find_commits(branched.repository, "main")


def test_one_commit_on_both_sides_is_an_a_a_run(branched: Commits) -> None:
    assert find_commits(branched.repository, "HEAD").same
    assert not branched.same


def test_what_a_hook_sets_is_not_listened_to(
    branched: Commits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert find_commits(branched.repository, "main") == branched


def test_worktrees_go_whatever_is_done_to_them_and_no_hook_runs(branched: Commits) -> None:
    hook = branched.repository / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    hashes = {"gone": branched.head, "torn": branched.head, "kept": branched.base}
    with pytest.raises(KeyboardInterrupt), checkouts.worktrees(branched.repository, hashes, "t-") as sides:
        shutil.rmtree(sides["gone"])
        (sides["torn"] / ".git").unlink()
        (sides["kept"] / "tests").chmod(0o500)
        raise KeyboardInterrupt
    assert not list(Path(tempfile.gettempdir()).iterdir())
    assert git(branched.repository, "worktree", "list").count("\n") == 0


def test_a_second_ctrl_c_does_not_stop_the_clearing(branched: Commits, monkeypatch: pytest.MonkeyPatch) -> None:
    forget = checkouts._forget

    def interrupted(repository: Path, tree: Path) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), each)
        forget(repository, tree)

    monkeypatch.setattr(checkouts, "_forget", interrupted)
    with checkouts.worktrees(branched.repository, {"head": branched.head}, "t-"):
        pass
    assert git(branched.repository, "worktree", "list").count("\n") == 0


def test_an_unknown_ref(repository: Path) -> None:
    with pytest.raises(GateError, match=r"^--base nowhere: no such commit, branch or tag here$"):
        find_commits(repository, "nowhere")
    with pytest.raises(GateError, match="--base --all: no such commit"):
        find_commits(repository, "--all")


def test_no_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(GateError, match="not a git checkout; the gate compares commits"):
        find_commits(tmp_path, "main")


def test_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GateError, match="git is needed and cannot be started"):
        find_commits(tmp_path, "main")


def test_no_commit_in_common(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "--orphan", "other")
    save(repository, {"other.txt": "other\n"})
    with pytest.raises(GateError, match=r"^--base main: it has no commit in common with HEAD$"):
        find_commits(repository, "main")


def test_a_shallow_clone_is_told_how_to_get_its_history(branched: Commits, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    source = branched.repository.as_uri()
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", source, str(clone))
    for base, why in (("origin/main", "no commit in common with HEAD"), (branched.base, "no such commit")):
        with pytest.raises(GateError, match=f"{why}.*shallow: git fetch --unshallow"):
            find_commits(clone, base)
    git(clone, "fetch", "--quiet", "--unshallow")
    assert find_commits(clone, "origin/main").base == branched.base


def shallow_clone(repository: Path, depth: int) -> Path:
    clone = repository.parent / f"depth-{depth}"
    git(repository, "clone", "--quiet", f"--depth={depth}", "--no-single-branch", repository.as_uri(), str(clone))
    return clone


def test_a_shallow_clone_whose_merge_base_may_be_too_old_is_refused(repository: Path) -> None:
    """HEAD joins main's commit by a side branch that is longer than what was fetched; both know the root."""
    root = git(repository, "rev-parse", "HEAD")
    joined = save(repository, {"main.txt": "1\n"})
    git(repository, "checkout", "--quiet", "-b", "side")
    for number in range(4):
        save(repository, {"side.txt": f"{number}\n"})
    git(repository, "checkout", "--quiet", "-b", "work", root)
    git(repository, "merge", "--quiet", "--no-ff", "--message", "join", "side")
    git(repository, "checkout", "--quiet", "main")
    save(repository, {"main.txt": "2\n"})
    git(repository, "checkout", "--quiet", "work")
    clone = shallow_clone(repository, 3)
    assert git(clone, "merge-base", "HEAD", "origin/main") == root
    with pytest.raises(GateError, match=r"origin/main: this clone is shallow.*too old.*--unshallow.*--deepen"):
        find_commits(clone, "origin/main")
    git(clone, "fetch", "--quiet", "--deepen=5")
    assert find_commits(clone, "origin/main").base == joined


def test_a_shallow_clone_that_reaches_the_parting_is_trusted(branched: Commits) -> None:
    git(branched.repository, "checkout", "--quiet", "main")
    parting = save(branched.repository, {"main.txt": "1\n"})
    save(branched.repository, {"main.txt": "2\n"})
    git(branched.repository, "checkout", "--quiet", "-b", "newer", parting)
    save(branched.repository, {"work.txt": "1\n"})
    clone = shallow_clone(branched.repository, 2)
    assert git(clone, "rev-parse", "--is-shallow-repository") == "true"
    assert find_commits(clone, "origin/main").base == parting


def test_changes_that_are_not_measured_are_named(repository: Path) -> None:
    assert checkouts.uncommitted(repository) == ""
    for number in range(7):
        (repository / f"new{number}").touch()
    assert checkouts.uncommitted(repository) == "new0, new1, new2, new3, new4, ..."
    (repository / "results").mkdir()
    (repository / "results/x").touch()
    for number in range(7):
        (repository / f"new{number}").unlink()
    assert checkouts.uncommitted(repository) == "results/"
    assert checkouts.uncommitted(repository, "results") == ""
    (repository / "pyproject.toml").write_text("[other]\n")
    assert checkouts.uncommitted(repository, "results") == "pyproject.toml"


def test_benchmarks_of_each_side(branched: Commits) -> None:
    assert checkouts.benchmark_names(branched, "head") == {"test_new", "test_kept"}
    assert checkouts.benchmark_names(branched, "base") == {"test_old", "test_kept"}


def test_a_side_without_benchmarks_has_none(repository: Path) -> None:
    git(repository, "rm", "--quiet", "-r", "tests/perf")
    bare = save(repository, {"tests/other.py": ""})
    assert checkouts.benchmark_names(Commits(repository, bare, bare), "head") == set()


def left(repository: Path) -> tuple[list[str], list[Path]]:
    """Return the worktrees on record and what is in the folder for temporary files."""
    listed = git(repository, "worktree", "list", "--porcelain").splitlines()
    names = [line.removeprefix("worktree ") for line in listed if line.startswith("worktree ")]
    return names, list((repository.parent / "temporary").iterdir())


def test_each_side_is_its_commit_and_head_lends_the_benchmarks(branched: Commits) -> None:
    with checked_out(branched) as made:
        for side in checkouts.SIDES:
            assert git(made.sides[side], "rev-parse", "HEAD") == made.commits[side] == getattr(branched, side)
        assert "test_new" in (made.sides["head"] / "tests/perf/test_a.py").read_text()
        assert "test_old" in (made.sides["base"] / "tests/perf/test_a.py").read_text()
        assert "test_new" in (made.ruler / "tests/perf/test_a.py").read_text()
        assert (made.ruler / "bench/base/matrix_products.py").read_text() == "BOUND = 1\n"
    assert left(branched.repository) == ([str(branched.repository)], [])


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_is_left_after_an_error(branched: Commits, error: type[BaseException]) -> None:
    with pytest.raises(error), checked_out(branched) as made:
        (made.sides["head"] / "left.txt").write_text("left\n")
        (made.sides["base"] / "pyproject.toml").write_text("changed\n")
        raise error
    assert left(branched.repository) == ([str(branched.repository)], [])


def test_nothing_is_left_where_a_side_cannot_be_checked_out(branched: Commits) -> None:
    with pytest.raises(GateError), checked_out(Commits(branched.repository, branched.head, "f" * 40)):
        pass
    assert left(branched.repository) == ([str(branched.repository)], [])


def test_a_head_without_benchmarks_is_a_fault(repository: Path) -> None:
    git(repository, "rm", "--quiet", "bench/base/matrix_products.py")
    head = save(repository, {"other.txt": ""})
    with pytest.raises(GateFault, match="no benchmarks to measure with"), checked_out(Commits(repository, head, head)):
        pass
    assert left(repository) == ([str(repository)], [])


def test_records_of_other_worktrees_stay(branched: Commits, tmp_path: Path) -> None:
    """A worktree on a disk that is not mounted looks as if it were gone."""
    away = tmp_path / "away"
    git(branched.repository, "worktree", "add", "--quiet", "--detach", str(away))
    away.rename(tmp_path / "unmounted")
    with checked_out(branched):
        pass
    assert left(branched.repository) == ([str(branched.repository), str(away.resolve())], [])


def test_a_tree_that_something_else_removed_leaves_no_record(branched: Commits) -> None:
    with checked_out(branched) as made:
        subprocess.run(["rm", "-r", str(made.sides["head"])], check=True)
    assert left(branched.repository) == ([str(branched.repository)], [])
