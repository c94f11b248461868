"""Git, its refs, and where two of them parted: each ref is an argument of a process, never text for a shell."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bench.assurance.gate.errors import GateError

DEEPER = "git fetch --unshallow gets its whole history, git fetch --deepen=1000 more of it"


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


def top(folder: Path) -> Path:
    """Return the root of the checkout that `folder` lies in; raise GateError where it lies in none."""
    try:
        return Path(git(folder, "rev-parse", "--show-toplevel"))
    except GateError as error:
        raise GateError(f"{folder.resolve()}: not a git checkout; the gate compares commits ({error})") from error


def resolve(repository: Path, ref: str, name: str) -> str:
    """Return the full hash of the commit that `ref` names; raise GateError, with `name`, where it names none."""
    if ref.startswith("-"):
        raise GateError(f"{name} {ref}: no such commit, branch or tag here; no ref begins with -")
    try:
        return git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except GateError:
        raise GateError(f"{name} {ref}: no such commit, branch or tag here{_hint(repository)}") from None


def merge_base(repository: Path, head: str, given: str, name: str) -> str:
    """Return the commit where `head` and `given`, full hashes, parted; raise GateError where that is not known.

    A shallow clone knows the parting only where no commit that one side has since then is one whose parents were not
    fetched: they could join the sides later. Where one side is an ancestor of the other, it is the parting.
    """
    try:
        common = git(repository, "merge-base", head, given)
    except GateError:
        raise GateError(f"{name}: it has no commit in common with HEAD{_hint(repository)}") from None
    if common in (head, given) or not shallow(repository):
        return common
    since = set(git(repository, "rev-list", head, given, f"^{common}").split())
    file = repository / git(repository, "rev-parse", "--git-path", "shallow")
    if since & set(file.read_text(encoding="ascii").split()):
        raise GateError(
            f"{name}: this clone is shallow, and where it parted from HEAD is not known: {common[:12]} may be too old,"
            f" as the history ends within what came later; {DEEPER}"
        )
    return common


def shallow(repository: Path) -> bool:
    """Return whether the clone lacks a part of its history."""
    return git(repository, "rev-parse", "--is-shallow-repository") == "true"


def _hint(repository: Path) -> str:
    return f"; this clone is shallow: {DEEPER}" if shallow(repository) else ""
