"""The two trees that are compared, each a git worktree, and the benchmarks that measure both."""

from __future__ import annotations

import io
import signal
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.assurance.gate.errors import GateError, GateFault
from bench.assurance.gate.refs import git, merge_base, resolve, top

SIDES = HEAD, BASE = "head", "base"
"""Names of equal length, so that no path of one side is longer than the other's."""

SHOWN_FILES = 5

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


def find_commits(folder: Path, base: str) -> Commits:
    """Return HEAD and its merge base with the ref `base`; raise GateError naming what is missing."""
    repository = top(folder)
    given = resolve(repository, base, "--base")
    head = resolve(repository, "HEAD", "HEAD")
    common = merge_base(repository, head, given, f"--base {base}")
    if common == head != given:
        raise GateError(f"--base {base}: it contains HEAD, so there is nothing of HEAD's own to compare")
    return Commits(repository, head, common)


def uncommitted(repository: Path, *left_out: str) -> str:
    """Return the first files whose changes are in no commit, which are not measured; nothing where there is none."""
    where = [".", *(f":!{each}" for each in left_out)]
    lines = git(repository, "status", "--porcelain", "--untracked-files=normal", "--", *where).splitlines()
    return ", ".join([line[3:] for line in lines[:SHOWN_FILES]] + ["..."] * (len(lines) > SHOWN_FILES))


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
    hashes = {HEAD: commits.head, BASE: commits.base}
    with worktrees(commits.repository, hashes, "perf-check-") as sides:
        ruler = sides[HEAD].with_name("ruler")
        _lend(commits, ruler)
        yield Trees(sides, hashes, ruler)


@contextmanager
def worktrees(repository: Path, commits: Mapping[str, str], prefix: str) -> Iterator[dict[str, Path]]:
    """Give a worktree of each side's commit, in one temporary folder; remove all of them whatever happens.

    The repository's hooks do not run: they are not what is compared.
    """
    with ExitStack() as last, ExitStack() as forgetting, tempfile.TemporaryDirectory(prefix=prefix) as temporary:
        sides = {side: Path(temporary).resolve() / side for side in commits}
        try:
            for side, tree in sides.items():
                forgetting.callback(_forget, repository, tree)
                add = ["-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", "--detach"]
                git(repository, *add, str(tree), commits[side])
            yield sides
        finally:
            last.enter_context(uninterrupted())


def _forget(repository: Path, tree: Path) -> None:
    """Remove git's record of a removed worktree: this one only, since others may be on disks that are not mounted."""
    if f"worktree {tree}" in git(repository, "worktree", "list", "--porcelain").splitlines():
        git(repository, "worktree", "remove", "--force", "--force", str(tree))


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold off Ctrl-C and its like, for the processes that are started too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, signal.SIG_DFL if handler is None else handler)


def _lend(commits: Commits, ruler: Path) -> None:
    """Unpack what HEAD lends to both sides; raise GateFault where HEAD has no such files."""
    command = ["git", "-C", str(commits.repository), "archive", "--format=tar", commits.head, *RULER]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise GateFault(f"HEAD has no benchmarks to measure with: {done.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(ruler, filter="data")
