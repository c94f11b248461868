"""Whether a new plan would leave out finished trials that it still asks for: then --supersede is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench import schema
from bench.base.errors import StorageError, UsageError
from bench.record.documents import PLANNED
from bench.record.store import Store
from bench.run.plan import versions_in
from bench.study.study import Study

FIRST = 8
"""Differences that a message shows."""
NAMES_TRIALS = ("plugins", "data", "model", "training", "conditions", "versions")
"""What of a study is part of the names of its trials."""


def check_nothing_is_left_out(store: Store, study: Study) -> None:
    """Raise UsageError where the study asks for finished trials again, under other settings or versions.

    That is, where a finished trial of the present plan is none of the study's, and the study has another one of its
    label, seed, device and precision. Without a plan it is any trial on disk, unless that other one is finished too.
    """
    before = store.plan()
    wanted = {
        (trial.condition.label, trial.seed, trial.device, trial.precision): trial.trial_id for trial in study.trials()
    }
    held = _on_disk(store, wanted) if before is None else before["trials"]
    replaced = [trial for trial in held if wanted.get(_what(trial), trial["trial_id"]) != trial["trial_id"]]
    statuses = store.statuses() if replaced else {}
    finished = [trial for trial in replaced if statuses.get(trial["trial_id"], schema.FAILED) != schema.FAILED]
    if not finished:
        return
    labels = list(dict.fromkeys(trial["condition"] for trial in finished))
    found = list(differences(store, before or {}, study, labels))
    found = found or ["versions of the engine, of a regulariser or of data"]
    more = [f"and {len(found) - FIRST} more"] if len(found) > FIRST else []
    number = f"{len(finished)} finished trial{'s' if len(finished) > 1 else ''}"
    raise UsageError(
        f"{store.folder}: {number} of {', '.join(labels)} would be left out, and trained again under other settings or "
        "versions. Nothing was changed. What differs:\n"
        + "\n".join(f"  {each}" for each in [*found[:FIRST], *more])
        + "\nGive --supersede to go on (the old trials stay on disk, out of the analysis), or another --out."
    )


def differences(store: Store, before: Mapping[str, Any], study: Study, labels: list[str]) -> Iterator[str]:
    """Yield what of the study differs from the folder's, where it names trials of the conditions in `labels`."""
    try:
        old = store.study_document()
    except StorageError as error:
        yield str(error)
        return
    if not old:
        yield f"{schema.STUDY_FILE} is gone, and with it what they were trained with"
        return
    old |= {"versions": before.get("versions", {})}
    new = study.document() | {"versions": versions_in(study)}
    known = {name: _leaves(document, labels) for name, document in (("old", old), ("new", new))}
    if not before.get("versions"):
        known["new"] = {key: value for key, value in known["new"].items() if not key.startswith("versions.")}
    for key in dict.fromkeys([*known["old"], *known["new"]]):
        was, is_now = known["old"].get(key, "not set"), known["new"].get(key, "not set")
        if was != is_now:
            yield f"{key}: {was} -> {is_now}"


def _on_disk(store: Store, wanted: Mapping[tuple[Any, ...], str]) -> list[Mapping[str, Any]]:
    """Return the trials on disk, less those in whose place the study has a finished one."""
    statuses = store.statuses()
    done = {trial_id for trial_id in wanted.values() if statuses.get(trial_id, schema.FAILED) != schema.FAILED}
    rows = store.table(PLANNED).to_pylist() if statuses else []
    return [row for row in rows if wanted.get(_what(row)) not in done]


def _what(trial: Mapping[str, Any]) -> tuple[Any, ...]:
    return trial["condition"], trial["seed"], trial["device"], trial["precision"]


def _leaves(document: Mapping[str, Any], labels: list[str]) -> dict[str, Any]:
    """Return every setting that names trials, by where it stands."""
    conditions = {f'condition "{each["label"]}"': each for each in document.get("conditions", [])}
    named = {label: conditions.get(f'condition "{label}"', {}) for label in labels}
    sections = {key: document.get(key, {}) for key in NAMES_TRIALS if key != "conditions"}
    sections |= {f'condition "{label}"': each for label, each in named.items()}
    return {
        f"{section} {key}" if section.startswith("condition") else f"{section}.{key}": value
        for section, table in sections.items()
        for key, value in (table.items() if isinstance(table, Mapping) else [("files", table)])
        if key not in ("label", "stays_at_chance")
    }
