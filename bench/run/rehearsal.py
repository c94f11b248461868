"""The rehearsal of a study of own training code: in a process of its own, once for each code and its settings."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.checks.training.rehearsal import SECONDS, Rehearsal
from bench.checks.training.resolving import of_study
from bench.checks.training.subject import Subject
from bench.engines.own.server import end, fresh
from bench.record.experiment import Experiment
from bench.record.store import Store
from bench.run.executors.own import environment
from bench.schema.characters import escaped
from bench.schema.documents import content_hash
from bench.schema.rehearsal import broken_laws
from bench.study.study import Study

VERSION = 1
"""Another one lets each study be rehearsed again."""
MOST_SECONDS = SECONDS + 30
"""With the import of the code; then the process is ended."""
COMMAND = "a command cannot be watched; `bench check-training STUDY` judges by what it returns"


def rehearse(study: Study, store: Store) -> None:
    """Rehearse a study of own training code unless that was done; say on standard error which laws it breaks."""
    if not isinstance(study.recipe, Experiment):
        return
    subject = of_study(study, {})
    key = _key(subject)
    if (store.rehearsal() or {}).get("key") == key:
        return
    found = asdict(Rehearsal(unchecked=(COMMAND,))) if subject.is_command else _in_a_process(subject, study.seeds[0])
    document = {"key": key, "training": subject.name, "code": subject.experiment.files_hash} | found
    store.write_rehearsal(document)
    for line in lines(document):
        print(line, file=sys.stderr, flush=True)


def _key(subject: Subject) -> str:
    """Return a hash of what the rehearsal depends on."""
    experiment = subject.experiment
    return content_hash(
        {
            "version": VERSION,
            "code": [experiment.naming(), experiment.files_hash, experiment.data_hash],
            "conditions": list(subject.conditions.items()),
            "how": [experiment.cpus, experiment.deterministic],
        }
    )


def _in_a_process(subject: Subject, seed: int) -> dict[str, Any]:
    """Return what a rehearsal in a fresh process shows, or why there is none."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True) as folder:
        asked, answer, log = (Path(folder) / name for name in ("asked", "answer", "log"))
        asked.write_bytes(pickle.dumps((subject, seed)))
        source = f"from bench.checks.training.rehearsal import main; main({str(asked)!r}, {str(answer)!r})"
        with log.open("wb") as output:
            process = subprocess.Popen(
                fresh(source), env=environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
            try:
                code = process.wait(MOST_SECONDS)
            except subprocess.TimeoutExpired:
                return asdict(Rehearsal(unchecked=(f"it took more than {MOST_SECONDS:.0f} s",)))
            finally:
                if process.poll() is None:
                    end(process.pid)
                    process.wait()
        if code or not answer.exists():
            last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            return asdict(Rehearsal(unchecked=(f"its process ended with exit code {code}: {''.join(last)}",)))
        return json.loads(answer.read_text(encoding="utf-8"))


def lines(document: dict[str, Any]) -> list[str]:
    """Return what a rehearsal showed, for people: each broken law with its cause, and what could not be judged."""
    conditions = [{"label": label} for label in document["conditions"]]
    broken = broken_laws(document, {"versions": {"code": document["code"]}, "conditions": conditions})
    told = [f"warning: {each.told()}" for each in broken]
    told += [f"note: rehearsal of {document['training']}: " + escaped(each, but="\n") for each in document["unchecked"]]
    if document["laws"]:
        how = (
            f"{document['trainings']} short trainings of {len(document['conditions'])} conditions in "
            f"{document['seconds']:.0f} s"
        )
        told.append(f"rehearsal of {document['training']}: {how}, {len(broken)} of {len(document['laws'])} laws broken")
    return told
