"""The plan of a results folder: which trials the study asks for, and how they are to be analysed."""

from __future__ import annotations

from typing import Any

from bench import schema
from bench.data import record as data_record
from bench.record.experiment import Experiment
from bench.study.study import Study


def versions_in(study: Study) -> dict[str, int | str]:
    """Return the hash of the data, and the version of each engine and regulariser that some trial uses."""
    distinct = dict.fromkeys(trial.versions for trial in study.trials())
    return {"data": study.data_hash()} | {name: version for versions in distinct for name, version in versions}


def plan_document(study: Study, command: str) -> dict[str, Any]:
    """Return what the analysis must know of the study: its trials, their names, and the plan of analysis."""
    plan, trials = study.analysis, study.trials()
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "study": study.name,
        "study_hash": study.study_hash,
        "analysis_hash": plan.analysis_hash,
        "analysis": {
            "control": plan.control,
            "primary": plan.primary,
            "margin": plan.margin,
            "margins": plan.margins or {},
            "alpha": plan.alpha,
            "until": plan.until,
            "estimand": plan.estimand,
            "bad_ending": plan.bad_ending,
            "direction": plan.direction,
            "directions": plan.directions or {},
            "late_epochs": plan.late_epochs,
            **({} if plan.test_fraction is None else {"test_fraction": plan.test_fraction}),
            "protocol": plan.protocol,
        },
        "conditions": [
            {
                "label": condition.label,
                "condition_id": condition.condition_id,
                "stays_at_chance": condition.stays_at_chance,
                "settings": condition.given(),
            }
            for condition in study.conditions
        ],
        "versions": versions_in(study),
        "trials": [
            {
                "trial_id": trial.trial_id,
                "condition": trial.condition.label,
                "seed": trial.seed,
                "device": trial.device,
                "precision": trial.precision,
            }
            for trial in trials
        ],
        "command": command,
        **({} if isinstance(study.recipe, Experiment) else {"data": data_record(study.recipe.data)}),
        **({"chance": study.recipe.chance} if isinstance(study.recipe, Experiment) and study.recipe.chance else {}),
    }
