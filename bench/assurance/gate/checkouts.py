"""The two trees that are compared, each a git worktree, and the benchmarks that measure both."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.assurance.gate.errors import GateError, GateFault

SIDES = HEAD, BASE = "head", "base"
"""Names of equal length, so that no path of one side is longer than the other's."""

BENCHMARKS = "tests/perf"
RULER = ("tests", "pyproject.toml", "bench/base/matrix_products.py")
"""What HEAD lends to both sides: benchmarks, their settings, and the control's matrix products."""


@dataclass(frozen=True)
class Commits:
    """What is compared: full hashes, in the checkout at `repository`."""

    repository: Path
    head: str
    base: str

    @property
    def same(self) -> bool:
        """Whether both sides are one commit: then the run is an A/A run, and any alarm is false."""
        return self.head == self.base


@dataclass(frozen=True)
class Trees:
    """Folders: each side's sources, and the benchmarks of HEAD."""

    sides: dict[str, Path]
    commits: dict[str, str]
    ruler: Path


def git(folder: Path, *arguments: str) -> str:
    """Return what git says; raise GateError with git's own words."""
    try:
        command = ["git", "-C", str(folder), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=without_git_variables())
    except OSError as error:
        raise GateError(f"git is needed and cannot be started: {error}") from error
    if done.returncode:
        raise GateError(f"git {' '.join(arguments)}: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout.rstrip()


def without_git_variables() -> dict[str, str]:
    """Return the environment less what a hook sets: with GIT_DIR, git takes every worktree for the hook's own."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}


def find_commits(folder: Path, base: str) -> Commits:
    """Return HEAD and its merge base with the ref `base`; raise GateError naming what is missing."""
    try:
        repository = Path(git(folder, "rev-parse", "--show-toplevel"))
    except GateError as error:
        raise GateError(f"{folder.resolve()}: not a git checkout; the gate compares commits ({error})") from error
    shallow = git(repository, "rev-parse", "--is-shallow-repository") == "true"
    hint = "; this clone is shallow: git fetch --unshallow gets its whole history" if shallow else ""
    try:
        given = git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    except GateError:
        raise GateError(f"--base {base}: no such commit, branch or tag here{hint}") from None
    head = git(repository, "rev-parse", "--verify", "HEAD^{commit}")
    try:
        common = git(repository, "merge-base", head, given)
    except GateError:
        raise GateError(f"--base {base}: it has no commit in common with HEAD{hint}") from None
    if common == head != given:
        raise GateError(f"--base {base}: it contains HEAD, so there is nothing of HEAD's own to compare")
    return Commits(repository, head, common)


def uncommitted(repository: Path) -> list[str]:
    """Return the files whose changes are in no commit, those under results left out: they are not measured."""
    lines = git(repository, "status", "--porcelain", "--untracked-files=normal", "--", ".", ":!results").splitlines()
    return [line[3:] for line in lines]


def benchmark_names(commits: Commits, side: str) -> set[str]:
    """Return the names of the test functions among a commit's own benchmarks."""
    commit = getattr(commits, side)
    pattern = ["-h", "-o", "-E", r"^def test_\w+", commit, "--", f"{BENCHMARKS}/*.py"]
    try:
        found = git(commits.repository, "grep", *pattern)
    except GateError:
        return set()
    return {line.removeprefix("def ") for line in found.splitlines()}


@contextmanager
def checked_out(commits: Commits) -> Iterator[Trees]:
    """Give a worktree of each side and the benchmarks of HEAD; remove all of them whatever happens."""
    with tempfile.TemporaryDirectory(prefix="perf-check-") as temporary, ExitStack() as clearing:
        folder = Path(temporary).resolve()
        sides = {side: folder / side for side in SIDES}
        for side, tree in sides.items():
            clearing.callback(_remove, commits.repository, tree)
            git(commits.repository, "worktree", "add", "--quiet", "--detach", str(tree), getattr(commits, side))
        _lend(commits, folder / "ruler")
        yield Trees(sides, {HEAD: commits.head, BASE: commits.base}, folder / "ruler")


def _remove(repository: Path, tree: Path) -> None:
    """Remove a worktree and git's record of it: this one only, since others may be on disks that are not mounted."""
    if f"worktree {tree}" in git(repository, "worktree", "list", "--porcelain").splitlines():
        git(repository, "worktree", "remove", "--force", "--force", str(tree))


def _lend(commits: Commits, ruler: Path) -> None:
    """Unpack what HEAD lends to both sides; raise GateFault where HEAD has no such files."""
    command = ["git", "-C", str(commits.repository), "archive", "--format=tar", commits.head, *RULER]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise GateFault(f"HEAD has no benchmarks to measure with: {done.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(ruler, filter="data")
